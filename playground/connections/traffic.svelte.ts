import { PaintSignal } from '../parts/paint-signal.svelte.ts';

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
  readonly #paints = new PaintSignal();

  get in(): Flow {
    this.#paints.follow();
    return this.#in;
  }

  get out(): Flow {
    this.#paints.follow();
    return this.#out;
  }

  received(bytes: number): void {
    this.#in = { frames: this.#in.frames + 1, bytes: this.#in.bytes + bytes };
    this.#paints.changed();
  }

  /** @param bytes - Of each of the frames. */
  sent(frames: number, bytes: number): void {
    this.#out = { frames: this.#out.frames + frames, bytes: this.#out.bytes + frames * bytes };
    this.#paints.changed();
  }

  reset(): void {
    this.#in = nothing;
    this.#out = nothing;
    this.#paints.changed();
  }
}
