import {
  defaultTokenLifetimeSeconds,
  maxTokenLifetimeSeconds,
  type TokenDefect,
  type TokenResponse,
} from '../../service/contract/development.ts';
import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';
import type { Clock } from '../parts/clock.svelte.ts';
import type { Failure } from '../service/failure.ts';
import type { Result, ServiceClient } from '../service/service-client.ts';
import { clockSkew } from './clock-skew.ts';
import { type DecodedToken, decodeToken } from './decode-token.ts';

/** Where the making of a token stands. */
export type IdentityState =
  | { readonly name: 'none' }
  | { readonly name: 'minting'; readonly previous: MintedToken | undefined }
  | { readonly name: 'minted'; readonly minted: MintedToken }
  | { readonly name: 'failed'; readonly failure: Failure };

/** A token and what is known of it. */
export interface MintedToken {
  readonly token: string;
  /** `undefined` where the token cannot be decoded, as with the defect `malformed`. */
  readonly decoded: DecodedToken | undefined;
  /** For whom it was asked; a token without a subject does not say. */
  readonly userId: string;
  readonly defect: TokenDefect | undefined;
  /** How long it was asked to live. */
  readonly lifetimeSeconds: number;
  /** The cause that the handshake must give; `null` for a token that works. */
  readonly expectedError: ConnectionErrorCode | null;
  /** How long the minting took, in milliseconds. */
  readonly ms: number;
}

/** How a token stands to its `exp`. */
export type Expiry =
  | { readonly name: 'none' }
  | { readonly name: 'valid'; readonly secondsLeft: number }
  | { readonly name: 'expired'; readonly secondsAgo: number };

/** The lifetimes that the panel offers, in seconds. */
export const lifetimes = [
  { seconds: 5, label: '5 seconds' },
  { seconds: 60, label: '1 minute' },
  { seconds: 900, label: '15 minutes' },
  { seconds: defaultTokenLifetimeSeconds, label: '1 hour' },
  { seconds: 86_400, label: '1 day' },
  { seconds: maxTokenLifetimeSeconds, label: '30 days' },
] as const;

/** Who to be: a user id, a lifetime and perhaps a defect, and the token that the service mints from them. */
export class Identity {
  userId = $state('teacher-1');
  lifetimeSeconds = $state<number>(defaultTokenLifetimeSeconds);
  defect = $state<TokenDefect>();
  state = $state.raw<IdentityState>({ name: 'none' });
  /** How far this machine's clock is ahead of the service's, in milliseconds; 0 until a token has told. */
  clockSkewMs = $state(0);
  readonly #client: Pick<ServiceClient, 'mintToken'>;
  readonly #clock: Clock;
  #latest = 0;

  constructor(client: Pick<ServiceClient, 'mintToken'>, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The newest token. While another is being minted, the one before. */
  get minted(): MintedToken | undefined {
    if (this.state.name === 'minted') return this.state.minted;
    return this.state.name === 'minting' ? this.state.previous : undefined;
  }

  get isMinting(): boolean {
    return this.state.name === 'minting';
  }

  /** The service's time as far as it is known, in milliseconds since 1970. */
  get now(): number {
    return this.#clock.now - this.clockSkewMs;
  }

  /** How the token stands to its `exp`, by the service's clock: the service is who ends the connection. */
  get expiry(): Expiry {
    const exp = this.minted?.decoded?.payload.exp;
    if (typeof exp !== 'number') return { name: 'none' };
    const seconds = exp - this.now / 1000;
    return seconds > 0
      ? { name: 'valid', secondsLeft: Math.ceil(seconds) }
      : { name: 'expired', secondsAgo: Math.floor(-seconds) };
  }

  /** Asks the service for a token. Of several only the last counts. @returns The state that it led to. */
  async mint(): Promise<IdentityState> {
    this.#latest += 1;
    const mine = this.#latest;
    const { userId, defect, lifetimeSeconds } = this;
    this.state = { name: 'minting', previous: this.minted };
    const answer = await this.#client.mintToken({
      user_id: userId,
      lifetime_seconds: lifetimeSeconds,
      ...(defect && { defect }),
    });
    if (mine !== this.#latest) return this.state;
    this.state = stateAfter(answer, { userId, defect, lifetimeSeconds });
    if (this.state.name === 'minted') this.#compareClocks(this.state.minted);
    return this.state;
  }

  /** Mints another token like one that was minted before. @returns `undefined` where that failed. */
  async mintAgain({ userId, defect, lifetimeSeconds }: MintedToken): Promise<MintedToken | undefined> {
    const answer = await this.#client.mintToken({
      user_id: userId,
      lifetime_seconds: lifetimeSeconds,
      ...(defect && { defect }),
    });
    const state = stateAfter(answer, { userId, defect, lifetimeSeconds });
    return state.name === 'minted' ? state.minted : undefined;
  }

  /** Forgets the token, also one that is still being minted, and what it told: they are of one service alone. */
  forget(): void {
    this.#latest += 1;
    this.state = { name: 'none' };
    this.clockSkewMs = 0;
  }

  /** A token that is wrong on purpose may have been issued at any time. */
  #compareClocks({ decoded, expectedError, ms }: MintedToken): void {
    const iat = decoded?.payload.iat;
    if (expectedError === null && typeof iat === 'number') this.clockSkewMs = clockSkew(iat, this.#clock.now, ms);
  }
}

function stateAfter(
  answer: Result<TokenResponse>,
  asked: Pick<MintedToken, 'userId' | 'defect' | 'lifetimeSeconds'>,
): IdentityState {
  if (!answer.ok) return { name: 'failed', failure: answer.failure };
  const { token, expected_error } = answer.value;
  const decoded = decodeToken(token);
  return { name: 'minted', minted: { token, decoded, ...asked, expectedError: expected_error, ms: answer.ms } };
}
