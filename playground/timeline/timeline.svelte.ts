import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';
import type { Wait } from '../connections/client.svelte.ts';
import type { Ending } from '../connections/connection.svelte.ts';
import type { TokenOrigin } from '../identity/token-origin.ts';
import { PaintSignal } from '../parts/paint-signal.svelte.ts';
import { Queue } from '../parts/queue.ts';
import type { Failure } from '../service/failure.ts';
import { Rates } from './rates.ts';

/** How the publishing of a notification ended, as far as is known. */
export type PublishOutcome =
  | { readonly name: 'pending' }
  | { readonly name: 'accepted'; readonly channel: string; readonly receivers: number; readonly ms: number }
  | { readonly name: 'failed'; readonly failure: Failure };

/** What can happen in a session. Durations are milliseconds, sizes bytes of UTF-8. Never a token. */
export type TimelineEvent =
  | {
      readonly kind: 'minted';
      readonly userId: string;
      readonly lifetimeSeconds: number;
      readonly expectedError: ConnectionErrorCode | null;
      readonly ms: number;
      /** Left out where nobody has to know. */
      readonly origin?: TokenOrigin;
    }
  /** The reader gave a token of their own; `userId` is its `sub`, where it has one. */
  | { readonly kind: 'pasted'; readonly userId: string | undefined }
  /** `origin` is its token's; left out where it was dialled without one of the session's. */
  | { readonly kind: 'connecting'; readonly address: string; readonly origin?: TokenOrigin }
  | { readonly kind: 'open'; readonly handshakeMs: number }
  | {
      readonly kind: 'frame';
      readonly text: string;
      readonly bytes: number;
      /** The notification's `event`; `undefined` where the text is not such an object. */
      readonly event: string | undefined;
      /** From publishing to arrival; `undefined` where someone else published it. */
      readonly latencyMs: number | undefined;
    }
  | {
      readonly kind: 'publish';
      readonly userId: string;
      readonly text: string;
      readonly bytes: number;
      readonly event: string | undefined;
      readonly outcome: PublishOutcome;
    }
  /** Messages of the client's own, `count` of `bytes` each; a text is kept where it is short. */
  | {
      readonly kind: 'sent';
      readonly binary: boolean;
      readonly bytes: number;
      readonly count: number;
      readonly text?: string | undefined;
    }
  | { readonly kind: 'failure'; readonly stage: 'mint'; readonly failure: Failure }
  /** The client has begun to close; `code` is `undefined` where it gave none. */
  | { readonly kind: 'closing'; readonly code: number | undefined }
  | { readonly kind: 'closed'; readonly ending: Ending }
  /** The client will connect again after a wait. */
  | { readonly kind: 'waiting'; readonly wait: Wait }
  /** The client does not connect again; `why` is a sentence. */
  | { readonly kind: 'stopped'; readonly why: string }
  /** What the playground itself says, such as that the page was reloaded. */
  | { readonly kind: 'note'; readonly tone: 'plain' | 'good' | 'bad'; readonly text: string; readonly ends?: 'page' };

/** Something that happened, and when. */
export type TimelineEntry = TimelineEvent & {
  readonly id: number;
  /** The name of the client that it happened to; `undefined` for what concerns none. */
  readonly client: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds since the first entry, by a clock that is never set back. */
  readonly sinceStartMs: number;
  /** Milliseconds since the entry before. */
  readonly deltaMs: number;
};

/**
 * The most entries that are kept, and the most bytes of all their messages together; the oldest go first. Ten thousand
 * are a second of the highest rate that the page is made for, some ten megabytes, and searched within a paint or two.
 */
export const timelineLimits = { entries: 10_000, bytes: 32_000_000 };

/** All that happened, bounded. What is on screen hears of it once a paint; whoever else reads it sees the newest. */
export class Timeline {
  /** Of what came and went in the last minute. */
  readonly rates = new Rates();
  readonly #capacity: number;
  readonly #capacityBytes: number;
  readonly #kept = new Queue<TimelineEntry>();
  readonly #signal = new PaintSignal();
  #copy: readonly TimelineEntry[] | undefined = [];
  #bytes = 0;
  #dropped = 0;
  #firstId = 1;
  #firstMark: number | undefined;
  #lastMark = 0;

