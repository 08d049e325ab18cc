import { type CloseCode, closeCodes } from '../../service/contract/close-codes.ts';
import { endpoints, legacyWebsocketPrefix, websocketUrl } from '../../service/contract/endpoints.ts';
import { parseCloseReason } from '../../service/contract/error-codes.ts';
import { trialParameter } from '../../service/contract/reference-pages.ts';
import type { Client } from '../connections/client.svelte.ts';
import type { ConnectionState, Ending } from '../connections/connection.svelte.ts';
import type { MintedToken } from '../identity/identity.svelte.ts';
import { cutText } from '../parts/json-tokens.ts';
import { type Act, expectationOf, type ScenarioName, type Sending, scenarioNamed, scenarios } from '../scenarios.ts';
import type { Session } from '../session.svelte.ts';

/** Where a trial stands. */
export type TrialState =
  | { readonly name: 'none' }
  /** The link names nothing that can be tried; `code` is a close code that has several causes. */
  | { readonly name: 'unknown'; readonly asked: string; readonly code: CloseCode | undefined }
  | { readonly name: 'ready'; readonly scenario: ScenarioName }
  | { readonly name: 'running'; readonly scenario: ScenarioName }
  | ({ readonly scenario: ScenarioName } & Outcome);

/** What a run came to. */
type Outcome =
  /** It could not be carried out; backticks mark code. */
  | { readonly name: 'failed'; readonly problem: string }
  /** `ending` is `undefined` where the connection did not end in time. */
  | { readonly name: 'ended'; readonly ending: Ending | undefined; readonly isExpected: boolean };

/** How long an end may take that the page itself brings about, in milliseconds. */
const usualDeadlineMs = 10_000;

/** Stops a run; its message is for people. */
class NotPossible extends Error {}

