import { websocketUrl } from '../../service/contract/endpoints.ts';
import { utf8Length } from '../parts/utf8-length.ts';
import { Traffic } from './traffic.svelte.ts';

/** How a connection ended, as its `close` event told it. */
export interface Ending {
  readonly code: number;
  /** The reason's text as it came; often empty. */
  readonly reason: string;
  /** Whether it was open before. A refusal of this service is: it opens, and closes at once with the cause. */
  readonly opened: boolean;
  /** From `open` to `close` in milliseconds; 0 where it never opened. */
  readonly openMs: number;
}

/** Where a connection stands. `address` is the URL with each token left out; moments are milliseconds since 1970. */
export type ConnectionState =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting'; readonly address: string }
  | { readonly name: 'open'; readonly address: string; readonly handshakeMs: number; readonly openedAt: number }
  | { readonly name: 'closing'; readonly address: string }
  | { readonly name: 'closed'; readonly address: string; readonly ending: Ending; readonly closedAt: number };

/** What happens on a connection, in order. */
export type ConnectionEvent =
  | { readonly kind: 'connecting'; readonly address: string }
  | { readonly kind: 'open'; readonly handshakeMs: number }
  | { readonly kind: 'frame'; readonly text: string; readonly bytes: number }
  /** The client sent `count` messages of `bytes` each; `text` where it is short. */
  | {
      readonly kind: 'sent';
      readonly binary: boolean;
      readonly bytes: number;
      readonly count: number;
      readonly text?: string | undefined;
    }
  /** The client has begun to close; `code` is `undefined` where it gave none. */
  | { readonly kind: 'closing'; readonly code: number | undefined }
  | { readonly kind: 'closed'; readonly ending: Ending };

/** How long a handshake and a closing handshake may take, in milliseconds. */
export interface ConnectionDeadlines {
  readonly openMs: number;
  readonly closeMs: number;
}

const usualDeadlines: ConnectionDeadlines = { openMs: 8000, closeMs: 3000 };
/** The most UTF-16 units of a message of the client's own that is told with its text. */
const shortText = 200;

/** Someone who waits until a connection stands in a certain way. */
interface Watcher {
  readonly isReached: (state: ConnectionState) => boolean;
  readonly resolve: (state: ConnectionState) => void;
}

