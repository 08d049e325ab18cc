import { PaintSignal } from '../parts/paint-signal.svelte.ts';
import { checkFrame, type FrameCheck, knownCheck } from './check-frame.ts';

/** How long texts are gathered before they are checked, in milliseconds: in a flood rows pass by unread. */
const usualPauseMs = 200;

/** The most texts that are checked at a time: about as many rows as a screen shows. */
const mostAtOnce = 60;

/** Which frames on screen are not what the contract says. Asks for the check where it has not been made yet. */
export class Deviating {
  readonly #checked = new PaintSignal();
  readonly #pauseMs: number;
  #wanted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(pauseMs = usualPauseMs) {
    this.#pauseMs = pauseMs;
  }

  /** Whether a frame deviates, as far as is known; who asks hears of it once it is. */
  has(text: string): boolean {
    this.#checked.follow();
    const check = knownCheck(text);
    if (check === undefined) this.#want(text);
    return check !== undefined && deviates(check);
  }

  #want(text: string): void {
    // The newest count: the older ones have left the screen.
    this.#wanted.delete(text);
    this.#wanted.add(text);
    this.#timer ??= setTimeout(() => void this.#check(), this.#pauseMs);
  }

  async #check(): Promise<void> {
    const texts = [...this.#wanted].slice(-mostAtOnce);
    this.#wanted = new Set();
    try {
      for (const text of texts) await checkFrame(text);
      this.#checked.changed();
    } catch {
      // The validator cannot be loaded: no frame is marked, and the next row that comes into sight tries again.
    } finally {
      this.#timer = undefined;
    }
  }
}

/** A type that the catalogue does not have is allowed. */
function deviates({ name }: FrameCheck): boolean {
  return name !== 'fine' && name !== 'unknown_event';
}
