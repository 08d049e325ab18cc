/** The next paint; where nothing is painted, the time that one takes. */
const atNextPaint: (callback: () => void) => unknown =
  typeof requestAnimationFrame === 'undefined'
    ? (callback) => setTimeout(callback, 16)
    : (callback) => requestAnimationFrame(callback);

/** Makes a function that calls back at most once a paint, however often it is called. */
export function onceAPaint(callback: () => void): () => void {
  let isAwaited = false;
  return () => {
    if (isAwaited) return;
    isAwaited = true;
    atNextPaint(() => {
      isAwaited = false;
      callback();
    });
  };
}
