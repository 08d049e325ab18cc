import { parseCloseReason } from '../../service/contract/error-codes.ts';
import { formatSeconds, formatTime } from '../parts/format.ts';
import type { ConnectionState } from './connection.svelte.ts';

/** A connection's life against that of its token. */
export interface Life {
  /** How much of the time from `open` to the token's expiry has passed: 0 to 1. */
  readonly passed: number;
  readonly tone: 'plain' | 'soon' | 'expired';
  /** Until when, in words. */
  readonly text: string;
}

/** From here on the end is near: seconds. */
const soonSeconds = 60;

/**
 * Tells how a connection stands to the expiry of its token, which ends it.
 *
 * @param expiresAt - Milliseconds since 1970, as this machine counts; so is `now`.
 * @returns `undefined` where there is no such life: it never opened, was refused, or its token does not expire.
 */
export function lifeOf(state: ConnectionState, expiresAt: number | undefined, now: number): Life | undefined {
  if (expiresAt === undefined) return undefined;
  if (state.name === 'open') {
    const left = Math.ceil((expiresAt - now) / 1000);
    const passed = share(state.openedAt, now, expiresAt);
    if (left <= 0) return { passed: 1, tone: 'expired', text: `Token expired ${formatTime(expiresAt).slice(0, 8)}` };
    return { passed, tone: left <= soonSeconds ? 'soon' : 'plain', text: `Token expires in ${formatSeconds(left)}` };
  }
  if (state.name !== 'closed') return undefined;
  const openedAt = state.closedAt - state.ending.openMs;
  if (!state.ending.opened || openedAt >= expiresAt) return undefined;
  if (parseCloseReason(state.ending.reason)?.error_code !== 'TOKEN_EXPIRED') return undefined;
  return { passed: 1, tone: 'expired', text: `Token expired at ${formatTime(expiresAt).slice(0, 8)}, which ended it` };
}

function share(from: number, at: number, to: number): number {
  return to <= from ? 1 : Math.min(1, Math.max(0, (at - from) / (to - from)));
}
