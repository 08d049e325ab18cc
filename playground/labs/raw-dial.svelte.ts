import { cutText } from '../parts/json-tokens.ts';

/** What a page sees of a connection, as the browser tells it. `atMs` is the time since the dial, in milliseconds. */
export type DialEvent = { readonly atMs: number } & (
  | { readonly kind: 'dialled' }
  /** The constructor threw: nothing was sent. */
  | { readonly kind: 'threw'; readonly message: string }
  | { readonly kind: 'open' }
  | { readonly kind: 'message'; readonly text: string; readonly bytes: number }
  /** It says nothing: neither what went wrong nor where. */
  | { readonly kind: 'error' }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string; readonly wasClean: boolean }
);

type WithoutTime<E> = E extends DialEvent ? Omit<E, 'atMs'> : never;

/** More than this many frames are not kept, nor more than this of one. */
const framesKept = 20;
const shownLimit = 4000;

const utf8 = new TextEncoder();

/** Opens the WebSocket. For what a page tries in vain, it may give what the constructor does not take. */
export type OpenSocket = () => WebSocket;

/**
 * One WebSocket exactly as a page sees it: every event, in order, with nothing added and nothing left out.
 *
 * A `Connection` tells less, on purpose: no client needs `error`, which says nothing.
 */
export class RawDial {
  events = $state.raw<readonly DialEvent[]>([]);
  /** Whether frames came that are not kept any more. */
  dropped = $state(0);
  readonly #startedAt = performance.now();
  readonly #socket: WebSocket | undefined;
  #watchers: (() => void)[] = [];

  constructor(open: OpenSocket) {
    this.#add({ kind: 'dialled' });
    try {
      this.#socket = open();
    } catch (error) {
      this.#add({ kind: 'threw', message: String(error) });
      return;
    }
    this.#socket.onopen = () => this.#add({ kind: 'open' });
    this.#socket.onerror = () => this.#add({ kind: 'error' });
    this.#socket.onmessage = ({ data }) => this.#received(String(data));
    this.#socket.onclose = ({ code, reason, wasClean }) => this.#add({ kind: 'close', code, reason, wasClean });
  }

  /** How long ago it was dialled, in milliseconds. */
  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  get closed(): Extract<DialEvent, { kind: 'close' }> | undefined {
    return this.events.find((event) => event.kind === 'close');
  }

  /** Whether it opened, at some time. */
  get opened(): boolean {
    return this.events.some(({ kind }) => kind === 'open');
  }

  get isOpen(): boolean {
    return this.opened && this.closed === undefined;
  }

  /** Whether nothing more will come. */
  get isOver(): boolean {
    return this.events.some(({ kind }) => kind === 'close' || kind === 'threw');
  }

  /** Waits until the events are as asked, at most so many milliseconds. @returns Whether they are. */
  until(isReached: (dial: this) => boolean, deadlineMs: number): Promise<boolean> {
    if (isReached(this)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#watchers = this.#watchers.filter((other) => other !== look);
        resolve(false);
      }, deadlineMs);
      const look = () => {
        if (!isReached(this)) return;
        clearTimeout(timer);
        this.#watchers = this.#watchers.filter((other) => other !== look);
        resolve(true);
      };
      this.#watchers.push(look);
    });
  }

  close(): void {
    this.#socket?.close(1000);
  }

  #received(text: string): void {
    const frames = this.events.filter(({ kind }) => kind === 'message');
    if (frames.length >= framesKept) {
      this.events = this.events.filter((event) => event !== frames[0]);
      this.dropped += 1;
    }
    this.#add({ kind: 'message', text: cutText(text, shownLimit), bytes: utf8.encode(text).byteLength });
  }

  #add(event: WithoutTime<DialEvent>): void {
    const atMs = performance.now() - this.#startedAt;
    this.events = [...this.events, { ...event, atMs } as DialEvent];
    for (const look of [...this.#watchers]) look();
  }
}
