import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../service/broker/memory.ts';
import { Connection } from '../../service/connections/connection.ts';
import { closeCodes } from '../../service/contract/close-codes.ts';
import { endpoints } from '../../service/contract/endpoints.ts';
import type { RedisHealthResponse, WebsocketHealthResponse } from '../../service/contract/health.ts';
import { type Closed, connect, dial, type TestClient } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-server.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { startService, type TestService } from '../support/service.ts';

const limitReached = { code: 4000, reason: { error_code: 'CONNECTION_LIMIT_EXCEEDED' } };

let service: TestService;
const clients: TestClient[] = [];

beforeAll(async () => {
  service = await startService();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await untilConnected(0);
});
afterAll(() => service.close());

async function urlOf(user_id: string, lifetime_seconds = 600): Promise<string> {
  return `${service.wsUrl}?token=${(await service.mint({ user_id, lifetime_seconds })).token}`;
}

function keep(client: TestClient): TestClient {
  clients.push(client);
  return client;
}

async function joinAll(url: string, count: number): Promise<TestClient[]> {
  return (await Promise.all(Array.from({ length: count }, () => connect(url)))).map(keep);
}

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(service.url + path)).json()) as T;
}

async function untilConnected(count: number): Promise<void> {
  const total = async () => (await get<WebsocketHealthResponse>(endpoints.healthWebsocket)).total_connections;
  await eventually(async () => (await total()) === count, `${count} connections`);
}

/** What became of a handshake: a refusal is an accepted socket, so `open` alone says nothing. A message does. */
async function outcome(client: TestClient): Promise<'stays' | Closed> {
  const heard = once(client.socket, 'message').then(() => 'stays' as const);
  heard.catch(() => {});
  return Promise.race([client.closed, heard]);
}

