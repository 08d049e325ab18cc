import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Broker } from '../../service/broker/broker.ts';
import { createMemoryBroker } from '../../service/broker/memory.ts';
import type { Connection } from '../../service/connections/connection.ts';
import { type ConnectionLimits, Hub } from '../../service/connections/hub.ts';
import type { ConnectionEnd, DeliveryFailure, RefusalFacts } from '../../service/connections/observer.ts';
import { createUpgradeHandler } from '../../service/http/upgrade.ts';
import { recordedLog } from './recorded-log.ts';

/** What a hub has told its observer. */
export interface Observed {
  readonly opened: Connection[];
  readonly refused: RefusalFacts[];
  readonly closed: ConnectionEnd[];
  readonly failed: { failure: DeliveryFailure; sockets: number; channel: string }[];
  sent: number;
}

/** A hub with real sockets, and what is inside it within reach. The token is the user id. */
export interface HubServer {
  readonly hub: Hub;
  readonly broker: Broker;
  readonly observed: Observed;
  /** The server's side of the connections, in the order in which they were opened. */
  readonly connections: readonly Connection[];
  urlOf(userId: string): string;
  /** How many TCP connections stand. */
  openSockets(): Promise<number>;
  close(): Promise<void>;
}

const usual: ConnectionLimits = {
  pingIntervalMs: 30_000,
  idleTimeoutMs: 300_000,
  maxPerUser: 5,
  messagesPerMinute: 100,
  sendBufferLimitBytes: 1024 ** 2,
};

/** Starts a hub on a broker inside this process, unless another is given. */
export async function startHub(
  limits: Partial<ConnectionLimits> = {},
  broker: Broker = createMemoryBroker(recordedLog()),
): Promise<HubServer> {
  const observed: Observed = { opened: [], refused: [], closed: [], failed: [], sent: 0 };
  const observer = {
    opened: (connection: unknown) => void observed.opened.push(connection as Connection),
    refused: (facts: RefusalFacts) => void observed.refused.push(facts),
    closed: (_connection: unknown, facts: ConnectionEnd) => void observed.closed.push(facts),
    failed: (failure: DeliveryFailure, sockets: number, channel: string) =>
      void observed.failed.push({ failure, sockets, channel }),
    sent(sockets: number) {
      observed.sent += sockets;
    },
    subscribed() {},
  };
  const hub = new Hub(broker, { ...usual, ...limits }, 'ws', observer);
  hub.start();
  const verifyToken = async (userId: string) => ({ userId, expiresAt: Number.POSITIVE_INFINITY });
  const upgrade = createUpgradeHandler({ verifyToken, hub, observer, corsOrigins: [] });
  const server: Server = createServer().on('upgrade', upgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    hub,
    broker,
    observed,
    connections: observed.opened,
    urlOf: (userId) => `ws://127.0.0.1:${port}/ws?token=${encodeURIComponent(userId)}`,
    openSockets: () => new Promise((resolve) => server.getConnections((_, count) => resolve(count))),
    async close() {
      await hub.drain(0);
      await broker.close();
      server.close();
      await turn();
    },
  };
}
