import { defaultTokenLifetimeSeconds } from '../../service/contract/development.ts';
import type { Client } from '../connections/client.svelte.ts';
import { explainClose } from '../connections/explain-close.ts';
import { formatMs } from '../parts/format.ts';
import { randomId } from '../publish/notification-text.ts';
import type { Failure } from '../service/failure.ts';
import type { Session } from '../session.svelte.ts';

/** The steps, in order; each is named after the panel that does it. */
export const tourSteps = ['identity', 'connection', 'publish', 'timeline'] as const;
export type TourStep = (typeof tourSteps)[number];

/** Where the tour stands. */
export type TourState =
  | { readonly name: 'off' }
  /** The playground does what the step is about. */
  | { readonly name: 'doing'; readonly step: TourStep }
  /** It is done; the reader reads `facts`, a sentence on what came of it. */
  | { readonly name: 'done'; readonly step: TourStep; readonly facts: string }
  | { readonly name: 'failed'; readonly step: TourStep; readonly failure: Failure };

/** Carries what went wrong to the one place that shows it. */
class StepFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.title);
    this.failure = failure;
  }
}

/** How long a published message may take to arrive, in milliseconds. */
const usualArriveMs = 5000;

/** Shows a message's way from a token to its arrival by really sending one, a step at a time. */
export class Tour {
  state = $state.raw<TourState>({ name: 'off' });
  readonly #session: Session;
  readonly #arriveMs: number;
  #client: Client | undefined;
  #framesBefore = 0;
  /** Counts starts and ends: what a step brings after the tour was left is of no interest. */
  #run = 0;

  constructor(session: Session, arriveMs = usualArriveMs) {
    this.#session = session;
    this.#arriveMs = arriveMs;
  }

  /** The panel that the tour is at. */
  get at(): TourStep | undefined {
    return this.state.name === 'off' ? undefined : this.state.step;
  }

  get isLast(): boolean {
    return this.at === tourSteps.at(-1);
  }

  /** Begins with the first step, also where it is under way. */
  async start(): Promise<void> {
    this.#run += 1;
    this.#client = undefined;
    const { identity, publisher } = this.#session;
    // A user of its own: nobody else's messages arrive here, and no limit is met.
    identity.userId = `teacher-${randomId().slice(0, 4)}`;
    identity.lifetimeSeconds = defaultTokenLifetimeSeconds;
    identity.defect = undefined;
    publisher.target = identity.userId;
    publisher.reset();
    await this.#perform('identity');
  }

  /** Goes on to the next step; does nothing until the step before is done. */
  async next(): Promise<void> {
    if (this.state.name !== 'done') return;
    const following = tourSteps[tourSteps.indexOf(this.state.step) + 1];
    if (following) await this.#perform(following);
    else this.leave();
  }

  /** Tries again what failed: from the start where the connection is gone, for then the token may be worth nothing. */
  async retry(): Promise<void> {
    if (this.state.name !== 'failed') return;
    if (this.#client?.connection.isLive) await this.#perform('publish');
    else await this.start();
  }

  /** Ends it; what it did stays. */
  leave(): void {
    this.#run += 1;
    this.state = { name: 'off' };
  }

  async #perform(step: TourStep): Promise<void> {
    const mine = this.#run;
    this.state = { name: 'doing', step };
    const became = await this.#outcomeOf(step);
    if (mine === this.#run) this.state = became;
  }

  async #outcomeOf(step: TourStep): Promise<TourState> {
    const acts = { identity: this.#mint, connection: this.#connect, publish: this.#publish, timeline: this.#receive };
    try {
      return { name: 'done', step, facts: await acts[step].call(this) };
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      return { name: 'failed', step, failure: error.failure };
    }
  }

  async #mint(): Promise<string> {
    await this.#session.mint();
    const { state } = this.#session.identity;
    if (state.name === 'failed') throw new StepFailed(state.failure);
    return `The service made a token that says “I am ${this.#session.identity.userId}”. It lives for an hour; below it is taken apart.`;
  }

  async #connect(): Promise<string> {
    const client = this.#session.freeClient();
    this.#client = client;
    await this.#session.connect(client);
    const state = await client.connection.until(({ name }) => name === 'open' || name === 'closed');
    if (state.name === 'closed') throw new StepFailed(ended(state.ending.code, state.ending.reason));
    const { connection } = client;
    const took = state.name === 'open' ? ` in ${formatMs(state.handshakeMs)}` : '';
    this.#framesBefore = connection.framesIn;
    return `A WebSocket opened${took}. The token is all that the service asks for.`;
  }

  async #publish(): Promise<string> {
    this.#framesBefore = this.#client?.connection.framesIn ?? 0;
    await this.#session.publish();
    const outcome = this.#session.lastPublish;
    if (outcome?.name === 'failed') throw new StepFailed(outcome.failure);
    return `A notification went to the channel of ${this.#session.publisher.target}, as any backend service would publish it.`;
  }

  async #receive(): Promise<string> {
    const connection = this.#client?.connection;
    const hasArrived = () => (connection?.framesIn ?? 0) > this.#framesBefore;
    if (!(await holdsWithin(hasArrived, this.#arriveMs))) throw new StepFailed(notArrived(this.#arriveMs));
    const frame = this.#session.timeline.entries.findLast(({ kind }) => kind === 'frame');
    const latency = frame?.kind === 'frame' ? frame.latencyMs : undefined;
    return `The message arrived${latency === undefined ? '' : `, ${formatMs(latency)} after it was published`}: byte for byte what was sent.`;
  }
}

/** Waits until something that follows from state holds. @returns Whether it did in time. */
function holdsWithin(holds: () => boolean, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (outcome: boolean) => {
      clearTimeout(timer);
      resolve(outcome);
      // Not from within the effect that it ends.
      queueMicrotask(stop);
    };
    const timer = setTimeout(() => settle(false), deadlineMs);
    const stop = $effect.root(() => {
      $effect(() => {
        if (holds()) settle(true);
      });
    });
  });
}

function ended(code: number, reason: string): Failure {
  return {
    kind: 'ended',
    title: code === 1006 ? 'The WebSocket could not be opened' : `The service closed the connection with ${code}`,
    detail: reason === '' ? `The close code is ${code}, without a reason.` : `The reason: ${reason}`,
    remedy: 'Its page says what brings this about and what to do.',
    link: { href: explainClose(code, reason).href, text: `Close code ${code}` },
  };
}

function notArrived(deadlineMs: number): Failure {
  return {
    kind: 'not_delivered',
    title: 'The message did not arrive',
    detail: `The service took it, but no frame came within ${deadlineMs / 1000} s.`,
    remedy: 'See whether the connection is still open, and what /healthz/redis of the service says.',
  };
}