describe('the limit of connections a user', () => {
  it('refuses the sixth with 4000 while the five stay and receive', async () => {
    const url = await urlOf('teacher');
    const five = await joinAll(url, 5);
    expect(await dial(url).closed).toMatchObject(limitReached);
    await service.publish('teacher', 'to all five');
    for (const client of five) expect((await client.messages(1)).map(String)).toEqual(['to all five']);
  });

  it('lets exactly 5 of 50 simultaneous handshakes stay', async () => {
    const url = await urlOf('teacher');
    const dialled = Array.from({ length: 50 }, () => keep(dial(url)));
    await untilConnected(5);
    await eventually(
      () => service.log.filter(({ cause }) => cause === limitReached.reason.error_code).length >= 45,
      '',
    );
    const outcomes = dialled.map(outcome);
    await service.publish('teacher', 'who is there?');
    const ended = await Promise.all(outcomes);
    expect(ended.filter((end) => end === 'stays')).toHaveLength(5);
    for (const end of ended.filter((end) => end !== 'stays')) expect(end).toMatchObject(limitReached);
  });

  it('counts handshakes that still wait for their subscription', async () => {
    const broker = createMemoryBroker(recordedLog());
    const gate = Promise.withResolvers<void>();
    const server = await startHub(
      {},
      { ...broker, subscribe: (channel) => gate.promise.then(() => broker.subscribe(channel)) },
    );
    const dialled = Array.from({ length: 50 }, () => dial(server.urlOf('teacher')));
    await eventually(() => server.observed.refused.length === 45, '45 refusals');
    gate.resolve();
    await eventually(() => server.hub.size === 5, '5 connections');
    await server.broker.publish('ws:teacher', Buffer.from('who is there?'));
    const ended = await Promise.all(dialled.map(outcome));
    expect(ended.filter((end) => end === 'stays')).toHaveLength(5);
    for (const end of ended.filter((end) => end !== 'stays')) expect(end).toMatchObject(limitReached);
    await server.close();
  });

  it('does not count against another user', async () => {
    await joinAll(await urlOf('teacher'), 5);
    await joinAll(await urlOf('teacher2'), 5);
    await untilConnected(10);
  });

  it('does not count what is refused for another cause', async () => {
    const { token } = await service.mint({ user_id: 'teacher', defect: 'expired' });
    for (let attempt = 0; attempt < 6; attempt += 1) await dial(`${service.wsUrl}?token=${token}`).closed;
    await joinAll(await urlOf('teacher'), 5);
  });

  it('has a free place in the moment in which a client has seen its own close', async () => {
    const url = await urlOf('teacher');
    const all = await joinAll(url, 5);
    for (let round = 0; round < 50; round += 1) {
      await all.shift()?.close();
      all.push(keep(await connect(url)));
    }
    await service.publish('teacher', 'still five');
    for (const client of all) await client.messages(1);
  });

  it('has a free place in the moment in which a client has seen the close of the service', async () => {
    const url = await urlOf('teacher');
    const all = await joinAll(url, 5);
    for (const client of all) {
      client.socket.send(Buffer.from('binary'));
      expect((await client.closed).code).toBe(1003);
      keep(await connect(url));
    }
    await untilConnected(5);
  });

  it.each([
    ['has begun to close', (client: TestClient) => client.socket.close(1000)],
    ['does what it is closed for', (client: TestClient) => client.socket.send(Buffer.from('binary'))],
  ])('has a free place already when a client %s, although the close is not answered', async (_what, act) => {
    const url = await urlOf('teacher');
    const [leaving] = (await joinAll(url, 5)) as [TestClient];
    act(leaving);
    // It reads no more, and so neither answers a close nor ends its socket.
    leaving.socket.pause();
    const next = keep(await connect(url));
    await service.publish('teacher', 'you stay');
    expect((await next.messages(1)).map(String)).toEqual(['you stay']);
    leaving.socket.resume();
    await leaving.closed;
    expect(leaving.received).toEqual([]);
  });

  it('has a free place once the token of a connection has expired', async () => {
    const short = await urlOf('teacher', 1);
    const long = await urlOf('teacher');
    const [brief] = await joinAll(short, 1);
    await joinAll(long, 4);
    expect(await dial(long).closed).toMatchObject(limitReached);
    expect(await brief?.closed).toMatchObject({ code: 1008, reason: { error_code: 'TOKEN_EXPIRED' } });
    keep(await connect(long));
  });

  it('has a free place soon after a client has vanished without a close', async () => {
    const url = await urlOf('teacher');
    const [first] = await joinAll(url, 5);
    first?.socket.terminate();
    await untilConnected(4);
    keep(await connect(url));
  });

  it('has a free place when a handshake was abandoned before it was answered', async () => {
    const url = await urlOf('teacher');
    const { port } = new URL(url);
    const request = `GET ${url.slice(url.indexOf('/ws?'))} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    for (let round = 0; round < 20; round += 1) {
      const socket = connectSocket(Number(port), '127.0.0.1');
      socket.write(request);
      await once(socket, 'connect');
      socket.resetAndDestroy();
    }
    await untilConnected(0);
    await joinAll(url, 5);
  });
});

describe('what clients send', () => {
  const tolerated = ['{"type":"ping"}', '{"type":"resume","last_id":"1"}', 'not JSON', '', '𝄞'.repeat(16 * 1024)];

  it('is tolerated in silence, up to 64 KiB of any text', async () => {
    const [client] = (await joinAll(await urlOf('teacher'), 1)) as [TestClient];
    for (const text of tolerated) client.socket.send(text);
    client.socket.ping();
    await once(client.socket, 'pong');
    await service.publish('teacher', 'the only message');
    await client.messages(1);
    expect(client.received.map(String)).toEqual(['the only message']);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('ends with 1008 at the 101st message of a minute, and no other connection with it', async () => {
    const url = await urlOf('teacher');
    const [loud, quiet] = (await joinAll(url, 2)) as [TestClient, TestClient];
    for (let sent = 0; sent < 100; sent += 1) loud.socket.send('{"type":"ping"}');
    loud.socket.ping();
    await once(loud.socket, 'pong');
    expect(loud.socket.readyState).toBe(loud.socket.OPEN);
    loud.socket.send('{"type":"ping"}');
    expect(await loud.closed).toMatchObject({ code: 1008, reason: { error_code: 'MESSAGE_RATE_EXCEEDED' } });
    expect(quiet.socket.readyState).toBe(quiet.socket.OPEN);
  });

  it('is counted anew each minute', () => {
    const connection = new (Connection as unknown as new (...args: unknown[]) => Connection)(null, undefined, {});
    const counted = (now: number, times: number) =>
      Array.from({ length: times }, () => connection.countMessage(now, 100)).every(Boolean);
    expect(counted(5_000, 100)).toBe(true);
    expect(counted(64_999, 1)).toBe(false);
    expect(counted(65_000, 100)).toBe(true);
    expect(counted(65_001, 1)).toBe(false);
    expect(counted(1_000_000, 100)).toBe(true);
  });
});

describe('what is left behind', () => {
  it('is nothing, after 500 connects and leaves of every kind', async () => {
    const urls = await Promise.all(Array.from({ length: 100 }, (_, user) => urlOf(`user-${user}`)));
    const kinds: ((client: TestClient) => unknown)[] = [
      (client) => client.close(),
      (client) => client.socket.terminate(),
      (client) => client.socket.send(Buffer.from('binary')),
      (client) => client.socket.close(),
      (client) => client.socket.close(1001, 'going'),
    ];
    for (const leave of kinds) {
      const round = await Promise.all(urls.map((url) => connect(url)));
      await service.publish('user-7', 'hello');
      for (const client of round) leave(client);
      await Promise.all(round.map(({ closed }) => closed));
    }
    await untilConnected(0);
    const { channels } = await get<RedisHealthResponse>(endpoints.healthRedis);
    expect(channels).toEqual({ confirmed: 0, wanted: 0 });
  });

  it('is nothing inside the hub', async () => {
    const server = await startHub();
    const round = await Promise.all(Array.from({ length: 20 }, (_, user) => connect(server.urlOf(`user-${user % 6}`))));
    const inside = server.hub as unknown as { audiences: Map<string, unknown>; connections: Set<unknown> };
    expect([inside.audiences.size, inside.connections.size]).toEqual([6, 20]);
    for (const client of round) client.socket.terminate();
    await eventually(() => server.observed.closed.length === 20, 'all are closed');
    expect([inside.audiences.size, inside.connections.size]).toEqual([0, 0]);
    expect((await server.broker.health()).channels.wanted).toBe(0);
    expect(await server.openSockets()).toBe(0);
    await server.close();
  });

  it('closes with codes of the table alone', () => {
    const codes = service.log.flatMap(({ msg, code }) => (msg === 'connection closed' ? [Number(code)] : []));
    expect(codes.length).toBeGreaterThan(500);
    expect(codes.filter((code) => !(code in closeCodes))).toEqual([]);
  });
});
