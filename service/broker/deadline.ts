/**
 * Settles as `work` does, or rejects with what `late` makes after `milliseconds`.
 *
 * The verdict is given one turn of the event loop after the timer: where this process was held up itself (a long
 * computation, a suspended machine), the answer may be lying in the socket, and that turn reads it.
 */
export function withDeadline<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(late())), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
