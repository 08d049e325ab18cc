/** Something that is fetched when someone turns to it: no page pays for it before. */
export class Lazy<T> {
  /** Absent at build time and until it was fetched. */
  parts = $state.raw<T>();
  /** It could not be fetched: the server that the page came from does not answer. */
  isLost = $state(false);
  readonly #load: () => Promise<T>;
  #loading: Promise<void> | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** Begins to fetch, when the pointer or the focus comes near. @returns Resolves when it is there, or lost. */
  prepare(): Promise<void> {
    if (this.isLost) this.#loading = undefined;
    this.#loading ??= this.#fetch();
    return this.#loading;
  }

  async #fetch(): Promise<void> {
    try {
      this.parts = await this.#load();
      this.isLost = false;
    } catch {
      this.isLost = true;
    }
  }
}
