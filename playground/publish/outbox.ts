/** How many own publishes are remembered while their arrival is awaited. */
const capacity = 200;

/**
 * Remembers what this page published, so that a frame can be recognised when it comes back.
 *
 * The service forwards byte for byte, so the text itself is the key; of equal texts the oldest is meant, because a
 * channel keeps its order.
 */
export class Outbox {
  #awaited: { readonly text: string; readonly mark: number }[] = [];

  /** @param mark - When the publishing began, by `performance.now()`. */
  sent(text: string, mark: number): void {
    this.#awaited.push({ text, mark });
    if (this.#awaited.length > capacity) this.#awaited.shift();
  }

  /** @returns The milliseconds from publishing to arrival, or `undefined` where someone else published the text. */
  arrived(text: string, mark: number): number | undefined {
    const index = this.#awaited.findIndex((sent) => sent.text === text);
    const [sent] = index === -1 ? [] : this.#awaited.splice(index, 1);
    return sent && mark - sent.mark;
  }
}
