import { parseCloseReason } from '../../service/contract/error-codes.ts';
import type { Ending } from './connection.svelte.ts';
import { type NextAttempt, nextAttempt, type ReconnectPolicy, reconnectPolicy } from './reconnect-policy.ts';

/** Whether a client connects again by itself. */
export type ReconnectMode = 'off' | 'back_off';

/** One wait of a client before it connects again. Times are milliseconds, moments milliseconds since 1970. */
export interface Wait {
  /** Counts from 1 since the connection was last stable. */
  readonly attempt: number;
  /** The close code that it follows. */
  readonly code: number;
  /** The `error_code` of that end, where it had one. */
  readonly cause: string | undefined;
  /** The bounds between which the wait was drawn. */
  readonly floorMs: number;
  readonly ceilingMs: number;
  readonly waitMs: number;
  readonly since: number;
  /** After so long it was cut short, because the reader would not wait. */
  readonly cutMs?: number;
}

/** What a client that has lost its connection is about to do. */
export type RetryState =
  | { readonly name: 'none' }
  | { readonly name: 'waiting'; readonly wait: Wait }
  /** It fetches a token for the next attempt. */
  | { readonly name: 'renewing' }
  /** It does not connect again; `why` is a sentence. */
  | { readonly name: 'stopped'; readonly why: string };

/** What happens between two connections. */
export type RetryEvent =
  | { readonly kind: 'waiting'; readonly wait: Wait }
  | { readonly kind: 'stopped'; readonly why: string };

/** How the fetching of a new token ended; `why` is a sentence. */
export type Renewal =
  | { readonly name: 'renewed' }
  /** The service could not be reached: it may be, later. */
  | { readonly name: 'unreachable'; readonly why: string }
  | { readonly name: 'impossible'; readonly why: string };

/** What reconnecting needs of the client. */
export interface Reconnectable {
  dial(): Promise<void>;
  /** Why no new token can be had, as a sentence; `undefined` where one can be asked for. */
  whyNoRenewal(): string | undefined;
  renew(): Promise<Renewal>;
  record(event: RetryEvent): void;
}

/** The most waits that are remembered for drawing. */
const waitsKept = 60;

/** Connects a client again after its connection has ended, as the policy says, for as long as the reader wants it. */
export class Reconnector {
  mode = $state<ReconnectMode>('off');
  state = $state.raw<RetryState>({ name: 'none' });
  /** The waits since the client was last told to connect, oldest first. */
  waits = $state.raw<readonly Wait[]>([]);
  readonly #client: Reconnectable;
  readonly #random: () => number;
  readonly #policy: ReconnectPolicy;
  #failures = 0;
  #refusals = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts what the reader wanted last: to connect, to stop. */
  #wish = 0;
  /** Whether the reader wants a connection; an end that they brought about themselves is none to come back from. */
  #isWanted = false;
  /** Another connection is about to begin: the one that may still be there ends for it. */
  #isReplacing = false;
  #needsNewToken = false;
  #lastEnding: Ending | undefined;

  constructor(client: Reconnectable, random: () => number = Math.random, policy: ReconnectPolicy = reconnectPolicy) {
    this.#client = client;
    this.#random = random;
    this.#policy = policy;
  }

  /** The reader wants a connection: what was before no longer counts. */
  begin(): void {
    this.leave();
    this.#isWanted = true;
    this.#isReplacing = true;
    this.#failures = 0;
    this.#refusals = 0;
    this.#lastEnding = undefined;
    this.#needsNewToken = false;
    this.waits = [];
  }

  /** The reader wants no connection any more. */
  leave(): void {
    this.#isWanted = false;
    this.#pause();
  }

  /** Stops waiting, because the reader says so. */
  stop(): void {
    if (this.state.name !== 'waiting' && this.state.name !== 'renewing') return;
    this.leave();
    this.#giveUp('You stopped it.');
  }

