import { type LanguageId, languages } from './languages.ts';

/** Under this key the browser remembers the language. */
export const languageKey = 'huleedu-realtime.code-language';

/** Which language the reader wants the code in; remembered from one visit to the next. */
export class LanguageChoice {
  #id = $state<LanguageId>(languages[0].id);
  readonly #store: Pick<Storage, 'getItem' | 'setItem'> | undefined;

  /** @param store - Leave it out where storage is forbidden. */
  constructor(store?: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#store = store;
    const remembered = store?.getItem(languageKey);
    this.#id = languages.find(({ id }) => id === remembered)?.id ?? languages[0].id;
  }

  get id(): LanguageId {
    return this.#id;
  }

  set id(id: LanguageId) {
    this.#id = id;
    this.#store?.setItem(languageKey, id);
  }
}
