import { isAct, type Observation, type RecordedEvent, type Recording } from './session-file.ts';

/** An observation with the frame's text in place of the message's id: what can be compared. */
export type Seen =
  | { readonly saw: 'open'; readonly client: string }
  | { readonly saw: 'frame'; readonly client: string; readonly text: string }
  | { readonly saw: 'closed'; readonly client: string; readonly code: number; readonly error_code?: string };

/** What must be seen, and whether it was. */
export interface Expectation {
  /** Its place among the recording's events. */
  readonly index: number;
  readonly seen: Seen;
  state: 'awaited' | 'met' | 'missed';
}

/** What became of something that a client saw. */
export interface Sight {
  readonly met: Expectation | undefined;
  /** An end that was expected otherwise. */
  readonly insteadOf: Expectation | undefined;
  /** What was due before it, and was therefore missed. */
  readonly missed: readonly Expectation[];
}

/**
 * What each client must see, in order, and what it has seen of it.
 *
 * What counts is, for each client: that it opens, its frames byte for byte and in order, and its ends with code and
 * cause. When it is seen does not count, nor the order between clients.
 */
export class Expectations {
  readonly all: readonly Expectation[];
  /** What is still awaited, by client. */
  readonly #queues = new Map<string, Expectation[]>();
  /** All before this one are settled. */
  #first = 0;
  #changed = Promise.withResolvers<void>();

  /** @param skipped - The indexes of the events that cannot be brought about again. */
  constructor(recording: Recording, skipped: ReadonlySet<number>) {
    const payloads = payloadsOf(recording.events);
    this.all = recording.events.flatMap((event, index) =>
      isAct(event) || skipped.has(index) ? [] : [{ index, seen: resolve(event, payloads), state: 'awaited' as const }],
    );
    for (const one of this.all) {
      const { client } = one.seen;
      const queue = this.#queues.get(client);
      if (queue) queue.push(one);
      else this.#queues.set(client, [one]);
    }
  }

  /** Takes what a client saw. Where it was due later, what lies between was missed. */
  see(seen: Seen): Sight {
    const queue = this.#queues.get(seen.client) ?? [];
    const exact = queue.findIndex((one) => isSame(one.seen, seen));
    // After an end nothing more comes on this connection, so what was to come on it is judged now.
    const at = exact === -1 && seen.saw === 'closed' ? queue.findIndex((one) => one.seen.saw === 'closed') : exact;
    const [found, ...missed] = queue.splice(0, at + 1).reverse();
    for (const one of missed) one.state = 'missed';
    if (found) found.state = exact === -1 ? 'missed' : 'met';
    const { resolve: wake } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    wake();
    const isMet = found?.state === 'met';
    return { met: isMet ? found : undefined, insteadOf: isMet ? undefined : found, missed: missed.reverse() };
  }

  /** What is awaited before this event. */
  awaited(before: number): readonly Expectation[] {
    while (this.all[this.#first] && this.all[this.#first]?.state !== 'awaited') this.#first += 1;
    const awaited: Expectation[] = [];
    for (let at = this.#first; at < this.all.length; at++) {
      const one = this.all[at] as Expectation;
      if (one.index >= before) break;
      if (one.state === 'awaited') awaited.push(one);
    }
    return awaited;
  }

  /** Gives up on what is still awaited before this event. @returns What that was. */
  giveUp(before: number): readonly Expectation[] {
    const late = this.awaited(before);
    for (const one of late) {
      one.state = 'missed';
      const queue = this.#queues.get(one.seen.client);
      queue?.splice(queue.indexOf(one), 1);
    }
    return late;
  }

  /** Waits until all before this event are met or missed, or `deadline` passes. */
  async settled(before: number, deadline: Promise<unknown>): Promise<void> {
    let isLate = false;
    const late = deadline.then(() => {
      isLate = true;
    });
    while (!isLate && this.awaited(before).length > 0) await Promise.race([this.#changed.promise, late]);
  }
}

/** The texts of the messages by their id. */
export function payloadsOf(events: readonly RecordedEvent[]): ReadonlyMap<string, string> {
  return new Map(
    events.flatMap((event) => (isAct(event) && event.do === 'publish' ? [[event.message, event.payload]] : [])),
  );
}

function resolve(event: Observation, payloads: ReadonlyMap<string, string>): Seen {
  if (event.saw === 'open') return { saw: 'open', client: event.client };
  if (event.saw === 'frame') {
    return { saw: 'frame', client: event.client, text: event.text ?? payloads.get(event.message as string) ?? '' };
  }
  const { client, code, error_code } = event;
  return { saw: 'closed', client, code, ...(error_code !== undefined && { error_code }) };
}

function isSame(expected: Seen, seen: Seen): boolean {
  if (expected.saw !== seen.saw) return false;
  if (expected.saw === 'frame') return expected.text === (seen as { text: string }).text;
  if (expected.saw === 'open') return true;
  const end = seen as Seen & { saw: 'closed' };
  return expected.code === end.code && expected.error_code === end.error_code;
}
