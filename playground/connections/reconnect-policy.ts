import { retryAdvice } from '../../service/contract/error-codes.ts';
import { formatMs } from '../parts/format.ts';

/** The numbers of the policy, in milliseconds. */
export const reconnectPolicy = {
  /** The longest first wait; it doubles with each attempt that fails. */
  firstMs: 1000,
  /** No wait is longer, but for one that waits for a place. */
  longestMs: 30_000,
  /** After a restart of the service: how far its clients spread out. */
  spreadMs: 5000,
  /** With all places taken: as long as this at least, and twice as long at most. */
  placeMs: 30_000,
  /** A connection that was open for so long counts as good: the next waits begin small again. */
  stableMs: 10_000,
  /** An end so soon after `open` is a refusal: the service opens in order to say why. Later, the token had been taken. */
  refusedMs: 500,
} as const;

/** The numbers that a policy has. */
export type ReconnectPolicy = Readonly<Record<keyof typeof reconnectPolicy, number>>;

/** What went before the end that is judged, since a connection was last stable. */
export interface Attempts {
  /** How many attempts failed. */
  readonly failures: number;
  /** How many tokens were refused. */
  readonly refusals: number;
}

/** What a client does after its connection has ended. */
export type NextAttempt =
  /** Nothing: it would end the same way. `why` is a sentence. */
  | { readonly name: 'stop'; readonly why: string }
  /** It waits a random time between the two bounds, and connects with a new token where the one it has was refused. */
  | {
      readonly name: 'wait';
      readonly floorMs: number;
      readonly ceilingMs: number;
      readonly waitMs: number;
      readonly needsNewToken: boolean;
    };

/**
 * Decides what a client does after an end, as the contract advises: back-off with full jitter, and never again with a
 * token that was refused.
 *
 * @param cause - The `error_code` of the reason, where there is one.
 * @param random - From 0 to 1, as `Math.random`.
 */
export function nextAttempt(
  code: number,
  cause: string | undefined,
  { failures, refusals }: Attempts,
  random: () => number = Math.random,
  { firstMs, longestMs, spreadMs, placeMs }: ReconnectPolicy = reconnectPolicy,
): NextAttempt {
  const wait = (floorMs: number, ceilingMs: number, needsNewToken = false): NextAttempt => ({
    name: 'wait',
    floorMs,
    ceilingMs,
    waitMs: floorMs + random() * (ceilingMs - floorMs),
    needsNewToken,
  });
  switch (retryAdvice(code, cause)) {
    case 'never':
      return { name: 'stop', why: 'It would end the same way again.' };
    case 'with_new_token':
      if (refusals === 0) return wait(0, 0, true);
      return { name: 'stop', why: 'A new token was refused as well.' };
    case 'spread_out':
      return wait(0, spreadMs);
    case 'after_closing_another':
      return wait(placeMs, 2 * placeMs);
    case 'back_off':
      return wait(0, Math.min(longestMs, firstMs * 2 ** failures));
  }
}

/** The bounds of a wait in words: `0 to 4.00 s`. */
export function boundsOf({ floorMs, ceilingMs }: { readonly floorMs: number; readonly ceilingMs: number }): string {
  return ceilingMs === 0 ? '0' : `${floorMs === 0 ? '0' : formatMs(floorMs)} to ${formatMs(ceilingMs)}`;
}
