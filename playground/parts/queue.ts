/** How many places at the front may stand empty before the rest moves up. */
const emptyPlaces = 1024;

/** First in, first out, with access to each place. Each step costs the same however much is in it. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #start = 0;

  get length(): number {
    return this.#items.length - this.#start;
  }

  /** @param index - From 0, the oldest. */
  at(index: number): T | undefined {
    return index < 0 ? undefined : this.#items[this.#start + index];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#start];
    this.#items[this.#start++] = undefined;
    if (this.#start >= emptyPlaces && this.#start * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return item;
  }

  /** Puts another in a place that is taken. */
  replace(index: number, item: T): void {
    this.#items[this.#start + index] = item;
  }

  clear(): void {
    this.#items = [];
    this.#start = 0;
  }

  /** A copy, oldest first. */
  toArray(): T[] {
    return this.#items.slice(this.#start) as T[];
  }
}
