import { createSubscriber } from 'svelte/reactivity';

/** Tells the time, in milliseconds since 1970. */
export interface Clock {
  readonly now: number;
}

/**
 * A clock that what is on screen follows.
 *
 * The timer only says when to look again; the time itself comes from the machine's clock, because a background
 * tab's timers are throttled and a laptop sleeps. It runs only while something on screen reads it.
 */
export class TickingClock implements Clock {
  readonly #subscribe: () => void;

  /** @param intervalMs - How often to look again. */
  constructor(intervalMs = 500) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, intervalMs);
      return () => clearInterval(timer);
    });
  }

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}
