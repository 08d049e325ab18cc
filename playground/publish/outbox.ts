import { Queue } from '../parts/queue.ts';

/** How many own publishes are remembered while their arrival is awaited: a burst of ten thousand, and what came before. */
const capacity = 20_000;
/** The most UTF-16 units of all their texts together. */
const capacityUnits = 16_000_000;

/**
 * Remembers what this page published to one connection, so that a frame can be recognised when it comes back.
 *
 * The service forwards byte for byte, so the text itself is the key; of equal texts the oldest is meant, because a
 * channel keeps its order. Each step costs the same however much is awaited.
 */
export class Outbox {
  readonly #marks = new Map<string, Queue<number>>();
  #awaited = 0;
  #units = 0;

  /** @param mark - When the publishing began, by `performance.now()`. */
  sent(text: string, mark: number): void {
    let marks = this.#marks.get(text);
    if (marks === undefined) {
      marks = new Queue();
      this.#marks.set(text, marks);
    }
    marks.push(mark);
    this.#awaited += 1;
    this.#units += text.length;
    while (this.#awaited > capacity || (this.#units > capacityUnits && this.#awaited > 1)) this.#dropOldest();
  }

  /** @returns The milliseconds from publishing to arrival, or `undefined` where someone else published the text. */
  arrived(text: string, mark: number): number | undefined {
    const sent = this.#marks.size === 0 ? undefined : this.#take(text);
    return sent === undefined ? undefined : mark - sent;
  }

  #take(text: string): number | undefined {
    const marks = this.#marks.get(text);
    const mark = marks?.shift();
    if (marks === undefined || mark === undefined) return undefined;
    if (marks.length === 0) this.#marks.delete(text);
    this.#awaited -= 1;
    this.#units -= text.length;
    return mark;
  }

  /** A map keeps the order of its keys: the first is the text that was first awaited. */
  #dropOldest(): void {
    for (const text of this.#marks.keys()) {
      this.#take(text);
      return;
    }
  }
}
