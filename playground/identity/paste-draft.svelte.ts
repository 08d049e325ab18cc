import { type PasteReading, readPaste } from './paste-token.ts';
import type { PastedToken } from './token.ts';

/** The field for a token of the reader's own: what stands in it until it is taken. */
export class PasteDraft {
  text = $state('');

  get reading(): PasteReading | undefined {
    return readPaste(this.text, Date.now());
  }

  /** Takes the token out of the field, which is empty then. @returns `undefined` where there is none. */
  take(): PastedToken | undefined {
    const { reading } = this;
    this.clear();
    return reading?.pasted;
  }

  clear(): void {
    this.text = '';
  }
}
