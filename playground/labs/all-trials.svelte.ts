import { type ScenarioName, scenarioNames, scenarios } from '../scenarios.ts';
import type { Session } from '../session.svelte.ts';
import { type Outcome, Trial } from './trial.svelte.ts';

/** The scenarios that a page can do by itself. */
export const byPage: readonly ScenarioName[] = scenarioNames.filter((name) => scenarios[name].outside === undefined);

/** All scenarios that a page can do, one after the other, and what they came to. */
export class AllTrials {
  outcomes = $state.raw<ReadonlyMap<ScenarioName, Outcome>>(new Map());
  /** What is being tried. */
  running = $state.raw<ScenarioName>();
  readonly #session: Session;
  readonly #deadlineMs: number | undefined;
  #latest = 0;

  constructor(session: Session, deadlineMs?: number) {
    this.#session = session;
    this.#deadlineMs = deadlineMs;
  }

  get expected(): number {
    return [...this.outcomes.values()].filter((outcome) => outcome.name === 'ended' && outcome.isExpected).length;
  }

  /** Does nothing while it is at it. */
  async run(names: readonly ScenarioName[] = byPage): Promise<void> {
    if (this.running !== undefined) return;
    this.#latest += 1;
    const mine = this.#latest;
    this.outcomes = new Map();
    for (const name of names) {
      this.running = name;
      const trial = new Trial(this.#session, this.#deadlineMs);
      trial.choose(name);
      await trial.run();
      if (mine !== this.#latest) return;
      this.note(name, trial.state);
      // Without a service, each further one would fail in the same way.
      if (trial.state.name === 'failed' && trial.state.failure.kind !== 'problem') break;
    }
    this.running = undefined;
  }

  /** Remembers what a scenario came to, also one that was run by itself. */
  note(name: ScenarioName, outcome: { readonly name: string }): void {
    if (outcome.name !== 'ended' && outcome.name !== 'failed') return;
    this.outcomes = new Map(this.outcomes).set(name, outcome as Outcome);
  }

  /** Begins no further one. */
  stop(): void {
    this.#latest += 1;
    this.running = undefined;
  }
}
