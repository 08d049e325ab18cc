import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createRedisBroker } from '../../service/broker/redis.ts';
import { Connection } from '../../service/connections/connection.ts';
import { endpoints } from '../../service/contract/endpoints.ts';
import { busyMachineMs } from '../support/busy-machine.ts';
import { connect, dial, type TestClient } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-server.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { startRedis } from '../support/redis-server.ts';
import { startService } from '../support/service.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

const shutdown = { code: 1001, reason: { error_code: 'SERVER_SHUTDOWN' } };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(environment: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = await startServiceProcess(environment);
  cleanups.push(() => service.kill());
  return service;
}

async function tokenFor(service: { url: string }, user_id: string): Promise<string> {
  const response = await fetch(service.url + endpoints.devTokens, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id }),
  });
  return ((await response.json()) as { token: string }).token;
}

async function joinAll(service: ServiceProcess, users: number): Promise<TestClient[]> {
  const clients = Array.from({ length: users }, async (_, user) =>
    connect(`${service.wsUrl}?token=${await tokenFor(service, `user-${user}`)}`),
  );
  return Promise.all(clients);
}

/** Opens a bare connection and writes to it. */
async function write(port: number, text: string): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1');
  cleanups.push(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

function handshake(port: number, token: string): string {
  return [
    `GET ${endpoints.websocket}?token=${token} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');
}

describe('SIGTERM', () => {
  it('tells every client 1001, with messages under way, and ends with exit code 0', async () => {
    const service = await start();
    const clients = await joinAll(service, 100);
    const token = await tokenFor(service, 'user-1');
    let isPublishing = true;
    const load = (async () => {
      while (isPublishing)
        await fetch(service.url + endpoints.devNotifications, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ user_id: 'user-1', payload: '{}' }),
        }).catch(() => {
          isPublishing = false;
        });
    })();
    await clients[1]?.messages(5);
    service.child.kill('SIGTERM');
    const ends = await Promise.all(clients.map(({ closed }) => closed));
    for (const end of ends) expect(end).toMatchObject(shutdown);
    expect(await service.exit).toEqual({ code: 0, signal: null });
    await load;
    expect(service.stderr()).toBe('');
    expect(service.log().filter(({ level }) => level === 'error')).toEqual([]);
    expect(service.stdout()).not.toContain(token);
  });

  it('ends with exit code 0 within the deadline though a client never answers and a request never ends', async () => {
    const service = await start({ WEBSOCKET_SHUTDOWN_TIMEOUT: '0.3' });
    const silent = await write(service.port, handshake(service.port, await tokenFor(service, 'silent')));
    await once(silent, 'data');
    await write(
      service.port,
      'POST /dev/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await write(service.port, 'GET /healthz HTTP/1.1\r\nHost: local');
    const polite = await joinAll(service, 3);
    const killedAt = performance.now();
    service.child.kill('SIGTERM');
    for (const { closed } of polite) expect(await closed).toMatchObject(shutdown);
    expect(await service.exit).toEqual({ code: 0, signal: null });
    // The time that clients have, the grace for the rest, and a slow machine.
    expect(performance.now() - killedAt).toBeLessThan(300 + 3000 + busyMachineMs);
  });

  it('answers handshakes under way with 1001, or not at all: none hangs', async () => {
    const service = await start();
    const token = await tokenFor(service, 'teacher');
    await joinAll(service, 1);
    const url = `${service.wsUrl}?token=${token}`;
    const ends: Promise<number>[] = [];
    // Not `dial`: a connection that is refused is one of the right answers here.
    const attempt = () =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(url);
        socket.on('error', () => {});
        socket.on('close', resolve);
      });
    for (let number = 0; number < 40; number += 1) ends.push(attempt());
    service.child.kill('SIGTERM');
    for (let number = 0; number < 40; number += 1) ends.push(attempt());
    const codes = new Set(await Promise.all(ends));
    expect(await service.exit).toEqual({ code: 0, signal: null });
    // 4000: the user is allowed five.
    for (const code of codes) expect([1001, 1006, 4000]).toContain(code);
  });

  it('answers handshakes that come while clients are waited for with 1001', async () => {
    const service = await start({ WEBSOCKET_SHUTDOWN_TIMEOUT: '2' });
    const { port } = new URL(service.url);
    const token = await tokenFor(service, 'silent');
    // Never answers the close, so the shutdown waits for it.
    const silent = await write(Number(port), handshake(Number(port), token));
    await once(silent, 'data');
    const told = once(silent, 'data');
    service.child.kill('SIGTERM');
    await told;
    expect(await dial(`${service.wsUrl}?token=${token}`).closed).toMatchObject(shutdown);
    expect(await service.exit).toEqual({ code: 0, signal: null });
  });

  it('does not wait for connections that are idle', async () => {
    const service = await start({ WEBSOCKET_SHUTDOWN_TIMEOUT: '30' });
    await fetch(service.url + endpoints.health);
    const killedAt = performance.now();
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - killedAt).toBeLessThan(busyMachineMs);
  });

  it('waits for no connection on which nothing was asked, as browsers open them ahead of need', async () => {
    const service = await start();
    const socket = await write(Number(new URL(service.url).port), '');
    const closed = once(socket, 'close');
    const since = performance.now();
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual({ code: 0, signal: null });
    await closed;
    expect(performance.now() - since).toBeLessThan(1000 + busyMachineMs);
  });

  it('waits for no connection whose last answer is only read while it shuts down', async () => {
    const siteDirectory = await mkdtemp(join(tmpdir(), 'site-'));
    cleanups.push(() => rm(siteDirectory, { recursive: true }));
    // More than the buffers between the two hold.
    await writeFile(join(siteDirectory, 'large.txt'), Buffer.alloc(16_000_000, 'x'));
    const service = await startService({}, { siteDirectory });
    const socket = await write(Number(new URL(service.url).port), 'GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    const since = performance.now();
    const closing = service.close();
    const closed = once(socket, 'close');
    socket.resume();
    await Promise.all([closing, closed]);
    expect(performance.now() - since).toBeLessThan(2000 + busyMachineMs);
  });

  it('ends with exit code 0 while Redis is away', async () => {
    const service = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual({ code: 0, signal: null });
  });

  it('ends at once when it comes a second time', async () => {
    const service = await start({ WEBSOCKET_SHUTDOWN_TIMEOUT: '30' });
    const silent = await write(service.port, handshake(service.port, await tokenFor(service, 'silent')));
    await once(silent, 'data');
    service.child.kill('SIGTERM');
    await eventually(() => service.log().some(({ msg }) => msg === 'shutting down'), 'the first signal is noticed');
    // Again and again, as one who does not want to wait: the first ones still count as the same Ctrl+C.
    const impatience = setInterval(() => service.child.kill('SIGINT'), 50);
    const { code } = await service.exit;
    clearInterval(impatience);
    expect(code).toBe(1);
  });

  it('counts as one where it comes twice at once, as Ctrl+C under npm does', async () => {
    const service = await start();
    const clients = await joinAll(service, 3);
    service.child.kill('SIGINT');
    service.child.kill('SIGTERM');
    for (const { closed } of clients) expect(await closed).toMatchObject(shutdown);
    expect(await service.exit).toEqual({ code: 0, signal: null });
  });
});

describe('a handshake that meets a shutdown', () => {
  it('is answered with 1001 when it waits for a subscription that cannot come any more', async () => {
    const redis = await startRedis();
    cleanups.push(() => redis.close());
    const settings = { url: redis.url, channelPrefix: 'ws', connectTimeoutMs: 1000, socketTimeoutMs: 2000 };
    const broker = createRedisBroker(settings, recordedLog());
    const server = await startHub({}, broker);
    cleanups.push(() => server.close());
    await eventually(async () => (await broker.health()).healthy, 'Redis is healthy');
    redis.pause();
    const client = dial(server.urlOf('teacher'));
    const { audiences } = server.hub as unknown as { audiences: Map<string, unknown> };
    await eventually(() => audiences.size === 1, 'the handshake waits for its subscription');
    await server.hub.drain(1000);
    await broker.close();
    expect(await client.closed).toMatchObject(shutdown);
    expect(audiences.size).toBe(0);
    redis.resume();
  });

  it('is ended with 1001 when its seat was taken before and it is answered after', async () => {
    const server = await startHub();
    cleanups.push(() => server.close());
    const accepting = new WebSocketServer({ host: '127.0.0.1', port: 0, WebSocket: Connection });
    cleanups.push(() => accepting.close());
    await once(accepting, 'listening');
    const seat = await server.hub.take('teacher');
    await server.hub.drain(1000);
    accepting.on('connection', (connection) =>
      seat.fill(connection as unknown as Connection, Number.POSITIVE_INFINITY),
    );
    const { port } = accepting.address() as AddressInfo;
    expect(await dial(`ws://127.0.0.1:${port}`).closed).toMatchObject(shutdown);
    await eventually(() => server.hub.size === 0, 'it has left');
    expect((await server.broker.health()).channels.wanted).toBe(0);
  });

  it('is refused with 1001 when it comes after', async () => {
    const server = await startHub();
    cleanups.push(() => server.close());
    await server.hub.drain(1000);
    expect(await dial(server.urlOf('late')).closed).toMatchObject(shutdown);
  });
});
