import type { NotificationEvent } from '../../service/contract/notifications.ts';
import { Connection, type ConnectionEvent, type Ending } from '../connections/connection.svelte.ts';
import { explainClose } from '../connections/explain-close.ts';
import { decodeToken } from '../identity/decode-token.ts';
import { count } from '../parts/format.ts';
import { notificationText, randomId } from '../publish/notification-text.ts';
import type { Failure } from '../service/failure.ts';
import type { Result, ServiceClient } from '../service/service-client.ts';

/** The steps of the demonstration, in order. */
export const stepNames = ['mint', 'connect', 'publish', 'receive', 'close'] as const;
export type StepName = (typeof stepNames)[number];

/** Where one step stands. `ms` is how long it took; of `receive`, from publishing to arrival. */
export type StepState =
  | { readonly name: 'waiting' }
  | { readonly name: 'running' }
  | { readonly name: 'done'; readonly ms: number; readonly facts: string }
  | { readonly name: 'failed' };

/** Where the demonstration stands. */
export type DemoState =
  | { readonly name: 'sketch' }
  | { readonly name: 'running' }
  | { readonly name: 'finished' }
  | { readonly name: 'failed'; readonly failure: Failure };

/** How long the socket and the notification may take, in milliseconds. */
export interface DemoDeadlines {
  readonly openMs: number;
  readonly closeMs: number;
  readonly arriveMs: number;
}

const usualDeadlines: DemoDeadlines = { openMs: 8000, closeMs: 3000, arriveMs: 5000 };

/** The life of a token in the demonstration, in seconds. */
const lifetimeSeconds = 300;

/** Stops a run; carried to the one place that shows it. */
class StepFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.title);
    this.failure = failure;
  }
}

/** One notification's way, from a token to a frame, each step with its time. */
export class LiveDemo {
  state = $state.raw<DemoState>({ name: 'sketch' });
  steps = $state.raw<Readonly<Record<StepName, StepState>>>(allWaiting());
  /** The frame as it came; only ever what was published. */
  frame = $state.raw<string>();
  readonly #client: Pick<ServiceClient, 'mintToken' | 'publish'>;
  readonly #base: () => string;
  readonly #event: NotificationEvent;
  readonly #deadlines: DemoDeadlines;

  /** @param event - The type of the notification that is sent. */
  constructor(
    client: Pick<ServiceClient, 'mintToken' | 'publish'>,
    base: () => string,
    event: NotificationEvent = 'batch_results_ready',
    deadlines: DemoDeadlines = usualDeadlines,
  ) {
    this.#client = client;
    this.#base = base;
    this.#event = event;
    this.#deadlines = deadlines;
  }

