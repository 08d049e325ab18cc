import { websocketUrl } from '../../service/contract/endpoints.ts';
import { connectionErrors } from '../../service/contract/error-codes.ts';
import { explainClose } from '../connections/explain-close.ts';
import type { Failure } from '../service/failure.ts';
import type { ServiceClient } from '../service/service-client.ts';
import { type AuthCase, authCases } from './auth-cases.ts';
import { underOtherName } from './loopback.ts';
import { isLetIn, type Observed, observeHandshake } from './observe-handshake.ts';

/** Where one row of the matrix stands. */
export type RowState =
  | { readonly name: 'waiting' }
  | { readonly name: 'running' }
  /** It cannot be done from here; `why` is a sentence. */
  | { readonly name: 'not_here'; readonly why: string }
  | { readonly name: 'done'; readonly observed: Observed; readonly isExpected: boolean };

export interface Row {
  readonly one: AuthCase;
  readonly state: RowState;
}

/** Where the whole run stands. */
export type MatrixState =
  | { readonly name: 'idle' }
  | { readonly name: 'running' }
  | { readonly name: 'stopped' }
  | { readonly name: 'failed'; readonly failure: Failure }
  | { readonly name: 'finished'; readonly ms: number };

/** What the matrix needs of the session. */
export interface MatrixSurroundings {
  readonly service: Pick<ServiceClient, 'mintToken' | 'health'>;
  readonly address: { readonly base: string | undefined };
}

/** How many cases are tried at a time. Browsers delay further handshakes to one host. */
const atATime = 4;

/** The ends that say something of the service and nothing of a token. */
const faultsOfService = new Set([1001, 1011, 1013]);

/** Whether each way of being right and wrong is judged as it must be, on connections that nobody else uses. */
export class AuthMatrix {
  rows = $state.raw<readonly Row[]>(authCases.map((one) => ({ one, state: initialState(one) })));
  state = $state.raw<MatrixState>({ name: 'idle' });
  readonly #around: MatrixSurroundings;
  #latest = 0;

  constructor(around: MatrixSurroundings) {
    this.#around = around;
  }

  /** How many rows have an outcome, how many of these are as expected, and how many there can be. */
  get tally(): { readonly done: number; readonly expected: number; readonly possible: number } {
    const done = this.rows.map(({ state }) => state).filter((state) => state.name === 'done');
    return {
      done: done.length,
      expected: done.filter(({ isExpected }) => isExpected).length,
      possible: this.rows.filter(({ state }) => state.name !== 'not_here').length,
    };
  }

  /** Tries all cases. Does nothing while it is at it. */
  async run(): Promise<void> {
    if (this.state.name === 'running') return;
    this.#latest += 1;
    const mine = this.#latest;
    const started = performance.now();
    this.rows = authCases.map((one) => ({ one, state: initialState(one) }));
    this.state = { name: 'running' };
    // A user for each case: the limit of connections counts by user, and the reader's are left alone.
    const user = `auth-matrix-${Math.random().toString(36).slice(2, 8)}`;
    const queue = this.rows.filter(({ state }) => state.name === 'waiting').map(({ one }) => one);
    const worker = async () => {
      for (let one = queue.shift(); one && mine === this.#latest; one = queue.shift()) {
        await this.#try(one, `${user}-${one.id}`, mine);
      }
    };
    await Promise.all(Array.from({ length: atATime }, worker));
    if (mine === this.#latest) this.state = { name: 'finished', ms: performance.now() - started };
  }

  /** Begins no further case. */
  stop(): void {
    if (this.state.name === 'running') this.#end({ name: 'stopped' });
  }

  async #try(one: AuthCase, userId: string, mine: number): Promise<void> {
    const { base } = this.#around.address;
    if (base === undefined) throw new Error('The address is read before anything is tried.');
    const set = (state: RowState) => {
      if (mine === this.#latest) this.rows = this.rows.map((row) => (row.one === one ? { one, state } : row));
    };
    set({ name: 'running' });
    const url = await this.#urlOf(one, userId, base);
    if (typeof url !== 'string') {
      if (mine !== this.#latest) return;
      if ('why' in url) set({ name: 'not_here', why: url.why });
      else this.#end({ name: 'failed', failure: url.failure });
      return;
    }
    const observed = await observeHandshake(url);
    if (mine !== this.#latest) return;
    const failure = await this.#faultBehind(one, observed, base);
    if (mine !== this.#latest) return;
    if (this.#around.address.base !== base) this.#end({ name: 'stopped' });
    else if (failure) this.#end({ name: 'failed', failure });
    else set({ name: 'done', observed, isExpected: isAsExpected(one, observed) });
  }

  /** The address that is dialled, or why there is none. */
  async #urlOf(
    { wish, carriage, inPage }: AuthCase,
    userId: string,
    base: string,
  ): Promise<string | { readonly why: string } | { readonly failure: Failure }> {
    if (inPage === 'other_loopback_name') {
      // Without a token: under the other name, another program may listen.
      const url = underOtherName(websocketUrl(base));
      return url ?? { why: 'Only a service on this machine has a second name that this page knows.' };
    }
    const answer = await this.#around.service.mintToken({ user_id: userId, ...wish(Math.floor(Date.now() / 1000)) });
    if (!answer.ok) return { failure: answer.failure };
    const query = carriage.query(answer.value.token);
    return query === '' ? websocketUrl(base) : `${websocketUrl(base)}?${query}`;
  }

  /** What keeps the service from judging any token; no row is to blame for that. */
  async #faultBehind(one: AuthCase, observed: Observed, base: string): Promise<Failure | undefined> {
    const { code, cause, opened } = observed;
    if (faultsOfService.has(code) && cause !== undefined) {
      const end = explainClose(code, JSON.stringify({ error_code: cause, message: '', correlation_id: '' }));
      const title = `The service closes with ${code} ${end.name}`;
      return {
        kind: 'ended',
        title,
        detail: `${end.cause ?? end.when} No token is judged meanwhile.`,
        remedy: 'Mend that, then run the matrix again.',
        link: { href: end.href, text: `About ${code}` },
      };
    }
    // Under the other name nothing may listen, which says nothing of the service.
    if (code !== 1006 || opened || one.inPage === 'other_loopback_name') return undefined;
    const health = await this.#around.service.health();
    return health.ok || this.#around.address.base !== base ? undefined : health.failure;
  }

  #end(state: MatrixState): void {
    this.#latest += 1;
    this.rows = this.rows.map(({ one, state: row }) => ({
      one,
      state: row.name === 'running' ? { name: 'waiting' } : row,
    }));
    this.state = state;
  }
}

function initialState({ inPage }: AuthCase): RowState {
  if (inPage !== undefined) return { name: 'waiting' };
  return {
    name: 'not_here',
    why: 'Not from a browser: a page cannot set the headers of a handshake. The tests of the service do it.',
  };
}

function isAsExpected({ expected }: AuthCase, observed: Observed): boolean {
  if (expected === undefined) return isLetIn(observed);
  return observed.code === connectionErrors[expected].closeCode && observed.cause === expected;
}
