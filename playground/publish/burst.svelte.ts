import type { Failure } from '../service/failure.ts';
import type { PublishOutcome } from '../timeline/timeline.svelte.ts';
import type { BurstText } from './burst-text.ts';

/** What a burst may be asked for. */
export const burstLimits = { count: 10_000, perSecond: 1000 };

/** How many messages may be on their way at once: a browser opens six connections to a host over HTTP/1.1. */
const mostInFlight = 6;

/** After so many failures in a row the rest would fail too. */
const failuresInARow = 5;

/** What to send. */
export interface BurstPlan {
  readonly userId: string;
  readonly text: BurstText;
  /** How many messages. */
  readonly count: number;
  /** Messages a second; `undefined` for as fast as possible. */
  readonly perSecond?: number | undefined;
  /** Whether each waits for the answer to the one before, so that they arrive in their order. */
  readonly inOrder?: boolean;
}

/** How far a burst has come. */
export interface BurstProgress {
  readonly count: number;
  /** How many were taken by the broker. */
  readonly accepted: number;
  readonly failed: number;
  /** The fewest and the most receivers of one message. */
  readonly receivers: readonly [least: number, most: number] | undefined;
  /** Since the first was sent, in milliseconds. */
  readonly ms: number;
  /** How the last failure came about. */
  readonly failure: Failure | undefined;
}

export type BurstState =
  | { readonly name: 'idle' }
  | ({ readonly name: 'running' } & BurstProgress)
  /** `end`: all were sent, a person stopped it, or too many failed in a row. */
  | ({ readonly name: 'done'; readonly end: 'all' | 'stopped' | 'failing' } & BurstProgress);

/** Publishes many messages, each with a call of its own. */
export class Burst {
  state = $state.raw<BurstState>({ name: 'idle' });
  readonly #publish: (userId: string, text: string) => Promise<PublishOutcome>;
  #isStopped = false;

  constructor(publish: (userId: string, text: string) => Promise<PublishOutcome>) {
    this.#publish = publish;
  }

  get isRunning(): boolean {
    return this.state.name === 'running';
  }

  /** Sends no more; what is on its way is awaited. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Forgets how the last one went. */
  dismiss(): void {
    if (!this.isRunning) this.state = { name: 'idle' };
  }

  /** Publishes all of it. Does nothing while another runs. Never rejects. */
  async run(plan: BurstPlan): Promise<void> {
    if (this.isRunning) return;
    this.#isStopped = false;
    const run = new Run(plan, (progress) => {
      this.state = { name: 'running', ...progress };
    });
    run.show();
    const sender = async () => {
      while (!this.#isStopped && !run.isFailing) {
        const number = run.take();
        if (number === undefined) return;
        await run.due(number, () => this.#isStopped);
        if (this.#isStopped || run.isFailing) return;
        run.settled(await this.#publish(plan.userId, plan.text(number, plan.count)));
      }
    };
    await Promise.all(Array.from({ length: plan.inOrder ? 1 : mostInFlight }, sender));
    const progress = run.progress();
    const isWhole = progress.accepted + progress.failed === plan.count;
    this.state = { name: 'done', end: run.isFailing ? 'failing' : isWhole ? 'all' : 'stopped', ...progress };
  }
}

/** The counters of one burst, and its pace. */
class Run {
  readonly #plan: BurstPlan;
  readonly #report: (progress: BurstProgress) => void;
  readonly #started = performance.now();
  #taken = 0;
  #accepted = 0;
  #failed = 0;
  #failedInARow = 0;
  #receivers: [number, number] | undefined;
  #failure: Failure | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(plan: BurstPlan, report: (progress: BurstProgress) => void) {
    this.#plan = plan;
    this.#report = report;
  }

  get isFailing(): boolean {
    return this.#failedInARow >= failuresInARow;
  }

  /** @returns The number of the next message, from 1; `undefined` where all are taken. */
  take(): number | undefined {
    return this.#taken < this.#plan.count ? ++this.#taken : undefined;
  }

  /** Waits until a message is due by the clock: timers come late, and a background tab's come once a second. */
  async due(number: number, isStopped: () => boolean): Promise<void> {
    const { perSecond } = this.#plan;
    if (perSecond === undefined) return;
    const at = this.#started + ((number - 1) * 1000) / perSecond;
    for (let rest = at - performance.now(); rest > 0 && !isStopped(); rest = at - performance.now())
      // Short enough that a stop is obeyed at once.
      await new Promise((resolve) => setTimeout(resolve, Math.min(rest, 100)));
  }

  settled(outcome: PublishOutcome): void {
    if (outcome.name === 'accepted') {
      this.#accepted += 1;
      this.#failedInARow = 0;
      const [least, most] = this.#receivers ?? [outcome.receivers, outcome.receivers];
      this.#receivers = [Math.min(least, outcome.receivers), Math.max(most, outcome.receivers)];
    } else {
      this.#failed += 1;
      this.#failedInARow += 1;
      if (outcome.name === 'failed') this.#failure = outcome.failure;
    }
    if (performance.now() - this.#shownAt > 100) this.show();
  }

  show(): void {
    this.#shownAt = performance.now();
    this.#report(this.progress());
  }

  progress(): BurstProgress {
    return {
      count: this.#plan.count,
      accepted: this.#accepted,
      failed: this.#failed,
      receivers: this.#receivers,
      ms: performance.now() - this.#started,
      failure: this.#failure,
    };
  }
}
