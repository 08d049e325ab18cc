import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';
import type { Wait } from '../connections/client.svelte.ts';
import type { Ending } from '../connections/connection.svelte.ts';
import type { TokenOrigin } from '../identity/token-origin.ts';
import type { Failure } from '../service/failure.ts';

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
  /** Messages of the client's own, `count` of `bytes` each; their text is not kept. */
  | { readonly kind: 'sent'; readonly binary: boolean; readonly bytes: number; readonly count: number }
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

/** The most entries that are kept, and the most bytes of all their messages together; the oldest go first. */
export const timelineLimits = { entries: 500, bytes: 32_000_000 };

/** All that happened, oldest first, bounded. */
export class Timeline {
  entries = $state.raw<readonly TimelineEntry[]>([]);
  /** How many entries had to go because the timeline was full. */
  dropped = $state(0);
  readonly #capacity: number;
  readonly #capacityBytes: number;
  #bytes = 0;
  #nextId = 1;
  #firstMark: number | undefined;
  #lastMark = 0;

  constructor(capacity = timelineLimits.entries, capacityBytes = timelineLimits.bytes) {
    this.#capacity = capacity;
    this.#capacityBytes = capacityBytes;
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
      id: this.#nextId++,
      at: Date.now(),
      sinceStartMs: mark - this.#firstMark,
      deltaMs: this.entries.length === 0 ? 0 : mark - this.#lastMark,
    };
    this.#lastMark = mark;
    this.#bytes += bytesOf(entry);
    const surplus = this.#surplus();
    this.dropped += surplus;
    this.entries = [...this.entries.slice(surplus), entry];
    return entry.id;
  }

  /** Of how many entries, from the oldest on, the bytes are taken off to make room. */
  #surplus(): number {
    let surplus = 0;
    for (const entry of this.entries) {
      const fits = this.entries.length + 1 - surplus <= this.#capacity && this.#bytes <= this.#capacityBytes;
      if (fits) break;
      this.#bytes -= bytesOf(entry);
      surplus += 1;
    }
    return surplus;
  }

  /** Tells how a publish ended. Does nothing once the entry has been cleared or dropped. */
  settle(id: number, outcome: PublishOutcome): void {
    this.entries = this.entries.map((entry) =>
      entry.id === id && entry.kind === 'publish' ? { ...entry, outcome } : entry,
    );
  }

  /** Puts entries of before in front of those that there are; they get new ids. Time goes on from them. */
  restore(before: readonly TimelineEntry[]): void {
    const [first] = before;
    if (first === undefined) return;
    const renewed = [...before, ...this.entries].map((entry) => ({
      ...entry,
      id: this.#nextId++,
      sinceStartMs: entry.at - first.at,
    }));
    this.#firstMark = performance.now() - (Date.now() - first.at);
    this.#lastMark = this.#firstMark + (renewed.at(-1)?.sinceStartMs ?? 0);
    this.#bytes += before.reduce((sum, entry) => sum + bytesOf(entry), 0);
    this.entries = renewed;
  }

  clear(): void {
    this.entries = [];
    this.dropped = 0;
    this.#bytes = 0;
    this.#firstMark = undefined;
  }
}

function bytesOf(event: TimelineEvent): number {
  return 'bytes' in event && event.kind !== 'sent' ? event.bytes : 0;
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