  constructor(capacity = timelineLimits.entries, capacityBytes = timelineLimits.bytes) {
    this.#capacity = capacity;
    this.#capacityBytes = capacityBytes;
  }

  /** All that is kept, oldest first: a copy. Whoever follows a flood takes `firstId`, `length` and `get` instead. */
  get entries(): readonly TimelineEntry[] {
    this.#signal.follow();
    this.#copy ??= this.#kept.toArray();
    return this.#copy;
  }

  /** How many entries had to go because the timeline was full. */
  get dropped(): number {
    this.#signal.follow();
    return this.#dropped;
  }

  get length(): number {
    this.#signal.follow();
    return this.#kept.length;
  }

  /** The id of the oldest entry; those of the others follow without a gap. */
  get firstId(): number {
    return this.#firstId;
  }

  /** The entry with this id, where it is still kept. */
  get(id: number): TimelineEntry | undefined {
    return this.#kept.at(id - this.#firstId);
  }

  /**
   * Adds an entry; the newest is kept however large it is.
   *
   * @param client - The name of the client that it happened to.
   * @returns Its id.
   */
  add(event: TimelineEvent, client?: string): number {
    const mark = performance.now();
    this.#firstMark ??= mark;
    const entry: TimelineEntry = {
      ...event,
      client,
      id: this.#firstId + this.#kept.length,
      at: Date.now(),
      sinceStartMs: mark - this.#firstMark,
      deltaMs: this.#kept.length === 0 ? 0 : mark - this.#lastMark,
    };
    this.#lastMark = mark;
    this.#kept.push(entry);
    this.#bytes += bytesOf(entry);
    this.#makeRoom();
    this.rates.count(event, mark);
    this.#changed();
    return entry.id;
  }

  #makeRoom(): void {
    while (this.#kept.length > this.#capacity || (this.#bytes > this.#capacityBytes && this.#kept.length > 1)) {
      this.#bytes -= bytesOf(this.#kept.shift() as TimelineEntry);
      this.#firstId += 1;
      this.#dropped += 1;
    }
  }

  /** Tells how a publish ended. Does nothing once the entry has been cleared or dropped. */
  settle(id: number, outcome: PublishOutcome): void {
    const entry = this.get(id);
    if (entry?.kind !== 'publish') return;
    this.#kept.replace(id - this.#firstId, { ...entry, outcome });
    this.#changed();
  }

  /** Fills a timeline that is empty with what another held: under ids of its own, while time goes on. */
  restore(entries: readonly TimelineEntry[]): void {
    const [first] = entries;
    if (first === undefined || this.#kept.length > 0) return;
    for (const entry of entries) {
      this.#kept.push({ ...entry, id: this.#firstId + this.#kept.length, sinceStartMs: entry.at - first.at });
      this.#bytes += bytesOf(entry);
    }
    const last = entries.at(-1) ?? first;
    this.#lastMark = performance.now() - (Date.now() - last.at);
    this.#firstMark = this.#lastMark - (last.at - first.at);
    this.#makeRoom();
    this.#changed();
  }

  clear(): void {
    this.#firstId += this.#kept.length;
    this.#kept.clear();
    this.#dropped = 0;
    this.#bytes = 0;
    this.#firstMark = undefined;
    this.rates.clear();
    this.#changed();
  }

  #changed(): void {
    this.#copy = undefined;
    this.#signal.changed();
  }
}

function bytesOf(event: TimelineEvent): number {
  return event.kind === 'frame' || event.kind === 'publish' ? event.bytes : 0;
}

/** The `event` of a notification's text, or `undefined` where the text is none. */
export function eventOf(text: string): string | undefined {
  try {
    const event: unknown = JSON.parse(text)?.event;
    return typeof event === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}