  /** Goes through all steps. Never rejects; a run that is under way is not disturbed. */
  async run(): Promise<void> {
    if (this.state.name === 'running') return;
    this.state = { name: 'running' };
    this.steps = allWaiting();
    this.frame = undefined;
    const events = new Mailbox();
    const connection = new Connection((event) => events.put(event), this.#deadlines);
    try {
      await this.#goThrough(connection, events);
      this.state = { name: 'finished' };
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      this.#failRunningStep();
      this.state = { name: 'failed', failure: error.failure };
    } finally {
      void connection.disconnect();
    }
  }

  async #goThrough(connection: Connection, events: Mailbox): Promise<void> {
    // A user of its own for each run: nobody else's demonstration arrives here, and no limit is met.
    const userId = `demo-${randomId().slice(0, 8)}`;

    this.#begin('mint');
    const minted = need(await this.#client.mintToken({ user_id: userId, lifetime_seconds: lifetimeSeconds }));
    const claims = decodeToken(minted.value.token)?.payload;
    this.#done(
      'mint',
      minted.ms,
      `sub ${claims?.sub} · exp ${new Date(Number(claims?.exp) * 1000).toLocaleTimeString()}`,
    );

    this.#begin('connect');
    void connection.connect(this.#base(), minted.value.token);
    const opened = await events.next('open', this.#deadlines.openMs + 1000);
    this.#done('connect', opened.handshakeMs, '');

    const { notificationExamples } = await import('../../service/contract/examples.ts');
    const payload = notificationText(this.#event, notificationExamples[this.#event]);
    this.#begin('publish');
    const sent = performance.now();
    const published = need(await this.#client.publish({ user_id: userId, payload }));
    const { channel, receivers } = published.value;
    this.#done('publish', published.ms, `${channel} · ${count(receivers, 'receiver')}`);

    this.#begin('receive');
    // What is not ours is passed over, not at once a failure: another publisher, or a later version of the protocol,
    // may put a frame before it.
    const frame = await events.next('frame', this.#deadlines.arriveMs, ({ text }) => text === payload);
    this.frame = frame.text;
    this.#done('receive', frame.mark - sent, `${count(frame.bytes, 'byte')}, as published`);

    this.#begin('close');
    const closing = performance.now();
    await connection.disconnect();
    const { ending } = await events.next('closed', this.#deadlines.closeMs + 1000);
    this.#done('close', performance.now() - closing, `code ${ending.code}`);
  }

  #begin(step: StepName): void {
    this.steps = { ...this.steps, [step]: { name: 'running' } };
  }

  #done(step: StepName, ms: number, facts: string): void {
    this.steps = { ...this.steps, [step]: { name: 'done', ms, facts } };
  }

  #failRunningStep(): void {
    const running = stepNames.find((step) => this.steps[step].name === 'running');
    if (running) this.steps = { ...this.steps, [running]: { name: 'failed' } };
  }
}

function allWaiting(): Record<StepName, StepState> {
  return Object.fromEntries(stepNames.map((step) => [step, { name: 'waiting' }])) as Record<StepName, StepState>;
}

function need<T>(result: Result<T>): Extract<Result<T>, { ok: true }> {
  if (!result.ok) throw new StepFailed(result.failure);
  return result;
}

type Received = ConnectionEvent & { readonly mark: number };
type Kind = ConnectionEvent['kind'];

/** Holds a connection's events until they are asked for: a frame may come before the publish was answered. */
class Mailbox {
  #events: Received[] = [];
  #wake: () => void = () => {};

  put(event: ConnectionEvent): void {
    this.#events.push({ ...event, mark: performance.now() });
    this.#wake();
  }

  /**
   * @param isWanted - Events of the kind that are not wanted are passed over.
   * @throws StepFailed when the connection ends first, or the deadline (in ms) passes.
   */
  async next<K extends Kind>(
    kind: K,
    deadlineMs: number,
    isWanted: (event: Extract<Received, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<Received, { kind: K }>> {
    const until = performance.now() + deadlineMs;
    for (;;) {
      const found = this.#all(kind).find(isWanted);
      if (found) return found;
      const [closed] = this.#all('closed');
      if (closed) throw new StepFailed(endedEarly(closed.ending));
      if (performance.now() >= until) throw new StepFailed(this.#missed(deadlineMs));
      await this.#somethingNew(until - performance.now());
    }
  }

  #all<K extends Kind>(kind: K): Extract<Received, { kind: K }>[] {
    return this.#events.filter((event): event is Extract<Received, { kind: K }> => event.kind === kind);
  }

  #missed(deadlineMs: number): Failure {
    const [other] = this.#all('frame');
    return other ? altered(other, deadlineMs) : notDelivered(deadlineMs);
  }

  #somethingNew(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, atMostMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function endedEarly({ code, reason, opened }: Ending): Failure {
  return {
    kind: 'ended',
    title: opened ? `The connection was closed with ${code}` : 'The WebSocket could not be opened',
    detail: reason === '' ? `The close code is ${code}, without a reason.` : `The reason: ${reason}`,
    remedy: opened
      ? 'The page on close codes says what brings this about and what to do.'
      : 'HTTP works, the WebSocket does not: look for a proxy in between that does not forward upgrades.',
    link: { href: explainClose(code, reason).href, text: `Close code ${code}` },
  };
}

function notDelivered(deadlineMs: number): Failure {
  return {
    kind: 'not_delivered',
    title: 'The notification did not arrive',
    detail: `The broker took it, but no frame came within ${deadlineMs / 1000} s.`,
    remedy: 'Look at /healthz/redis of the service, and at its log.',
  };
}

function altered({ text, bytes }: { readonly text: string; readonly bytes: number }, deadlineMs: number): Failure {
  const start = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return {
    kind: 'altered',
    title: 'Something else arrived than was published',
    detail: `Within ${deadlineMs / 1000} s came ${count(bytes, 'byte')}, but not those that were published: ${start}`,
    remedy:
      'The service forwards byte for byte. Look for what changes messages on their way: a proxy before the service, or a bridge before its broker.',
  };
}
