import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Lets a shutdown end although connections are open on which nothing was asked yet, or nothing is asked any more.
 *
 * Browsers open some ahead of need. Node counts such a one as busy until its timeout, and would wait for it. It would wait
 * as well for the next request on a connection whose last answer ends during the shutdown.
 */
export function dropUnusedConnections(app: FastifyInstance): void {
  const unused = new Set<Socket>();
  let isClosing = false;
  // One function for all sockets: a closure each would stay with every WebSocket.
  function forget(this: Socket): void {
    unused.delete(this);
  }
  const isUsed = ({ socket }: { socket: Socket }) => {
    unused.delete(socket);
    socket.off('close', forget);
  };
  app.server.on('connection', (socket: Socket) => {
    if (isClosing) return void socket.destroy();
    unused.add(socket);
    socket.on('close', forget);
  });
  app.server.on('request', isUsed);
  app.server.on('upgrade', isUsed);
  app.addHook('onResponse', async ({ socket }) => {
    // Not before all of the answer is sent.
    if (isClosing) socket.destroySoon();
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    for (const socket of unused) socket.destroy();
  });
}
