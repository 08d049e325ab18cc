import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { createMemoryBroker } from '../../service/broker/memory.ts';
import { loadConfig } from '../../service/config.ts';
import { Hub } from '../../service/connections/hub.ts';
import { endpoints } from '../../service/contract/endpoints.ts';
import { HandshakeMemory } from '../../service/http/handshake-memory.ts';
import { createMetrics } from '../../service/http/metrics.ts';
import { createObserver } from '../../service/http/observe.ts';
import { createUpgradeHandler } from '../../service/http/upgrade.ts';
import type { LogLine } from './service.ts';

/** A service that is broken inside. */
export interface BrokenService {
  readonly url: string;
  readonly wsUrl: string;
  readonly log: readonly LogLine[];
  readonly memory: HandshakeMemory;
  close(): Promise<void>;
}

/**
 * The service's own handshake over a broker that breaks a promise: it rejects with something that it may not reject with.
 *
 * @param whole - The address of a service that answers all other requests in its place.
 */
export async function startBrokenService(whole?: string): Promise<BrokenService> {
  const log: LogLine[] = [];
  const { log: logger } = Fastify({ logger: { stream: { write: (line) => void log.push(JSON.parse(line)) } } });
  const broker = createMemoryBroker(logger);
  const observer = createObserver(
    createMetrics(() => 0),
    logger,
  );
  const subscribe = () => Promise.reject(new RangeError('an index was off by one'));
  const hub = new Hub({ ...broker, subscribe }, loadConfig({}).connections, 'ws', observer);
  const verifyToken = async () => ({ userId: 'alice', expiresAt: Date.now() + 60_000 });
  const server = createServer((request, response) => {
    const { method = 'GET', headers, url = '/' } = request;
    const onward = forward(new URL(url, whole), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  const memory = new HandshakeMemory();
  server.on('upgrade', createUpgradeHandler({ verifyToken, hub, observer, corsOrigins: [], memory }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}${endpoints.websocket}`,
    log,
    memory,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
