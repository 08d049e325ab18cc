import type { HandshakeDecision } from '../../service/contract/development.ts';
import type { Failure } from '../service/failure.ts';
import type { ServiceClient } from '../service/service-client.ts';
import { type DecisionExplanation, explainDecision } from './explain-decision.ts';
import { oldUrl } from './old-address.ts';

/** Handshakes that failed in the same way, one after another or between others. */
export interface RepeatedFailure {
  /** The newest of them. */
  readonly decision: HandshakeDecision;
  readonly explanation: DecisionExplanation;
  readonly count: number;
  /** How long ago the newest was, by the service's clock, when it was asked; in milliseconds. */
  readonly ageMs: number;
}

/** What is known of the last failures. */
export type FailuresState =
  | { readonly name: 'asking' }
  | { readonly name: 'failed'; readonly failure: Failure }
  | {
      readonly name: 'known';
      /** Of pages of this origin, the newest first. */
      readonly own: readonly RepeatedFailure[];
      /** Of other origins, and of programs that are no browser. */
      readonly others: readonly RepeatedFailure[];
      /** How many handshakes were accepted among those that the service remembers. */
      readonly accepted: number;
    };

/** The handshakes that failed lately, from the service's memory of them. */
export class RecentFailures {
  state = $state.raw<FailuresState>({ name: 'asking' });
  /** Whether it is being asked anew; what was known stays until the answer. */
  asking = $state(false);
  /** Whether one is failing on purpose. */
  failing = $state(false);
  readonly #service: Pick<ServiceClient, 'handshakes'>;
  readonly #base: () => string;
  readonly #origin: string | null;
  #latest = 0;

  /** @param origin - The page's; `null` outside of a browser. */
  constructor(service: Pick<ServiceClient, 'handshakes'>, base: () => string, origin: string | null) {
    this.#service = service;
    this.#base = base;
    this.#origin = origin;
  }

  /** Asks the service. Of several calls only the last counts. */
  async refresh(): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    this.asking = true;
    const answer = await this.#service.handshakes();
    if (mine !== this.#latest) return;
    this.asking = false;
    if (!answer.ok) {
      this.state = { name: 'failed', failure: answer.failure };
      return;
    }
    const { now, handshakes } = answer.value;
    const failures = handshakes.filter(({ outcome }) => outcome !== 'accepted');
    const isOwn = ({ origin }: HandshakeDecision) => origin === this.#origin;
    this.state = {
      name: 'known',
      own: together(failures.filter(isOwn), Date.parse(now)),
      others: together(
        failures.filter((one) => !isOwn(one)),
        Date.parse(now),
      ),
      accepted: handshakes.length - failures.length,
    };
  }

  /** Dials the old endpoint, which answers 410, and asks the service why that failed. */
  async failOnPurpose(): Promise<void> {
    if (this.failing) return;
    this.failing = true;
    await ended(oldUrl(this.#base(), 'teacher-1'));
    this.failing = false;
    await this.refresh();
  }
}

/** Puts together what failed in the same way at the same place: a client that dials again and again fills the list. */
function together(newestFirst: readonly HandshakeDecision[], now: number): RepeatedFailure[] {
  const groups = Map.groupBy(newestFirst, ({ path, origin, outcome, error_code, user_id }) =>
    JSON.stringify([path, origin, outcome, error_code, user_id]),
  );
  return [...groups.values()].map((group) => {
    const decision = group[0] as HandshakeDecision;
    const ageMs = Math.max(0, now - Date.parse(decision.at));
    return { decision, explanation: explainDecision(decision), count: group.length, ageMs };
  });
}

/** Dials and waits for the end, which comes at once or when the browser gives up. */
function ended(url: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      const socket = new WebSocket(url);
      socket.onopen = () => socket.close();
      // Where the page's policy forbids it, Chromium fires `error` and never `close`.
      socket.onerror = socket.onclose = () => resolve();
    } catch {
      // A page from https may not dial ws://; asking the service says so.
      resolve();
    }
  });
}
