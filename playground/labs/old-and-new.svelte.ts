import type { HandshakeDecision } from '../../service/contract/development.ts';
import { endpoints, websocketUrl } from '../../service/contract/endpoints.ts';
import { parseCloseReason } from '../../service/contract/error-codes.ts';
import { withoutTokens } from '../connections/connection.svelte.ts';
import { decisionOf } from '../handshakes/match-decision.ts';
import { oldPath, oldUrl } from '../handshakes/old-address.ts';
import { notificationText } from '../publish/notification-text.ts';
import type { Failure } from '../service/failure.ts';
import type { Result, ServiceClient } from '../service/service-client.ts';
import type { DialPlan, Experiment } from './experiments.ts';
import { RawDial } from './raw-dial.svelte.ts';

/** One side of a comparison. */
export interface Side {
  readonly plan: DialPlan;
  /** The address without the token. */
  readonly address: string;
  readonly path: string;
  readonly dial: RawDial;
}

/** What the service said of a handshake; `none` where it remembers nothing of it: it never got there. */
export type Decided =
  | { readonly name: 'asking' }
  | { readonly name: 'none' }
  | { readonly name: 'known'; readonly decision: HandshakeDecision }
  | { readonly name: 'failed'; readonly failure: Failure };

/** Where the comparison stands. */
export type ComparisonState =
  | { readonly name: 'none' }
  | { readonly name: 'minting'; readonly experiment: Experiment }
  | { readonly name: 'failed'; readonly experiment: Experiment; readonly failure: Failure }
  | {
      readonly name: 'dialled' | 'done';
      readonly experiment: Experiment;
      readonly userId: string;
      readonly left: Side;
      readonly right: Side;
    };

/** What became of the notification that was published. */
export type Published =
  | { readonly name: 'none' }
  | { readonly name: 'pending' }
  | { readonly name: 'arrived'; readonly ms: number }
  | { readonly name: 'missed' }
  | { readonly name: 'failed'; readonly failure: Failure };

/** What a comparison needs of the rest. */
export interface Surroundings {
  readonly service: Pick<ServiceClient, 'mintToken' | 'publish' | 'handshakes'>;
  /** The service's address. */
  base(): string;
  /** The page's origin; `null` outside of a browser. */
  readonly origin: string | null;
}

/** How long a handshake, a close and a notification may take, in milliseconds. */
const deadlineMs = 8000;

/** The old endpoint beside the new one: what the browser sees of each, and what the service decided. */
export class OldAndNew {
  state = $state.raw<ComparisonState>({ name: 'none' });
  decided = $state.raw<{ readonly left: Decided; readonly right: Decided }>(bothAsking);
  published = $state.raw<Published>({ name: 'none' });
  readonly #around: Surroundings;
  #latest = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get isBusy(): boolean {
    return this.state.name === 'minting' || this.state.name === 'dialled' || this.published.name === 'pending';
  }

  /** Carries out a comparison for a user, in place of the one before. */
  async run(experiment: Experiment, userId: string): Promise<void> {
    this.close();
    this.#latest += 1;
    const mine = this.#latest;
    this.published = { name: 'none' };
    this.decided = bothAsking;
    this.state = { name: 'minting', experiment };
    const minted = await this.#mint(experiment, userId);
    if (mine !== this.#latest) return;
    if (!minted.ok) {
      this.state = { name: 'failed', experiment, failure: minted.failure };
      return;
    }
    const { token } = minted.value;
    const left = this.#dial(experiment.left, userId, token);
    const right = this.#dial(experiment.right, userId, token);
    this.state = { name: 'dialled', experiment, userId, left, right };
    await Promise.all(
      [left, right].map(({ dial }) => dial.until(({ opened, isOver }) => opened || isOver, deadlineMs)),
    );
    await this.#ask(mine, userId, left, right);
    if (mine !== this.#latest) return;
    if (experiment.publishes && right.dial.isOpen) await this.publish();
    if (mine === this.#latest) this.state = { name: 'done', experiment, userId, left, right };
  }

  /** Publishes a notification to the user, and waits until the new side has it. */
  async publish(): Promise<void> {
    if (!('right' in this.state) || this.published.name === 'pending') return;
    const mine = this.#latest;
    const { userId, right } = this.state;
    this.published = { name: 'pending' };
    const { notificationExamples } = await import('../../service/contract/examples.ts');
    const payload = notificationText('batch_results_ready', notificationExamples.batch_results_ready);
    const sent = performance.now();
    const answer = await this.#around.service.publish({ user_id: userId, payload });
    const arrived =
      answer.ok &&
      (await right.dial.until(
        ({ events }) => events.some((one) => one.kind === 'message' && one.text === payload),
        deadlineMs,
      ));
    if (mine !== this.#latest) return;
    if (!answer.ok) this.published = { name: 'failed', failure: answer.failure };
    else this.published = arrived ? { name: 'arrived', ms: performance.now() - sent } : { name: 'missed' };
  }

  /** Lets go of what is open. What was seen stays. */
  close(): void {
    if (!('right' in this.state)) return;
    this.state.left.dial.close();
    this.state.right.dial.close();
  }

  /** Lets go of what is open, and forgets what was seen: another service is used. */
  forget(): void {
    this.close();
    this.#latest += 1;
    this.state = { name: 'none' };
    this.published = { name: 'none' };
  }

  #mint({ defect }: Experiment, userId: string): Promise<Result<{ readonly token: string }>> {
    return this.#around.service.mintToken({ user_id: userId, ...(defect && { defect }) });
  }

  #dial(plan: DialPlan, userId: string, token: string): Side {
    const base = this.#around.base();
    const inQuery = plan.token === 'in_query' ? token : undefined;
    const url = plan.endpoint === 'old' ? oldUrl(base, userId, inQuery) : websocketUrl(base, inQuery);
    const path = plan.endpoint === 'old' ? oldPath(userId) : endpoints.websocket;
    const headers = { Authorization: `Bearer ${token}` };
    // The second argument is for subprotocols. What people write who expect headers there is tried as they write it.
    const open = inQuery ? () => new WebSocket(url) : () => new WebSocket(url, { headers } as unknown as string[]);
    return { plan, address: withoutTokens(url), path, dial: new RawDial(open) };
  }

  /** Asks the service what it decided; a refusal is complete only with its close. */
  async #ask(mine: number, userId: string, left: Side, right: Side): Promise<void> {
    const answer = await this.#around.service.handshakes();
    const decidedOf = ({ path, dial }: Side): Decided => {
      if (!answer.ok) return { name: 'failed', failure: answer.failure };
      const correlationId = parseCloseReason(dial.closed?.reason ?? '')?.correlation_id;
      const own = { path, origin: this.#around.origin, ageMs: dial.ageMs, userId, correlationId };
      const decision = dial.events.some(({ kind }) => kind === 'threw') ? undefined : decisionOf(own, answer.value);
      return decision ? { name: 'known', decision } : { name: 'none' };
    };
    const refused = (side: Side) => {
      const one = decidedOf(side);
      return one.name === 'known' && one.decision.outcome !== 'accepted';
    };
    await Promise.all([left, right].filter(refused).map(({ dial }) => dial.until(({ isOver }) => isOver, deadlineMs)));
    if (mine === this.#latest) this.decided = { left: decidedOf(left), right: decidedOf(right) };
  }
}

const bothAsking = { left: { name: 'asking' }, right: { name: 'asking' } } as const;
