import type { TokenSource } from '../../service/sessions/session-file.ts';
import type { MintedToken } from './identity.svelte.ts';

/** Which token it was and what it was made from: all that is remembered of a token once it is gone. */
export interface TokenOrigin {
  /** Tells it from every other; it is not made from the token. */
  readonly id: string;
  readonly source: TokenSource;
}

const origins = new WeakMap<MintedToken, TokenOrigin>();

/** The same for the same token, however often it is asked for. */
export function originOf(minted: MintedToken): TokenOrigin {
  const known = origins.get(minted);
  if (known) return known;
  const origin = { id: Math.random().toString(36).slice(2, 10), source: sourceOf(minted) };
  origins.set(minted, origin);
  return origin;
}

function sourceOf({ userId, lifetimeSeconds, defect }: MintedToken): TokenSource {
  return { kind: 'minted', user_id: userId, lifetime_seconds: lifetimeSeconds, ...(defect && { defect }) };
}