/** One scenario, carried out on the session's connection, and whether it ended as it must. */
export class Trial {
  state = $state.raw<TrialState>({ name: 'none' });
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
    if (scenario === undefined) {
      const code = Object.hasOwn(closeCodes, asked) ? (Number(asked) as CloseCode) : undefined;
      this.state = { name: 'unknown', asked: cutText(asked, 40), code };
      return;
    }
    this.#preset(scenarios[scenario].act);
    this.state = { name: 'ready', scenario };
  }

  /** Carries the scenario out, once or again. Does nothing while it is being carried out. */
  async run(): Promise<void> {
    if (!('scenario' in this.state) || this.state.name === 'running') return;
    const { scenario } = this.state;
    this.#latest += 1;
    const mine = this.#latest;
    this.state = { name: 'running', scenario };
    const outcome = await this.#outcomeOf(scenario);
    if (mine === this.#latest) this.state = { scenario, ...outcome };
  }

  /** Watches no longer. The connection stays as it is. */
  stop(): void {
    if (this.state.name !== 'running') return;
    this.#latest += 1;
    this.state = { name: 'ready', scenario: this.state.scenario };
  }

  leave(): void {
    this.#latest += 1;
    this.state = { name: 'none' };
  }

  /** Shows in the other panels what will be used. */
  #preset(act: Act): void {
    const { identity } = this.#session;
    identity.defect = act.kind === 'wrong_token' ? act.defect : undefined;
    if (act.kind === 'short_token') identity.lifetimeSeconds = act.lifetimeSeconds;
  }

  async #outcomeOf(scenario: ScenarioName): Promise<Outcome> {
    const { act } = scenarios[scenario];
    this.#preset(act);
    const crowd: Client[] = [];
    try {
      await this.#perform(act, crowd);
      const ending = await this.#end(act);
      return { name: 'ended', ending, isExpected: ending !== undefined && isAsExpected(scenario, ending) };
    } catch (error) {
      if (!(error instanceof NotPossible)) throw error;
      return { name: 'failed', problem: error.message };
    } finally {
      for (const client of crowd) void this.#session.removeClient(client);
    }
  }

  /** Does what must lead to the end. What stands open beside the session's connection is put into `crowd`. */
  async #perform(act: Act, crowd: Client[]): Promise<void> {
    const session = this.#session;
    switch (act.kind) {
      case 'wrong_token':
      case 'short_token':
        return this.#connect();
      case 'tokens_in_url':
        return session.dial(this.#urlWith(act.tokens));
      case 'send':
        await this.#connect();
        await this.#open();
        return session.connection.send(messageOf(act.sending), act.sending.count);
      case 'crowd':
        await this.#gather(crowd, act.atMost);
        return session.connect();
      case 'close':
        await this.#connect();
        await this.#open();
        return act.withCode ? session.current.disconnect() : session.current.hangUp();
      case 'dial':
        return session.dial(act.place === 'old_path' ? this.#oldUrl() : this.#otherName());
      case 'watch':
        return act.token === 'minted' ? this.#connect() : session.dial(websocketUrl(this.#base, madeUpToken()));
    }
  }

  get #base(): string {
    const { base } = this.#session.address;
    if (base === undefined) throw new Error('The address is read before anything is tried.');
    return base;
  }

  async #mint(): Promise<MintedToken> {
    const token = await this.#session.mint();
    const { minted } = this.#session.identity;
    if (token === undefined || minted === undefined)
      throw new NotPossible('No token could be minted. “Who you are” says why.');
    return minted;
  }

  async #connect(): Promise<void> {
    await this.#mint();
    await this.#session.connect();
  }

  async #open(): Promise<void> {
    await this.#session.connection.until(isOpenOrClosed);
  }

  /** Waits for the end; for one that comes from outside, as long as it takes. */
  async #end(act: Act): Promise<Ending | undefined> {
    const closed = this.#session.connection.until(({ name }) => name === 'closed');
    if (act.kind === 'watch') return endingOf(await closed);
    const lifetimeMs = act.kind === 'short_token' ? act.lifetimeSeconds * 1000 : 0;
    return endingOf(await within(lifetimeMs + this.#deadlineMs, closed));
  }

  /** Takes every place that a user may have. */
  async #gather(crowd: Client[], atMost: number): Promise<void> {
    const health = await this.#session.service.websocketHealth();
    if (!health.ok) throw new NotPossible(`${health.failure.title}. ${health.failure.detail}`);
    const places = health.value.max_connections_per_user;
    if (places > atMost) {
      throw new NotPossible(
        `This service allows a user ${places} connections, and the page opens ${atMost} at most. Start one with \`WEBSOCKET_MAX_CONNECTIONS_PER_USER=5 npm start\`.`,
      );
    }
    const minted = await this.#mint();
    // Its place would be free again when it connects anew.
    await this.#session.current.disconnect();
    for (let count = 0; count < places; count++) crowd.push(this.#session.addClient());
    await Promise.all(
      crowd.map(async (client) => {
        await client.connect(minted);
        await client.connection.until(isOpenOrClosed);
      }),
    );
  }

  #urlWith(tokens: readonly string[]): string {
    const url = new URL(websocketUrl(this.#base));
    for (const token of tokens) url.searchParams.append('token', token);
    return url.href;
  }

  #oldUrl(): string {
    const path = new RegExp(`${endpoints.websocket}$`);
    return websocketUrl(this.#base).replace(path, `${legacyWebsocketPrefix}/teacher-1`);
  }

  /** Without a token: there, another program may listen. The origin is judged before it. */
  #otherName(): string {
    const url = new URL(websocketUrl(this.#base));
    const other = { localhost: '127.0.0.1', '127.0.0.1': 'localhost' }[url.hostname];
    if (other === undefined) {
      throw new NotPossible(
        'This takes a service on this machine, at `localhost` or `127.0.0.1`: only there it has a second name that everyone knows.',
      );
    }
    url.hostname = other;
    return url.href;
  }
}

/** The address of the page without what it was to try. */
export function withoutTrial(href: string): string {
  const url = new URL(href);
  url.searchParams.delete(trialParameter);
  return url.href;
}

const isOpenOrClosed = ({ name }: ConnectionState): boolean => name === 'open' || name === 'closed';

function endingOf(state: ConnectionState | undefined): Ending | undefined {
  return state?.name === 'closed' ? state.ending : undefined;
}

function isAsExpected(scenario: ScenarioName, { code, reason, opened }: Ending): boolean {
  const expected = expectationOf(scenario);
  return code === expected.code && parseCloseReason(reason)?.error_code === expected.cause && opened === expected.opens;
}

function messageOf({ what, bytes }: Sending): string | Uint8Array<ArrayBuffer> {
  return what === 'text' ? 'x'.repeat(bytes) : new Uint8Array(bytes);
}

/** A token of nobody: in form an access token that is signed with ES256. */
function madeUpToken(): string {
  const part = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return `${part({ alg: 'ES256', typ: 'JWT', kid: 'nobody' })}.${part({ sub: 'nobody', exp })}.${'A'.repeat(86)}`;
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
