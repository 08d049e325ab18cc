/** Remembers something about texts that were seen lately; forgets the one that was longest not asked for. */
export class RecentTexts<T> {
  readonly #known = new Map<string, T>();
  readonly #capacity: number;
  readonly #capacityCharacters: number;
  #characters = 0;

  /** @param capacity - The most texts. @param capacityCharacters - The most characters of all of them together. */
  constructor(capacity = 1000, capacityCharacters = 4_000_000) {
    this.#capacity = capacity;
    this.#capacityCharacters = capacityCharacters;
  }

  get(text: string): T | undefined {
    const value = this.#known.get(text);
    if (value === undefined) return undefined;
    this.#known.delete(text);
    this.#known.set(text, value);
    return value;
  }

  set(text: string, value: T): void {
    if (this.#known.delete(text)) this.#characters -= text.length;
    this.#known.set(text, value);
    this.#characters += text.length;
    for (const [oldest] of this.#known) {
      if (this.#known.size <= this.#capacity && this.#characters <= this.#capacityCharacters) return;
      this.#known.delete(oldest);
      this.#characters -= oldest.length;
    }
  }

  get size(): number {
    return this.#known.size;
  }
}
