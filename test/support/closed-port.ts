import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of loopback that nothing listens on at this moment: whoever uses it must be ready to find it taken. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
