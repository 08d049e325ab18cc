import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on a free port of loopback that can play a bad network. */
export interface TcpProxy {
  readonly port: number;
  /** How many connections it has accepted so far. */
  readonly accepted: number;
  /**
   * Drops what arrives from now on, in both directions, on the connections that stand and that `concerns` is true of.
   * No connection is closed; new ones work.
   *
   * @param concerns - Judges a connection by the text that its client has sent so far.
   */
  blackhole(concerns?: (sent: string) => boolean): void;
  /** Drops what the client sends from now on, on the same connections; what the server sends still arrives. */
  deafen(concerns?: (sent: string) => boolean): void;
  /** Sends the server something of its own, on the same connections, between what the client sends. */
  inject(bytes: Buffer, concerns?: (sent: string) => boolean): void;
  /**
   * Reads no more of what the server sends on the connections that stand, so that it piles up there.
   *
   * @returns Reads on.
   */
  dam(): () => void;
  close(): Promise<void>;
}

interface Passage {
  readonly client: Socket;
  readonly server: Socket;
  sent: string;
  open: boolean;
  isHeard: boolean;
}

/** @param rewrite - Changes what a client sends, piece by piece as it arrives: a request's head is one piece. */
export async function startTcpProxy(
  targetPort: number,
  rewrite: (bytes: Buffer) => Buffer = (bytes) => bytes,
): Promise<TcpProxy> {
  const passages: Passage[] = [];
  // Half-open on purpose: what is blackholed must not see the other side's end either.
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const passage = { client, server, sent: '', open: true, isHeard: true };
    passages.push(passage);
    client.on('data', (bytes) => {
      passage.sent += bytes.toString('latin1');
    });
    forward(passage, client, server, (bytes) => (passage.isHeard ? rewrite(bytes) : Buffer.alloc(0)));
    forward(passage, server, client);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    port: address.port,
    get accepted() {
      return passages.length;
    },
    blackhole(concerns = () => true) {
      for (const passage of passages) if (concerns(passage.sent)) passage.open = false;
    },
    deafen(concerns = () => true) {
      for (const passage of passages) if (concerns(passage.sent)) passage.isHeard = false;
    },
    inject(bytes, concerns = () => true) {
      for (const { server, sent } of passages) if (concerns(sent)) server.write(bytes);
    },
    dam() {
      const held = [...passages];
      for (const { server } of held) server.pause();
      return () => {
        for (const { server } of held) server.resume();
      };
    },
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      for (const { client, server } of passages) {
        client.destroy();
        server.destroy();
      }
      await closed;
    },
  };
}

function forward(passage: Passage, from: Socket, to: Socket, change = (bytes: Buffer) => bytes): void {
  from.on('data', (bytes) => {
    if (passage.open) to.write(change(bytes));
  });
  from.on('end', () => {
    if (passage.open) to.end();
  });
  from.on('error', () => {});
  from.on('close', () => {
    if (passage.open) to.destroy();
  });
}
