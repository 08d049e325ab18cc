/**
 * Tells what is on screen that something changed, at most once a paint, however often it changes.
 *
 * What reads it outside of components sees the newest at any time; it is the telling alone that waits.
 */
export class PaintSignal {
  #paints = $state(0);
  #isDue = false;

  /** Makes the component or the derived value that calls it follow the changes. */
  follow(): void {
    this.#paints;
  }

  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    nextPaint(() => {
      this.#isDue = false;
      this.#paints += 1;
    });
  }
}

/** Node has no paints; a page that is not seen has none either, and has nothing to show. */
function nextPaint(callback: () => void): void {
  if (typeof requestAnimationFrame === 'undefined') setTimeout(callback, 0);
  else requestAnimationFrame(callback);
}
