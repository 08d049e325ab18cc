import { parseCloseReason } from '../../service/contract/error-codes.ts';
import type { MintedToken } from '../identity/identity.svelte.ts';
import { Connection, type ConnectionEvent, type Ending } from './connection.svelte.ts';
import { type NextAttempt, nextAttempt, reconnectPolicy } from './reconnect-policy.ts';

/** Whether a client connects again by itself. */
export type ReconnectMode = 'off' | 'back_off';

/** One wait of a client before it connects again. Times are milliseconds, moments milliseconds since 1970. */
export interface Wait {
  /** Counts from 1 since the connection was last stable. */
  readonly attempt: number;
  /** The close code that it follows. */
  readonly code: number;
  /** The bounds between which the wait was drawn. */
  readonly floorMs: number;
  readonly ceilingMs: number;
  readonly waitMs: number;
  readonly since: number;
}

/** What a client that has lost its connection is about to do. */
export type RetryState =
  | { readonly name: 'none' }
  | { readonly name: 'waiting'; readonly wait: Wait }
  /** It fetches a token for the next attempt. */
  | { readonly name: 'renewing' }
  /** It does not connect again; `why` is a sentence. */
  | { readonly name: 'stopped'; readonly why: string };

/** What happens to a client: on its connection, or between two of them. */
export type ClientEvent =
  | ConnectionEvent
  | { readonly kind: 'waiting'; readonly wait: Wait }
  | { readonly kind: 'stopped'; readonly why: string };

/** What a client needs of the rest. */
export interface ClientSurroundings {
  /** The service's address. */
  base(): string;
  /** Makes another token like this one. @returns `undefined` where there is none to be had. */
  renew(minted: MintedToken): Promise<MintedToken | undefined>;
  record(client: Client, event: ClientEvent): void;
}

/** The most waits that are remembered for drawing. */
const waitsKept = 60;

/** One frontend as the playground plays it: who it is, its connection, and whether it connects again when that ends. */
export class Client {
  /** A letter, by which the reader tells it from the others. */
  readonly name: string;
  /** Which of the colours marks it, from 0. */
  readonly colour: number;
  readonly connection: Connection;
  /** The token of its connection; `undefined` before the first, and where it was dialled without one. */
  minted = $state.raw<MintedToken>();
  mode = $state<ReconnectMode>('off');
  retry = $state.raw<RetryState>({ name: 'none' });
  /** The waits since it was last told to connect, oldest first. */
  waits = $state.raw<readonly Wait[]>([]);
  readonly #around: ClientSurroundings;
  #failures = 0;
  #refusals = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts what it was told last: to connect, to disconnect. */
  #wish = 0;
  #dial: (() => Promise<void>) | undefined;

  constructor(name: string, colour: number, around: ClientSurroundings) {
    this.name = name;
    this.colour = colour;
    this.#around = around;
    this.connection = new Connection((event) => this.#happened(event));
  }

  /** For whom its token was made. */
  get userId(): string | undefined {
    return this.minted?.userId;
  }

  /** Whether it has a connection, or will have one without being told to. */
  get isBusy(): boolean {
    return this.connection.isLive || this.retry.name === 'waiting' || this.retry.name === 'renewing';
  }

  /** Connects with a token. */
  connect(minted: MintedToken): Promise<void> {
    this.minted = minted;
    return this.#start(() => this.connection.connect(this.#around.base(), minted.token));
  }

  /** Connects to exactly this URL, without a token of the session's. */
  dial(url: string): Promise<void> {
    this.minted = undefined;
    return this.#start(() => this.connection.dial(url));
  }

  /** Waits no longer: connects now. */
  connectNow(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#again(this.#wish, false);
  }

  /** Closes with 1000, and connects no more by itself. */
  disconnect(): Promise<void> {
    this.#leave();
    return this.connection.disconnect();
  }

  /** Closes without a code, as `socket.close()` does. */
  hangUp(): Promise<void> {
    this.#leave();
    return this.connection.hangUp();
  }

  /** Turns connecting again on or off; a wait that has begun ends when it is turned off. */
  setMode(mode: ReconnectMode): void {
    this.mode = mode;
    if (mode === 'off') this.#leave();
  }

  #start(dial: () => Promise<void>): Promise<void> {
    this.#leave();
    this.#failures = 0;
    this.#refusals = 0;
    this.waits = [];
    this.#dial = dial;
    return dial();
  }

  #leave(): void {
    this.#wish += 1;
    clearTimeout(this.#timer);
    this.retry = { name: 'none' };
  }

  #happened(event: ConnectionEvent): void {
    this.#around.record(this, event);
    if (event.kind === 'closed' && this.mode !== 'off') this.#lost(event.ending);
  }

  #lost({ code, reason, openMs }: Ending): void {
    if (openMs >= reconnectPolicy.stableMs) {
      this.#failures = 0;
      this.#refusals = 0;
    }
    const attempts = { failures: this.#failures, refusals: this.#refusals };
    const next = nextAttempt(code, parseCloseReason(reason)?.error_code, attempts);
    // Whoever closes on purpose wants no reason why it stays closed.
    if (next.name === 'stop') {
      if (code !== 1000 && code !== 1005) this.#stop(next.why);
      return;
    }
    this.#failures += 1;
    if (next.needsNewToken) this.#refusals += 1;
    this.#wait(next, code);
  }

  #wait({ floorMs, ceilingMs, waitMs, needsNewToken }: NextAttempt & { name: 'wait' }, code: number): void {
    const wait: Wait = { attempt: this.#failures, code, floorMs, ceilingMs, waitMs, since: Date.now() };
    this.waits = [...this.waits, wait].slice(-waitsKept);
    this.retry = { name: 'waiting', wait };
    this.#around.record(this, { kind: 'waiting', wait });
    const mine = this.#wish;
    this.#timer = setTimeout(() => void this.#again(mine, needsNewToken), waitMs);
  }

  async #again(mine: number, needsNewToken: boolean): Promise<void> {
    if (needsNewToken && !(await this.#renew(mine))) return;
    if (mine !== this.#wish) return;
    this.retry = { name: 'none' };
    const { minted } = this;
    await (minted ? this.connection.connect(this.#around.base(), minted.token) : this.#dial?.());
  }

  /** @returns Whether there is a new token, and it is still wanted. */
  async #renew(mine: number): Promise<boolean> {
    this.retry = { name: 'renewing' };
    const renewed = this.minted && (await this.#around.renew(this.minted));
    if (mine !== this.#wish) return false;
    if (renewed === undefined) {
      this.#stop('There is no new token to be had.');
      return false;
    }
    this.minted = renewed;
    return true;
  }

  #stop(why: string): void {
    this.retry = { name: 'stopped', why };
    this.#around.record(this, { kind: 'stopped', why });
  }
}