  /** Turns connecting again on or off. On, it also comes back from an end that has already been; off, it ends a wait. */
  setMode(mode: ReconnectMode): void {
    if (this.mode === mode) return;
    this.mode = mode;
    if (mode === 'off') this.#pause();
    else if (this.#lastEnding) this.ended(this.#lastEnding);
  }

  /** Waits no longer: connects now. */
  async now(): Promise<void> {
    if (this.state.name !== 'waiting') return;
    clearTimeout(this.#timer);
    const cut: Wait = { ...this.state.wait, cutMs: Date.now() - this.state.wait.since };
    this.waits = [...this.waits.slice(0, -1), cut];
    await this.#again();
  }

  /** Fetches a new token and connects with it, now. */
  async renewNow(): Promise<void> {
    this.begin();
    this.#needsNewToken = true;
    await this.#again();
  }

  /** A connection has begun: whatever ended before it is past. */
  begun(): void {
    this.#isReplacing = false;
    this.#lastEnding = undefined;
  }

  /** The connection has ended. */
  ended(ending: Ending): void {
    if (!this.#isWanted || this.#isReplacing) return;
    this.#lastEnding = ending;
    if (this.mode === 'off') return;
    const { code, reason, openMs } = ending;
    if (openMs >= this.#policy.stableMs) this.#failures = 0;
    // A token that was taken and has expired since is no refused one.
    if (openMs >= this.#policy.refusedMs) this.#refusals = 0;
    const cause = parseCloseReason(reason)?.error_code;
    const attempts = { failures: this.#failures, refusals: this.#refusals };
    const next = nextAttempt(code, cause, attempts, this.#random, this.#policy);
    if (next.name === 'stop') return this.#giveUp(next.why);
    const whyNot = next.needsNewToken ? this.#client.whyNoRenewal() : undefined;
    if (whyNot !== undefined) return this.#giveUp(whyNot);
    this.#failures += 1;
    if (next.needsNewToken) this.#refusals += 1;
    this.#wait(next, code, cause);
  }

  #pause(): void {
    this.#wish += 1;
    clearTimeout(this.#timer);
    this.state = { name: 'none' };
  }

  #wait(
    { floorMs, ceilingMs, waitMs, needsNewToken }: NextAttempt & { name: 'wait' },
    code: number,
    cause?: string,
  ): void {
    const wait: Wait = { attempt: this.#failures, code, cause, floorMs, ceilingMs, waitMs, since: Date.now() };
    this.#needsNewToken = needsNewToken;
    this.#isReplacing = false;
    this.waits = [...this.waits, wait].slice(-waitsKept);
    this.state = { name: 'waiting', wait };
    this.#client.record({ kind: 'waiting', wait });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#again(), waitMs);
  }

  async #again(): Promise<void> {
    const mine = this.#wish;
    if (this.#needsNewToken) {
      this.state = { name: 'renewing' };
      const renewal = await this.#client.renew();
      if (mine !== this.#wish) return;
      if (renewal.name !== 'renewed') return this.#withoutToken(renewal);
      this.#needsNewToken = false;
    }
    this.state = { name: 'none' };
    await this.#client.dial();
  }

  /** A service that cannot be reached may be back after a while; anything else stays as it is. */
  #withoutToken(renewal: Exclude<Renewal, { name: 'renewed' }>): void {
    if (renewal.name === 'impossible' || this.mode === 'off') return this.#giveUp(renewal.why);
    const attempts = { failures: this.#failures, refusals: this.#refusals };
    const code = this.#lastEnding?.code ?? 1006;
    const next = nextAttempt(1006, undefined, attempts, this.#random, this.#policy);
    if (next.name === 'stop') return this.#giveUp(renewal.why);
    this.#failures += 1;
    this.#wait({ ...next, needsNewToken: true }, code, undefined);
  }

  #giveUp(why: string): void {
    this.#isReplacing = false;
    this.state = { name: 'stopped', why };
    this.#client.record({ kind: 'stopped', why });
  }
}
