import { createSubscriber } from 'svelte/reactivity';
import { onceAPaint } from '../parts/once-a-paint.ts';

/** Frames of one direction and their bytes of UTF-8, together. */
export interface Flow {
  readonly frames: number;
  readonly bytes: number;
}

const nothing: Flow = { frames: 0, bytes: 0 };

/**
 * Counts what a connection carries.
 *
 * Read anywhere it is exact; what is on screen looks again once a paint, because thousands of frames a second must not be
 * as many changes of the page.
 */
export class Traffic {
  #in: Flow = nothing;
  #out: Flow = nothing;
  #changed: () => void = () => {};
  readonly #subscribe = createSubscriber((update) => {
    this.#changed = onceAPaint(update);
    return () => {
      this.#changed = () => {};
    };
  });

  get in(): Flow {
    this.#subscribe();
    return this.#in;
  }

  get out(): Flow {
    this.#subscribe();
    return this.#out;
  }

  received(bytes: number): void {
    this.#in = { frames: this.#in.frames + 1, bytes: this.#in.bytes + bytes };
    this.#changed();
  }

  /** @param bytes - Of each of the frames. */
  sent(frames: number, bytes: number): void {
    this.#out = { frames: this.#out.frames + frames, bytes: this.#out.bytes + frames * bytes };
    this.#changed();
  }

  reset(): void {
    this.#in = nothing;
    this.#out = nothing;
    this.#changed();
  }
}
