import { sessionLimits, type TokenSource } from '../../service/sessions/session-file.ts';
import type { HeldToken } from './token.ts';

/** Which token it was and what it was made from: all that is remembered of a token once it is gone. */
export interface TokenOrigin {
  /** Tells it from every other; it is not made from the token. */
  readonly id: string;
  readonly source: TokenSource;
}

const origins = new WeakMap<HeldToken, TokenOrigin>();

/** The same for the same token, however often it is asked for. */
export function originOf(held: HeldToken): TokenOrigin {
  const known = origins.get(held);
  if (known) return known;
  const origin = { id: Math.random().toString(36).slice(2, 10), source: sourceOf(held) };
  origins.set(held, origin);
  return origin;
}

function sourceOf(held: HeldToken): TokenSource {
  if (held.origin === 'pasted') {
    const { userId } = held;
    // A `sub` may be of any length.
    const fits = userId !== undefined && userId.length <= sessionLimits.name;
    return { kind: 'pasted', ...(fits && { user_id: userId }) };
  }
  const { userId, lifetimeSeconds, defect, claims } = held;
  return {
    kind: 'minted',
    user_id: userId,
    lifetime_seconds: lifetimeSeconds,
    ...(defect && { defect }),
    ...(claims && { claims }),
  };
}
