import { setTimeout as wait } from 'node:timers/promises';

const pollIntervalMs = 5;

/**
 * Waits until a condition holds.
 *
 * @param what - Names the condition in the error.
 * @throws Error when it does not hold within the deadline.
 */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 10_000,
): Promise<void> {
  const until = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await wait(pollIntervalMs);
  }
}
