import type { TokenDefect } from '../../service/contract/development.ts';
import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';
import type { DecodedToken } from './decode-token.ts';

interface AnyToken {
  readonly token: string;
  /** `undefined` where the token cannot be decoded, as with the defect `malformed`. */
  readonly decoded: DecodedToken | undefined;
  /** When it was minted or pasted: milliseconds since 1970. */
  readonly obtainedAt: number;
}

/** A token that the service has made, and what is known of it. */
export interface MintedToken extends AnyToken {
  readonly origin: 'minted';
  /** Whose it is by its `sub`; for whom it was asked where it does not say. */
  readonly userId: string;
  readonly defect: TokenDefect | undefined;
  /** How long it was asked to live, in seconds. */
  readonly lifetimeSeconds: number;
  /** The claims that were asked for beside the usual ones, `null` for one to leave out. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /**
   * The cause that the handshake must give; `null` for a token that works. With claims of the reader's own it is
   * foretold by the page, else said by the service.
   */
  readonly expectedError: ConnectionErrorCode | null;
  /** How long the minting took, in milliseconds. */
  readonly ms: number;
}

/** A token of the reader's own. It is sent on the handshake alone, and kept nowhere but here. */
export interface PastedToken extends AnyToken {
  readonly origin: 'pasted';
  /** Its `sub`, where that is a text. */
  readonly userId: string | undefined;
  /** What stood around it and was taken off, in words. */
  readonly trimmed: readonly string[];
}

/** A token to connect with. */
export type HeldToken = MintedToken | PastedToken;

/** How a token stands to its `exp`. */
export type Expiry =
  | { readonly name: 'none' }
  | { readonly name: 'valid'; readonly secondsLeft: number }
  | { readonly name: 'expired'; readonly secondsAgo: number };

/** When a token expires: milliseconds since 1970 by the service's clock; `undefined` where it does not say. */
export function expiresAt(held: HeldToken | undefined): number | undefined {
  const exp = held?.decoded?.payload.exp;
  return typeof exp === 'number' ? exp * 1000 : undefined;
}

/** @param now - The service's time, in milliseconds since 1970. */
export function expiryOf(held: HeldToken | undefined, now: number): Expiry {
  const at = expiresAt(held);
  if (at === undefined) return { name: 'none' };
  const seconds = (at - now) / 1000;
  return seconds > 0
    ? { name: 'valid', secondsLeft: Math.ceil(seconds) }
    : { name: 'expired', secondsAgo: Math.floor(-seconds) };
}

/** The `sub` of a token, where it is a text. */
export function subjectOf(decoded: DecodedToken | undefined): string | undefined {
  const sub = decoded?.payload.sub;
  return typeof sub === 'string' && sub !== '' ? sub : undefined;
}
