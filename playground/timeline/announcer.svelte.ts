/** How long sentences are gathered before one is spoken, in milliseconds. */
const usualPauseMs = 1200;

/** So many in one pause are a stream: nobody wants to hear of it every second. */
const streamSize = 20;
const longestPauseMs = 30_000;

/**
 * Says aloud what happens, without flooding: what comes in one pause becomes one sentence, and while a stream goes on the
 * pauses grow.
 */
export class Announcer {
  text = $state('');
  readonly #usualPauseMs: number;
  #pauseMs: number;
  #gathered = 0;
  #last: () => string = () => '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(pauseMs = usualPauseMs) {
    this.#usualPauseMs = pauseMs;
    this.#pauseMs = pauseMs;
  }

  /**
   * @param last - The sentence of the newest entry, made only when it is spoken.
   * @param entries - How many have come.
   */
  say(last: () => string, entries = 1): void {
    this.#gathered += entries;
    this.#last = last;
    this.#timer ??= setTimeout(() => this.#speak(), this.#pauseMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gathered = 0;
  }

  #speak(): void {
    const entries = this.#gathered;
    const last = this.#last();
    this.#gathered = 0;
    this.#timer = undefined;
    this.#pauseMs = entries > streamSize ? Math.min(longestPauseMs, this.#pauseMs * 2) : this.#usualPauseMs;
    this.text = entries === 1 ? last : `${entries} new entries. The last: ${last}`;
  }
}