/** The URL for showing: what stands as a `token` is replaced by `…`. */
export function withoutTokens(url: string): string {
  return url.replaceAll(/([?&]token=)[^&#]*/g, '$1…');
}

/** One WebSocket to the service, from the first byte of the handshake to its end, as a state that can be shown. */
export class Connection {
  state = $state.raw<ConnectionState>({ name: 'idle' });
  readonly traffic = new Traffic();
  readonly #onEvent: (event: ConnectionEvent) => void;
  readonly #deadlines: ConnectionDeadlines;
  #socket: WebSocket | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #openedMark: number | undefined;
  #watchers: Watcher[] = [];
  /** Counts what was wanted last: to connect or to disconnect. */
  #wish = 0;

  constructor(onEvent: (event: ConnectionEvent) => void, deadlines: ConnectionDeadlines = usualDeadlines) {
    this.#onEvent = onEvent;
    this.#deadlines = deadlines;
  }

  /** Whether a connection has begun and not ended yet. */
  get isLive(): boolean {
    return this.state.name !== 'idle' && this.state.name !== 'closed';
  }

  /** Whether a connection has ended and no other begun. */
  get hasEnded(): boolean {
    return this.state.name === 'closed';
  }

  get framesIn(): number {
    return this.traffic.in.frames;
  }

  get bytesIn(): number {
    return this.traffic.in.bytes;
  }

  /**
   * Connects with a token. See `dial`.
   *
   * @param base - The service's address.
   */
  connect(base: string, token: string): Promise<void> {
    return this.dial(websocketUrl(base, token));
  }

  /**
   * Connects to exactly this URL, after ending the connection that may still be there. Does nothing where, while that
   * ends, it is told to connect anew or to disconnect.
   */
  async dial(url: string): Promise<void> {
    this.#wish += 1;
    const mine = this.#wish;
    await this.#close(1000);
    if (mine !== this.#wish) return;
    const address = withoutTokens(url);
    const started = performance.now();
    this.traffic.reset();
    this.#openedMark = undefined;
    this.#become({ name: 'connecting', address });
    this.#onEvent({ kind: 'connecting', address });
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch {
      // A page from https may not even ask for ws://: the constructor throws. Browsers without that rule report 1006.
      this.#end(1006, '');
      return;
    }
    this.#socket = socket;
    this.#deadline = setTimeout(() => this.#abandon(), this.#deadlines.openMs);
    socket.onopen = () => this.#opened(performance.now() - started);
    socket.onmessage = ({ data }) => this.#received(String(data));
    socket.onclose = ({ code, reason }) => this.#end(code, reason);
  }

  /** Closes with 1000. Resolves once the connection has ended, at the latest after the deadline. */
  disconnect(): Promise<void> {
    this.#wish += 1;
    return this.#close(1000);
  }

  /** Closes without a code, as `socket.close()` does. Resolves as `disconnect` does. */
  hangUp(): Promise<void> {
    this.#wish += 1;
    return this.#close(undefined);
  }

  /** Sends a message `count` times. What is sent to a connection that is not open goes nowhere. */
  send(message: string | Uint8Array<ArrayBuffer>, count = 1): void {
    if (this.state.name !== 'open') return;
    for (let sent = 0; sent < count; sent++) this.#socket?.send(message);
    const binary = typeof message !== 'string';
    const bytes = binary ? message.byteLength : utf8Length(message);
    const text = !binary && message.length <= shortText ? message : undefined;
    this.traffic.sent(count, bytes);
    this.#onEvent({ kind: 'sent', binary, bytes, count, text });
  }

  /** Waits until the connection stands as asked. @returns The state that it had then. */
  until(isReached: (state: ConnectionState) => boolean): Promise<ConnectionState> {
    if (isReached(this.state)) return Promise.resolve(this.state);
    return new Promise((resolve) => this.#watchers.push({ isReached, resolve }));
  }

  #become(state: ConnectionState): void {
    this.state = state;
    const reached = this.#watchers.filter(({ isReached }) => isReached(state));
    this.#watchers = this.#watchers.filter((watcher) => !reached.includes(watcher));
    for (const { resolve } of reached) resolve(state);
  }

  async #close(code: 1000 | undefined): Promise<void> {
    if (!this.isLive) return;
    const ended = this.until(({ name }) => name === 'closed');
    if (this.state.name !== 'closing') {
      const { address } = this.state as { address: string };
      this.#become({ name: 'closing', address });
      clearTimeout(this.#deadline);
      this.#deadline = setTimeout(() => this.#abandon(), this.#deadlines.closeMs);
      this.#onEvent({ kind: 'closing', code });
      this.#socket?.close(code);
    }
    await ended;
  }

  #opened(handshakeMs: number): void {
    if (this.state.name !== 'connecting') return;
    clearTimeout(this.#deadline);
    this.#openedMark = performance.now();
    this.#become({ name: 'open', address: this.state.address, handshakeMs, openedAt: Date.now() });
    this.#onEvent({ kind: 'open', handshakeMs });
  }

  #received(text: string): void {
    const bytes = utf8Length(text);
    this.traffic.received(bytes);
    this.#onEvent({ kind: 'frame', text, bytes });
  }

  /** The peer keeps silent: lets go of the socket, and reports what a browser would in the end. */
  #abandon(): void {
    const socket = this.#socket;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.#end(1006, '');
  }

  #end(code: number, reason: string): void {
    clearTimeout(this.#deadline);
    this.#socket = undefined;
    const opened = this.#openedMark !== undefined;
    const openMs = this.#openedMark === undefined ? 0 : performance.now() - this.#openedMark;
    const ending: Ending = { code, reason, opened, openMs };
    const address = 'address' in this.state ? this.state.address : '';
    this.#become({ name: 'closed', address, ending, closedAt: Date.now() });
    this.#onEvent({ kind: 'closed', ending });
  }
}
