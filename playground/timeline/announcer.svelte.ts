/** How long sentences are gathered before one is spoken, in milliseconds. */
const usualPauseMs = 1200;

/** Who hears more than this in one pause hears a flood: the pauses grow then. */
const floodSize = 20;

/** How many times longer than usual the pause grows at most. */
const longestPause = 8;

/** How many results are spoken in full after one pause; of more, the last ones. */
const resultsSpoken = 3;

/**
 * Says aloud what happens, without flooding: what comes in one pause becomes one sentence, and while a flood lasts the
 * pauses grow. A result, such as how a connection ended, is spoken in full, also in the middle of a flood.
 */
export class Announcer {
  text = $state('');
  readonly #usualPauseMs: number;
  #pauseMs: number;
  #count = 0;
  #last: () => string = nothing;
  #results: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(pauseMs = usualPauseMs) {
    this.#usualPauseMs = pauseMs;
    this.#pauseMs = pauseMs;
  }

  /**
   * Some of many, such as frames.
   *
   * @param last - The sentence of the newest, made only when it is spoken.
   * @param count - How many have come.
   */
  say(last: () => string, count = 1): void {
    this.#count += count;
    this.#last = last;
    this.#timer ??= setTimeout(() => this.#speak(), this.#pauseMs);
  }

  /** A result or a state that must not be lost among many. */
  tell(sentence: string): void {
    this.#results = [...this.#results, sentence].slice(-resultsSpoken);
    this.#timer ??= setTimeout(() => this.#speak(), this.#pauseMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#forget();
    this.#pauseMs = this.#usualPauseMs;
  }

  #speak(): void {
    const count = this.#count;
    const last = this.#last();
    const many = count > 1 ? `${count.toLocaleString('en')} new entries. The last: ${last}` : last;
    this.text = [...this.#results, many].filter((part) => part !== '').join(' ');
    this.#forget();
    this.#pauseMs =
      count > floodSize ? Math.min(this.#pauseMs * 2, this.#usualPauseMs * longestPause) : this.#usualPauseMs;
  }

  #forget(): void {
    this.#timer = undefined;
    this.#count = 0;
    this.#last = nothing;
    this.#results = [];
  }
}

const nothing = () => '';
