import { defaultTokenLifetimeSeconds, type TokenRequest } from '../contract/development.ts';
import { websocketUrl } from '../contract/endpoints.ts';
import { DevelopmentApi } from './development-api.ts';
import { type Expectation, Expectations, type Seen } from './expectations.ts';
import { ReplayClient } from './replay-client.ts';
import { type Act, isAct, type Recording, type TokenSource } from './session-file.ts';

/** How fast to replay: so many times as fast as it was recorded, or without any pause. */
export type ReplaySpeed = number | 'max';

/** What happens in a replay, in order. `atMs` counts from its beginning. */
export type ReplayEvent = { readonly atMs: number } & (
  | { readonly kind: 'did'; readonly act: Act; readonly index: number }
  /** The service refused what was to be done; `why` is a sentence. */
  | { readonly kind: 'refused'; readonly act: Act; readonly index: number; readonly why: string }
  /** It cannot be done again; what would follow from it is not judged. */
  | { readonly kind: 'skipped'; readonly act: Act; readonly index: number }
  | { readonly kind: 'met'; readonly seen: Seen; readonly index: number }
  | { readonly kind: 'missed'; readonly seen: Seen; readonly index: number }
  /** An end that came otherwise than it was recorded. */
  | { readonly kind: 'different'; readonly seen: Seen; readonly recorded: Seen; readonly index: number }
  | { readonly kind: 'unexpected'; readonly seen: Seen }
);

/** What a replay came to. */
export interface ReplayReport {
  readonly acts: number;
  readonly expected: number;
  readonly met: number;
  readonly skipped: number;
  /** What went otherwise than it was recorded. */
  readonly deviations: readonly ReplayEvent[];
  readonly stopped: boolean;
  readonly ms: number;
}

/** How a replay is to run. */
export interface ReplayOptions {
  /** The service's address. */
  readonly base: string;
  readonly speed: ReplaySpeed;
  readonly onEvent?: (event: ReplayEvent) => void;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** How much later than recorded something may be seen, in milliseconds. */
  readonly graceMs?: number;
}

const usualGraceMs = 5000;

/** How long to listen, after all is done, for what nobody expects, in milliseconds. */
const quietMs = 300;

/** Whether the replay went as it was recorded. */
export function isAsRecorded({ deviations, stopped }: ReplayReport): boolean {
  return deviations.length === 0 && !stopped;
}

/**
 * Does again what was recorded, and compares what is seen.
 *
 * Each act waits until all has been seen that had been seen before it, and for as long as the recording paused, divided
 * by the speed. What the service times itself, such as the expiry of a token, takes its own time at every speed.
 *
 * @throws UnusableService where the service cannot be used, or is gone while it runs.
 */
export async function replay(recording: Recording, options: ReplayOptions): Promise<ReplayReport> {
  const run = new Replay(recording, options);
  try {
    return await run.run();
  } finally {
    run.leave();
  }
}

interface Minted {
  readonly token: string;
  readonly atMs: number;
  readonly lifetimeMs: number;
  /** When it was minted in the recording. */
  readonly recordedAtMs: number;
}

class Replay {
  readonly #recording: Recording;
  readonly #options: ReplayOptions;
  readonly #api: DevelopmentApi;
  readonly #skipped: ReadonlySet<number>;
  readonly #expectations: Expectations;
  readonly #clients = new Map<string, ReplayClient>();
  readonly #tokens = new Map<string, Minted>();
  readonly #deviations: ReplayEvent[] = [];
  readonly #started = performance.now();
  /** When the last act was done, and when it had been done in the recording. */
  #last = { atMs: 0, recordedAtMs: 0 };
  #acts = 0;

  constructor(recording: Recording, options: ReplayOptions) {
    this.#recording = recording;
    this.#options = options;
    this.#api = new DevelopmentApi(options.base);
    this.#skipped = unrepeatable(recording);
    this.#expectations = new Expectations(recording, this.#skipped);
  }

