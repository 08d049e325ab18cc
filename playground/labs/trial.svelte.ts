import { type CloseCode, closeCodes } from '../../service/contract/close-codes.ts';
import { parseCloseReason } from '../../service/contract/error-codes.ts';
import { trialParameter } from '../../service/contract/reference-pages.ts';
import type { Client } from '../connections/client.svelte.ts';
import type { ConnectionState, Ending } from '../connections/connection.svelte.ts';
import { cutText } from '../parts/json-tokens.ts';
import { type Act, expectationOf, type ScenarioName, scenarioNamed, scenarios } from '../scenarios.ts';
import type { Failure } from '../service/failure.ts';
import type { Session } from '../session.svelte.ts';
import { NotPossible, Performer } from './perform.ts';

/** Where a trial stands. */
export type TrialState =
  | { readonly name: 'none' }
  /** The link names nothing that can be tried; `code` is a close code that has several causes. */
  | { readonly name: 'unknown'; readonly asked: string; readonly code: CloseCode | undefined }
  | { readonly name: 'ready'; readonly scenario: ScenarioName }
  | { readonly name: 'running'; readonly scenario: ScenarioName }
  | ({ readonly scenario: ScenarioName } & Outcome);

/** What a run came to. */
export type Outcome =
  | { readonly name: 'failed'; readonly failure: Failure }
  /** `ending` is `undefined` where the connection did not end in time. */
  | { readonly name: 'ended'; readonly ending: Ending | undefined; readonly isExpected: boolean };

/** How long an end may take that the page itself brings about, in milliseconds. */
const usualDeadlineMs = 10_000;

/** After so many waits a client that comes back by itself has shown what there is to see. */
export const watchedWaits = 5;

/** One scenario, carried out by a client of the session, and whether it ended as it must. */
export class Trial {
  state = $state.raw<TrialState>({ name: 'none' });
  /** Who carries it out, or did last; `undefined` before. */
  client = $state.raw<Client>();
  /** Whether the client is coming back by itself, as the policy says. */
  isComingBack = $state(false);
  readonly #session: Session;
  readonly #deadlineMs: number;
  #latest = 0;

  constructor(session: Session, deadlineMs = usualDeadlineMs) {
    this.#session = session;
    this.#deadlineMs = deadlineMs;
  }

  /** Makes ready what the address of the page names, if anything. @param search - Such as `?try=token_expired`. */
  read(search: string): void {
    const asked = new URLSearchParams(search).get(trialParameter);
    if (asked === null) return;
    const scenario = scenarioNamed(asked);
    if (scenario !== undefined) return this.choose(scenario);
    const code = Object.hasOwn(closeCodes, asked) ? (Number(asked) as CloseCode) : undefined;
    this.state = { name: 'unknown', asked: cutText(asked, 40), code };
  }

  /** Makes a scenario ready, in place of the one before. */
  choose(scenario: ScenarioName): void {
    this.#rest();
    this.client = undefined;
    this.state = { name: 'ready', scenario };
  }

  /**
   * Carries the scenario out, once or again. Does nothing while it is being carried out.
   *
   * @param comesBack - Whether the client then connects again as its policy says, until a few waits were seen.
   */
  async run(comesBack = false): Promise<void> {
    if (!('scenario' in this.state) || this.state.name === 'running') return;
    const { scenario } = this.state;
    this.#rest();
    const mine = this.#latest;
    this.state = { name: 'running', scenario };
    const client = this.#session.freeClient();
    this.#session.current = client;
    this.client = client;
    const { mode } = client;
    client.setMode(comesBack ? 'back_off' : 'off');
    this.isComingBack = comesBack;
    const outcome = await this.#outcomeOf(scenario, client);
    if (mine === this.#latest) this.state = { scenario, ...outcome };
    if (comesBack && outcome.name === 'ended') await this.#watchComingBack(client, mine);
    client.setMode(mode);
    if (mine === this.#latest) this.isComingBack = false;
  }

  /** Watches no longer. The connection stays as it is. */
  stop(): void {
    if (this.state.name === 'running') this.state = { name: 'ready', scenario: this.state.scenario };
    this.#rest();
  }

  /** The client comes back no more. */
  #rest(): void {
    this.#latest += 1;
    if (this.isComingBack) void this.client?.disconnect();
    this.isComingBack = false;
  }

  async #outcomeOf(scenario: ScenarioName, client: Client): Promise<Outcome> {
    const { act } = scenarios[scenario];
    const performer = new Performer(this.#session, client);
    try {
      await performer.perform(act);
      const ending = await this.#end(act, client);
      return { name: 'ended', ending, isExpected: ending !== undefined && isAsExpected(scenario, ending) };
    } catch (error) {
      if (!(error instanceof NotPossible)) throw error;
      return { name: 'failed', failure: error.failure };
    } finally {
      for (const one of performer.crowd) void this.#session.removeClient(one);
    }
  }

  /** Waits for the end; for one that comes from outside, as long as it takes. */
  async #end(act: Act, { connection }: Client): Promise<Ending | undefined> {
    const closed = connection.until(isClosed);
    if (act.kind === 'watch') return endingOf(await closed);
    const lifetimeMs = act.kind === 'short_token' ? act.lifetimeSeconds * 1000 : 0;
    return endingOf(await within(lifetimeMs + this.#deadlineMs, closed));
  }

  /** Until the client stays away, stays connected, or has waited often enough. */
  async #watchComingBack(client: Client, mine: number): Promise<void> {
    while (mine === this.#latest && client.isBusy && client.waits.length < watchedWaits) {
      if (client.connection.state.name === 'open') return;
      await client.connection.until((state) => !isClosed(state));
      await client.connection.until(({ name }) => name === 'open' || name === 'closed');
      // A refusal opens, too: it is known by its close frame, which follows at once.
      await within(300, client.connection.until(isClosed));
    }
  }
}

/** The address of the page that leads back to a scenario. */
export function trialAddress(href: string, scenario: ScenarioName): string {
  const url = new URL(href);
  url.searchParams.set(trialParameter, String(scenario).toLowerCase());
  return url.href;
}

const isClosed = ({ name }: ConnectionState): boolean => name === 'closed';

function endingOf(state: ConnectionState | undefined): Ending | undefined {
  return state?.name === 'closed' ? state.ending : undefined;
}

function isAsExpected(scenario: ScenarioName, { code, reason, opened }: Ending): boolean {
  const expected = expectationOf(scenario);
  return code === expected.code && parseCloseReason(reason)?.error_code === expected.cause && opened === expected.opens;
}

/** @returns `undefined` where the promise takes longer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
