import { type NotificationEvent, notificationEvents } from '../../service/contract/notifications.ts';
import { randomId } from './notification-text.ts';

/** Under this key the browser keeps the messages. */
export const savedMessagesKey = 'huleedu-realtime.saved-messages';

/** A message that was kept under a name. */
export interface SavedMessage {
  readonly id: string;
  /** Not empty, and no other message's. */
  readonly name: string;
  /** The type that was chosen; the text may be something else. */
  readonly event: NotificationEvent;
  readonly text: string;
}

/** The part of `Storage` that is needed. */
type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** How many characters a name may have. */
export const longestName = 80;

/** Messages kept in the browser, newest last. */
export class SavedMessages {
  list = $state.raw<readonly SavedMessage[]>([]);
  /** What could not be read or kept, in a sentence. */
  problem = $state<string>();
  #deleted = $state.raw<{ readonly message: SavedMessage; readonly index: number }>();
  #store: Store | undefined;

  /** The message that was deleted last, as long as it can be brought back. */
  get deleted(): SavedMessage | undefined {
    return this.#deleted?.message;
  }

  /** Reads what was kept. @param store - Leave it out where storage is forbidden: then messages live as long as the page. */
  read(store?: Store): void {
    this.#store = store;
    let kept: string | null | undefined;
    try {
      kept = store?.getItem(savedMessagesKey);
    } catch {
      this.problem = 'The browser does not let this page read what was saved.';
    }
    if (kept) this.#take(parse(kept));
    else this.list = [];
  }

  /** Keeps a message; under the name with a number where the name is taken. @returns The message as kept. */
  save(name: string, event: NotificationEvent, text: string): SavedMessage {
    const message = { id: randomId(), name: this.#freeName(name || event), event, text };
    this.#keep([...this.list, message]);
    return message;
  }

  /** Gives a message another name; an empty one changes nothing. */
  rename(id: string, name: string): void {
    if (name.trim() === '') return;
    this.#keep(this.list.map((one) => (one.id === id ? { ...one, name: this.#freeName(name, id) } : one)));
  }

  remove(id: string): void {
    const index = this.list.findIndex((one) => one.id === id);
    const message = this.list[index];
    if (message === undefined) return;
    this.#keep(this.list.filter((one) => one !== message));
    this.#deleted = { message, index };
  }

  /** Brings the message that was deleted last back to its place. */
  undo(): void {
    if (this.#deleted === undefined) return;
    const { message, index } = this.#deleted;
    const name = this.#freeName(message.name);
    this.#keep(this.list.toSpliced(index, 0, { ...message, name }));
  }

  /** For a session's file. */
  toJSON(): readonly SavedMessage[] {
    return this.list;
  }

  /** Takes the messages of a session's file in the place of all. What is none is left out, and told in `problem`. */
  restore(value: unknown): void {
    this.#take(value);
    this.#keep(this.list);
  }

  #take(value: unknown): void {
    const entries = Array.isArray(value) ? value : undefined;
    this.problem = undefined;
    this.list = [];
    for (const entry of entries ?? []) {
      if (!isSavedMessage(entry) || this.list.some(({ id }) => id === entry.id)) continue;
      const { id, event, text } = entry;
      this.list = [...this.list, { id, name: this.#freeName(entry.name), event, text }];
    }
    const broken = (entries?.length ?? 1) - this.list.length;
    if (entries === undefined) this.problem = 'What was saved could not be read: it is no list of messages.';
    else if (broken > 0)
      this.problem = `${broken === 1 ? 'One saved message was' : `${broken} saved messages were`} broken, and left out.`;
  }

  #keep(list: readonly SavedMessage[]): void {
    this.list = list;
    this.#deleted = undefined;
    try {
      this.#store?.setItem(savedMessagesKey, JSON.stringify(list));
      this.problem = undefined;
    } catch {
      this.problem = 'The browser keeps no more: what you save now is gone when the page is closed. Delete some.';
    }
  }

  #freeName(wanted: string, ownId?: string): string {
    const name = wanted.trim().slice(0, longestName);
    const taken = new Set(this.list.filter(({ id }) => id !== ownId).map((one) => one.name));
    if (!taken.has(name)) return name;
    const base = name.replace(/ \d+$/, '');
    let number = 2;
    while (taken.has(`${base} ${number}`)) number += 1;
    return `${base} ${number}`;
  }
}

let shared: SavedMessages | undefined;

/** The messages that this page keeps, read when first asked for; other tabs' changes are followed. */
export function openSavedMessages(): SavedMessages {
  if (shared) return shared;
  const saved = new SavedMessages();
  const read = () => saved.read(storeOfPage());
  read();
  window.addEventListener('storage', ({ key }) => {
    if (key === savedMessagesKey) read();
  });
  shared = saved;
  return saved;
}

/** `undefined` where the browser forbids storage: even to look at it throws there. */
function storeOfPage(): Store | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSavedMessage(value: unknown): value is SavedMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, event, text } = value as Record<string, unknown>;
  const areTexts = [id, name, text].every((one) => typeof one === 'string');
  return areTexts && name !== '' && (notificationEvents as readonly unknown[]).includes(event);
}