  async run(): Promise<ReplayReport> {
    await this.#api.check();
    const { events } = this.#recording;
    for (const [index, event] of events.entries()) {
      if (!isAct(event)) continue;
      if (this.#skipped.has(index)) {
        this.#tell({ kind: 'skipped', act: event, index, atMs: this.#now() });
        continue;
      }
      await this.#seenBefore(index);
      await this.#sleepUntil(this.#dueAt(event));
      if (this.#isStopped) break;
      await this.#do(event, index);
      this.#last = { atMs: this.#now(), recordedAtMs: event.at_ms };
      this.#acts += 1;
    }
    await this.#seenBefore(events.length);
    await this.#sleepUntil(this.#now() + quietMs);
    return this.#report();
  }

  leave(): void {
    for (const client of this.#clients.values()) client.leave();
  }

  get #isStopped(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  #now(): number {
    return performance.now() - this.#started;
  }

  /** Waits for what the recording saw before this event; for what does not come, no longer than it took then and the grace. */
  async #seenBefore(index: number): Promise<void> {
    const latest = this.#expectations.awaited(index).at(-1);
    if (latest === undefined || this.#isStopped) return;
    const { at_ms } = this.#recording.events[latest.index] as { at_ms: number };
    const usual = Math.max(0, at_ms - this.#last.recordedAtMs);
    const deadline = this.#last.atMs + usual + (this.#options.graceMs ?? usualGraceMs);
    const timer = this.#timer(deadline);
    await this.#expectations.settled(index, timer.done);
    timer.cancel();
    if (!this.#isStopped) this.#miss(this.#expectations.giveUp(index));
  }

  #dueAt(event: Act & { readonly at_ms: number }): number {
    const { speed } = this.#options;
    const pause = event.at_ms - this.#last.recordedAtMs;
    const due = this.#last.atMs + (speed === 'max' ? 0 : pause / speed);
    const minted = event.do === 'connect' ? this.#tokens.get(event.token ?? '') : undefined;
    if (minted === undefined) return due;
    // A token that had expired by then must have expired again, however fast the replay is.
    const age = event.at_ms - minted.recordedAtMs;
    return age >= minted.lifetimeMs ? Math.max(due, minted.atMs + age) : due;
  }

  async #do(act: Act & { readonly at_ms: number }, index: number): Promise<void> {
    // Told before it is done: what is seen of it may come before the answer.
    this.#tell({ kind: 'did', act, index, atMs: this.#now() });
    const why = await this.#carryOut(act);
    if (why !== undefined) this.#deviate({ kind: 'refused', act, index, why, atMs: this.#now() });
  }

  /** @returns Why it was refused, where it was. */
  async #carryOut(act: Act & { readonly at_ms: number }): Promise<string | undefined> {
    switch (act.do) {
      case 'mint':
        return this.#mint(act.token, act.source, act.at_ms);
      case 'publish': {
        const { user_id, payload } = act;
        return (await this.#api.publish({ user_id, payload }))?.refused;
      }
      case 'connect': {
        const minted = act.token === undefined ? undefined : this.#tokens.get(act.token);
        if (act.token !== undefined && minted === undefined) return 'Its token could not be minted.';
        this.#client(act.client).connect(websocketUrl(this.#options.base, minted?.token));
        return undefined;
      }
      case 'send':
        this.#client(act.client).send(act.binary, act.bytes, act.count);
        return undefined;
      case 'disconnect':
        this.#client(act.client).close(act.code);
        return undefined;
    }
  }

  async #mint(id: string, source: TokenSource, recordedAtMs: number): Promise<string | undefined> {
    const { kind: _, ...request } = { lifetime_seconds: defaultTokenLifetimeSeconds, ...source };
    if (request.user_id === undefined) return 'The user of the token that was pasted is not known.';
    const answer = await this.#api.mint(request as TokenRequest);
    if ('refused' in answer) return answer.refused;
    const lifetimeMs = request.lifetime_seconds * 1000;
    this.#tokens.set(id, { token: answer.token, atMs: this.#now(), lifetimeMs, recordedAtMs });
    return undefined;
  }

  #client(name: string): ReplayClient {
    const known = this.#clients.get(name);
    if (known) return known;
    const client = new ReplayClient(name, (seen) => this.#see(seen));
    this.#clients.set(name, client);
    return client;
  }

  #see(seen: Seen): void {
    const { met, insteadOf, missed } = this.#expectations.see(seen);
    this.#miss(missed);
    const atMs = this.#now();
    if (met) this.#tell({ kind: 'met', seen, index: met.index, atMs });
    else if (insteadOf)
      this.#deviate({ kind: 'different', seen, recorded: insteadOf.seen, index: insteadOf.index, atMs });
    else this.#deviate({ kind: 'unexpected', seen, atMs });
  }

  #miss(missed: readonly Expectation[]): void {
    for (const { seen, index } of missed) this.#deviate({ kind: 'missed', seen, index, atMs: this.#now() });
  }

  #deviate(event: ReplayEvent): void {
    this.#deviations.push(event);
    this.#tell(event);
  }

  #tell(event: ReplayEvent): void {
    this.#options.onEvent?.(event);
  }

  async #sleepUntil(atMs: number): Promise<void> {
    if (atMs > this.#now()) await this.#timer(atMs).done;
  }

  /** Is done at this time, or at once when the replay is stopped. */
  #timer(atMs: number): { readonly done: Promise<void>; readonly cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = this.#options;
    const timer = setTimeout(resolve, Math.max(0, atMs - this.#now()));
    const stop = () => resolve();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) resolve();
    const cancel = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    return { done: promise.then(cancel), cancel };
  }

  #report(): ReplayReport {
    const { all } = this.#expectations;
    return {
      acts: this.#acts,
      expected: all.length,
      met: all.filter(({ state }) => state === 'met').length,
      skipped: this.#skipped.size,
      deviations: this.#deviations,
      stopped: this.#isStopped,
      ms: this.#now(),
    };
  }
}

/** The events of a client from a connection that cannot be made again until it connects anew. */
function unrepeatable({ events }: Recording): ReadonlySet<number> {
  const lost = new Set<string>();
  const skipped = new Set<number>();
  for (const [index, event] of events.entries()) {
    if (!('client' in event)) continue;
    if (isAct(event) && event.do === 'connect') {
      if (event.unrepeatable) lost.add(event.client);
      else lost.delete(event.client);
    }
    if (lost.has(event.client)) skipped.add(index);
  }
  return skipped;
}
