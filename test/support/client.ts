import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { type CloseReason, parseCloseReason } from '../../service/contract/error-codes.ts';
import { eventually } from './eventually.ts';

/** How a connection ended, as the client saw it. */
export interface Closed {
  readonly code: number;
  readonly text: string;
  readonly reason: CloseReason | undefined;
}

/** A WebSocket client that keeps what it receives. */
export interface TestClient {
  readonly socket: WebSocket;
  /** The payloads of all text frames, as bytes. */
  readonly received: readonly Buffer[];
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<Closed>;
  /** Waits until so many messages have come, and returns all there are. */
  messages(count: number): Promise<Buffer[]>;
  close(): Promise<Closed>;
}

/** Begins to connect. What comes is kept from the first byte on. */
export function dial(url: string, options: ClientOptions = {}): TestClient {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
  const received: Buffer[] = [];
  socket.on('message', (data: Buffer) => received.push(data));
  // The close that follows tells the test; unheard, the error would end the process.
  socket.on('error', () => {});
  // Not by `once` of node:events, which rejects at an `error` that comes before.
  const closed = new Promise<Closed>((resolve) => {
    socket.on('close', (code, bytes) => {
      const text = String(bytes);
      resolve({ code, text, reason: parseCloseReason(text) });
    });
  });
  return {
    socket,
    received,
    closed,
    async messages(count) {
      await eventually(() => received.length >= count, `${count} messages`);
      return received;
    },
    close() {
      socket.close(1000);
      return closed;
    },
  };
}

/** Connects and waits until the connection is open. */
export async function connect(url: string, options?: ClientOptions): Promise<TestClient> {
  const client = dial(url, options);
  await Promise.race([
    once(client.socket, 'open'),
    client.closed.then(({ code, text }) => {
      throw new Error(`closed with ${code} before it was open: ${text}`);
    }),
  ]);
  return client;
}
