import { nextAttempt } from '../connections/reconnect-policy.ts';

/** One wait of the policy: its bounds, and one that was drawn between them. Milliseconds. */
export interface PlayedWait {
  /** Counts from 1. */
  readonly attempt: number;
  readonly floorMs: number;
  readonly ceilingMs: number;
  readonly waitMs: number;
}

/** What a client does that meets the same end again and again. */
export interface PlayedPolicy {
  readonly waits: readonly PlayedWait[];
  /** Why it does not connect again after the last wait, a sentence; `undefined` where it would go on. */
  readonly stopped: string | undefined;
  /** Whether it fetches a new token before it connects. */
  readonly needsNewToken: boolean;
}

/** How many attempts are looked at: by then, no wait grows any more. */
export const playedAttempts = 10;

/**
 * Plays the policy by itself, without a connection.
 *
 * @param cause - The `error_code` of the reason, where there is one.
 * @param random - From 0 to 1, as `Math.random`.
 */
export function playPolicy(code: number, cause: string | undefined, random: () => number = Math.random): PlayedPolicy {
  const waits: PlayedWait[] = [];
  let refusals = 0;
  for (let failures = 0; failures < playedAttempts; failures++) {
    const next = nextAttempt(code, cause, { failures, refusals }, random);
    if (next.name === 'stop') return { waits, stopped: next.why, needsNewToken: refusals > 0 };
    if (next.needsNewToken) refusals += 1;
    const { floorMs, ceilingMs, waitMs } = next;
    waits.push({ attempt: failures + 1, floorMs, ceilingMs, waitMs });
  }
  return { waits, stopped: undefined, needsNewToken: refusals > 0 };
}
