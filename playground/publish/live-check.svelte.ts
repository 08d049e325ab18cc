import { checkFrame, type FrameCheck, knownCheck } from '../schema/check-frame.ts';

/** Checks a text that is being written, soon after it has changed. */
export class LiveCheck {
  #found = $state.raw<{ readonly text: string; readonly check: FrameCheck }>();

  /** What is known of this text; `undefined` until it was checked. */
  of(text: string): FrameCheck | undefined {
    return this.#found?.text === text ? this.#found.check : knownCheck(text);
  }

  /** Checks a text a little later. @returns Gives it up, as when the text changes again. */
  follow(text: string): () => void {
    let isWanted = true;
    const timer = setTimeout(async () => {
      // Where the validator cannot be loaded, what can be seen without it is told all the same.
      const check = await checkFrame(text).catch(() => undefined);
      if (isWanted && check) this.#found = { text, check };
    }, 150);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }
}
