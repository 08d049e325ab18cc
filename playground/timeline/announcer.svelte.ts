/** How long sentences are gathered before one is spoken, in milliseconds. */
const usualPauseMs = 1200;

/** Says aloud what happens, without flooding: what comes in one pause becomes one sentence. */
export class Announcer {
  text = $state('');
  readonly #pauseMs: number;
  #gathered: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(pauseMs = usualPauseMs) {
    this.#pauseMs = pauseMs;
  }

  say(sentence: string): void {
    this.#gathered.push(sentence);
    this.#timer ??= setTimeout(() => this.#speak(), this.#pauseMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gathered = [];
  }

  #speak(): void {
    const sentences = this.#gathered.splice(0);
    this.#timer = undefined;
    const last = sentences.at(-1) ?? '';
    this.text = sentences.length === 1 ? last : `${sentences.length} new entries. The last: ${last}`;
  }
}
