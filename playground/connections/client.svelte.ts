import type { Minting } from '../identity/identity.svelte.ts';
import { expiresAt, type HeldToken, type MintedToken } from '../identity/token.ts';
import { Connection, type ConnectionEvent } from './connection.svelte.ts';
import type { ReconnectPolicy } from './reconnect-policy.ts';
import {
  type ReconnectMode,
  Reconnector,
  type Renewal,
  type RetryEvent,
  type RetryState,
  type Wait,
} from './reconnector.svelte.ts';

export type { ReconnectMode, RetryState, Wait } from './reconnector.svelte.ts';

/** What happens to a client: on its connection, or between two of them. */
export type ClientEvent = ConnectionEvent | RetryEvent;

/** What a client needs of the rest. */
export interface ClientSurroundings {
  /** The service's address. */
  base(): string;
  /** Makes another token like this one. */
  renew(minted: MintedToken): Promise<Minting>;
  record(client: Client, event: ClientEvent): void;
  /** From 0 to 1, as `Math.random`, and the numbers of the policy; the usual ones unless given. */
  readonly random?: () => number;
  readonly policy?: ReconnectPolicy;
}

/** One frontend as the playground plays it: who it is, its connection, and whether it connects again when that ends. */
export class Client {
  /** A letter, by which the reader tells it from the others. */
  readonly name: string;
  /** Which of the colours marks it, from 0. */
  readonly colour: number;
  readonly connection: Connection;
  /** The token of its connection; `undefined` before the first, and where it was dialled without one. */
  token = $state.raw<HeldToken>();
  readonly #around: ClientSurroundings;
  readonly #reconnector: Reconnector;
  /** Where it was last told to connect to without a token of the session's. */
  #url = $state<string>();

  constructor(name: string, colour: number, around: ClientSurroundings) {
    this.name = name;
    this.colour = colour;
    this.#around = around;
    this.connection = new Connection((event) => this.#happened(event));
    this.#reconnector = new Reconnector(
      {
        dial: () => this.#dial(),
        whyNoRenewal: () => whyNoRenewal(this.token),
        renew: () => this.#renew(),
        record: (event) => around.record(this, event),
      },
      around.random,
      around.policy,
    );
  }

  /** The token of its connection, where the service has minted it. */
  get minted(): MintedToken | undefined {
    return this.token?.origin === 'minted' ? this.token : undefined;
  }

  /** Whose token it has. */
  get userId(): string | undefined {
    return this.token?.userId;
  }

  /** When its token expires: milliseconds since 1970 by the service's clock. */
  get expiresAt(): number | undefined {
    return expiresAt(this.token);
  }

  get mode(): ReconnectMode {
    return this.#reconnector.mode;
  }

  get retry(): RetryState {
    return this.#reconnector.state;
  }

  /** The waits since it was last told to connect, oldest first. */
  get waits(): readonly Wait[] {
    return this.#reconnector.waits;
  }

  /** Whether it has a connection, or will have one without being told to. */
  get isBusy(): boolean {
    return this.connection.isLive || this.retry.name === 'waiting' || this.retry.name === 'renewing';
  }

  /** Whether it has connected before, and can do so again in the same way. */
  get canReconnect(): boolean {
    return this.token !== undefined || this.#url !== undefined;
  }

  /** Why it cannot get a new token, as a sentence; `undefined` where it can. */
  get whyNoRenewal(): string | undefined {
    return whyNoRenewal(this.token);
  }

  /** Connects with a token. */
  connect(token: HeldToken): Promise<void> {
    this.token = token;
    this.#url = undefined;
    this.#reconnector.begin();
    return this.#dial();
  }

  /** Connects to exactly this URL, without a token of the session's. */
  dial(url: string): Promise<void> {
    this.token = undefined;
    this.#url = url;
    this.#reconnector.begin();
    return this.#dial();
  }

  /** Connects again as it did before. */
  reconnect(): Promise<void> {
    this.#reconnector.begin();
    return this.#dial();
  }

  /** Fetches a token like the one it has, and connects with it. What keeps it from that is in `retry`. */
  async reconnectWithNewToken(): Promise<void> {
    await this.#reconnector.renewNow();
  }

  /** Waits no longer: connects now. */
  connectNow(): Promise<void> {
    return this.#reconnector.now();
  }

  /** Stops waiting. */
  stopWaiting(): void {
    this.#reconnector.stop();
  }

  /** Closes with 1000, and connects no more by itself. */
  disconnect(): Promise<void> {
    this.#reconnector.leave();
    return this.connection.disconnect();
  }

  /** Closes without a code, as `socket.close()` does. */
  hangUp(): Promise<void> {
    this.#reconnector.leave();
    return this.connection.hangUp();
  }

  /** Turns connecting again on or off; a wait that has begun ends when it is turned off. */
  setMode(mode: ReconnectMode): void {
    this.#reconnector.setMode(mode);
  }

  /** Forgets its token: it is of one service alone. Connects no more by itself. */
  forget(): void {
    this.#reconnector.leave();
    this.token = undefined;
    this.#url = undefined;
  }

  #dial(): Promise<void> {
    if (this.token) return this.connection.connect(this.#around.base(), this.token.token);
    return this.#url === undefined ? Promise.resolve() : this.connection.dial(this.#url);
  }

  async #renew(): Promise<Renewal> {
    const before = this.minted;
    if (before === undefined) return { name: 'impossible', why: whyNoRenewal(this.token) ?? '' };
    const minting = await this.#around.renew(before);
    if (minting.ok) {
      // Meanwhile the reader may have given it another, or changed the service.
      if (this.token === before) this.token = minting.minted;
      return { name: 'renewed' };
    }
    const { kind, title } = minting.failure;
    const name = kind === 'unreachable' || kind === 'timeout' ? 'unreachable' : 'impossible';
    return { name, why: `No new token could be had: ${title}.` };
  }

  #happened(event: ConnectionEvent): void {
    this.#around.record(this, event);
    if (event.kind === 'connecting') this.#reconnector.begun();
    if (event.kind === 'closed') this.#reconnector.ended(event.ending);
  }
}

function whyNoRenewal(token: HeldToken | undefined): string | undefined {
  if (token === undefined) return 'It has no token that could be renewed.';
  if (token.origin === 'pasted')
    return 'The token was pasted, so the page cannot renew it. Paste a newer one, then connect with that.';
  if (token.expectedError !== null) return 'The token is wrong on purpose: a new one would be as wrong.';
  return undefined;
}
