import {
  defaultTokenLifetimeSeconds,
  type TokenDefect,
  type TokenRequest,
  type TokenResponse,
} from '../../service/contract/development.ts';
import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';
import type { Clock } from '../parts/clock.svelte.ts';
import type { Failure } from '../service/failure.ts';
import type { Result, ServiceClient } from '../service/service-client.ts';
import { ClaimsDraft } from './claims-draft.svelte.ts';
import { clockSkew } from './clock-skew.ts';
import { decodeToken } from './decode-token.ts';
import { foretell, payloadOf } from './foretell.ts';
import { PasteDraft } from './paste-draft.svelte.ts';
import { type Expiry, expiryOf, type HeldToken, type MintedToken, type PastedToken, subjectOf } from './token.ts';

export type { Expiry, HeldToken, MintedToken, PastedToken } from './token.ts';

/** Where the making of a token stands. */
export type IdentityState =
  | { readonly name: 'none' }
  | { readonly name: 'minting'; readonly previous: HeldToken | undefined }
  | { readonly name: 'minted'; readonly minted: MintedToken }
  | { readonly name: 'pasted'; readonly pasted: PastedToken }
  | { readonly name: 'failed'; readonly failure: Failure };

/** Where the token to connect with comes from; with `none`, the reader connects without one. */
export type TokenSource = 'mint' | 'paste' | 'none';

/** What a token is asked for with. */
export type MintOrder = Pick<MintedToken, 'userId' | 'lifetimeSeconds'> &
  Partial<Pick<MintedToken, 'defect' | 'claims'>>;

/** A minted token, or why there is none. */
export type Minting =
  | { readonly ok: true; readonly minted: MintedToken }
  | { readonly ok: false; readonly failure: Failure };

/** Who to be: a user id, a lifetime, claims and perhaps a defect, and the token minted from them; or one that is pasted. */
export class Identity {
  source = $state<TokenSource>('mint');
  userId = $state('teacher-1');
  lifetimeSeconds = $state<number>(defaultTokenLifetimeSeconds);
  /** What is wrong with the lifetime that is being typed. */
  lifetimeProblem = $state<string>();
  defect = $state<TokenDefect>();
  state = $state.raw<IdentityState>({ name: 'none' });
  /** How far this machine's clock is ahead of the service's, in milliseconds; 0 until a token has told. */
  clockSkewMs = $state(0);
  readonly claims = new ClaimsDraft();
  readonly paste = new PasteDraft();
  readonly #client: Pick<ServiceClient, 'mintToken'>;
  readonly #clock: Clock;
  #latest = 0;

  constructor(client: Pick<ServiceClient, 'mintToken'>, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The newest token, minted or pasted. While another is being minted, the one before. */
  get token(): HeldToken | undefined {
    switch (this.state.name) {
      case 'minted':
        return this.state.minted;
      case 'pasted':
        return this.state.pasted;
      case 'minting':
        return this.state.previous;
      default:
        return undefined;
    }
  }

  /** The newest token, where the service has minted it. */
  get minted(): MintedToken | undefined {
    return this.token?.origin === 'minted' ? this.token : undefined;
  }

  get isMinting(): boolean {
    return this.state.name === 'minting';
  }

  /** Whether the draft can be minted as it stands. */
  get isComplete(): boolean {
    return this.userId.trim() !== '' && this.lifetimeProblem === undefined && this.claims.problems.size === 0;
  }

  /** What the service must say to the claims of the draft; `undefined` where there are none, or a defect decides. */
  get foretold(): ConnectionErrorCode | null | undefined {
    const { claims } = this.claims;
    if (claims === undefined || this.defect !== undefined) return undefined;
    return foretell(payloadOf(this.userId, this.lifetimeSeconds, claims, this.now), this.now);
  }

  /** The service's time as far as it is known, in milliseconds since 1970. */
  get now(): number {
    return this.#clock.now - this.clockSkewMs;
  }

  /** How the token stands to its `exp`, by the service's clock: the service is who ends the connection. */
  get expiry(): Expiry {
    return expiryOf(this.token, this.now);
  }

  /** Asks the service for a token. Of several only the last counts. @returns The state that it led to. */
  async mint(): Promise<IdentityState> {
    this.#latest += 1;
    const mine = this.#latest;
    // A pasted token could not be told from the next one in time: whoever mints has chosen to.
    this.source = 'mint';
    const { userId, defect, lifetimeSeconds } = this;
    const { claims } = this.claims;
    this.state = { name: 'minting', previous: this.token };
    const minting = await this.#ask({ userId, defect, lifetimeSeconds, claims });
    if (mine !== this.#latest) return this.state;
    this.state = minting.ok ? { name: 'minted', minted: minting.minted } : { name: 'failed', failure: minting.failure };
    if (minting.ok) this.#compareClocks(minting.minted);
    return this.state;
  }

  /** Mints a token beside the one that the panel shows, such as another like one that was minted before. */
  mintAgain({ userId, defect, lifetimeSeconds, claims }: MintOrder): Promise<Minting> {
    return this.#ask({ userId, defect, lifetimeSeconds, claims });
  }

  /** Takes a token of the reader's own in place of the one that is there. */
  takePasted(pasted: PastedToken): void {
    this.#latest += 1;
    this.source = 'paste';
    this.paste.clear();
    this.state = { name: 'pasted', pasted };
  }

  /** Forgets the token, also one that is still being minted, and what it told: they are of one service alone. */
  forget(): void {
    this.#latest += 1;
    this.state = { name: 'none' };
    this.clockSkewMs = 0;
    this.paste.clear();
  }

  async #ask(order: MintOrder): Promise<Minting> {
    const { userId, defect, lifetimeSeconds, claims } = order;
    const request: TokenRequest = {
      user_id: userId,
      lifetime_seconds: lifetimeSeconds,
      ...(claims && { claims }),
      ...(defect && { defect }),
    };
    return toMinting(await this.#client.mintToken(request), order, this.now, this.#clock.now);
  }

  /** A token that is wrong on purpose, or whose claims are the reader's own, may have been issued at any time. */
  #compareClocks({ decoded, expectedError, claims, ms }: MintedToken): void {
    const iat = decoded?.payload.iat;
    if (expectedError === null && !claims && typeof iat === 'number')
      this.clockSkewMs = clockSkew(iat, this.#clock.now, ms);
  }
}

function toMinting(answer: Result<TokenResponse>, order: MintOrder, now: number, obtainedAt: number): Minting {
  if (!answer.ok) return answer;
  const { token, expected_error } = answer.value;
  const { userId, lifetimeSeconds, defect, claims } = order;
  const decoded = decodeToken(token);
  // The service speaks of the defect alone.
  const expectedError = claims && !defect && decoded ? foretell(decoded.payload, now) : expected_error;
  const minted: MintedToken = {
    origin: 'minted',
    token,
    decoded,
    userId: subjectOf(decoded) ?? userId,
    lifetimeSeconds,
    defect,
    claims,
    expectedError,
    ms: answer.ms,
    obtainedAt,
  };
  return { ok: true, minted };
}
