import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { websocketUrl } from '../../service/contract/endpoints.ts';
import { connect, type TestClient } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { startServiceProcess } from '../support/service-process.ts';

const hurried = { WEBSOCKET_PING_INTERVAL: '0.1', WEBSOCKET_IDLE_TIMEOUT: '0.4' };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(environment: Record<string, string> = hurried): Promise<TestService> {
  const service = await startService(environment);
  cleanups.push(() => service.close());
  return service;
}

async function join(service: TestService, options = {}): Promise<TestClient> {
  const { token } = await service.mint({ user_id: 'teacher' });
  return connect(`${service.wsUrl}?token=${token}`, options);
}

/** Collects when pings arrive, by this process' clock. */
function pingsOf(client: TestClient): number[] {
  const times: number[] = [];
  client.socket.on('ping', () => times.push(performance.now()));
  return times;
}

describe('liveness', () => {
  it('pings each client at the interval, and keeps one that answers', async () => {
    const client = await join(await start());
    const pings = pingsOf(client);
    // Three idle timeouts long.
    await eventually(() => pings.length >= 12, '12 pings');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    const mean = ((pings[11] as number) - (pings[0] as number)) / 11;
    expect(mean).toBeGreaterThan(95);
    expect(mean).toBeLessThan(500);
  });

  it('drops a client that answers nothing, after the idle timeout, without a close frame', async () => {
    const service = await start();
    const openedAt = performance.now();
    const client = await join(service, { autoPong: false });
    expect((await client.closed).code).toBe(1006);
    expect(performance.now() - openedAt).toBeGreaterThan(395);
    await eventually(() => service.log.some(({ cause }) => cause === 'PEER_UNRESPONSIVE'), 'it is logged');
    expect(service.log.find(({ msg }) => msg === 'connection closed')).toMatchObject({ code: 1006 });
  });

  it.each([
    ['text', (client: TestClient) => client.socket.send('{"type":"ping"}')],
    ['pings of its own', (client: TestClient) => client.socket.ping()],
  ])('keeps a client that sends %s but answers no ping', async (_what, speak) => {
    const client = await join(await start({ ...hurried, WEBSOCKET_MESSAGES_PER_MINUTE: '1000' }), { autoPong: false });
    const pings = pingsOf(client);
    client.socket.on('ping', () => speak(client));
    await eventually(() => pings.length >= 12, '12 pings');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('uses no timer a connection, not one that would let the process end either', async () => {
    const server = await startHub();
    cleanups.push(() => server.close());
    // Not `process.getActiveResourcesInfo`, which leaves out what is unref'd.
    const timers = new Set<number>();
    const hook = createHook({
      init: (id, type) => void (type === 'Timeout' && timers.add(id)),
      destroy: (id) => void timers.delete(id),
    }).enable();
    cleanups.push(() => hook.disable());
    const clients = await Promise.all(Array.from({ length: 200 }, (_, user) => connect(server.urlOf(`user-${user}`))));
    await eventually(() => server.hub.size === 200, '200 connections');
    // A few are shared by all: the second after which the date header is made anew, and this wait's own.
    expect(timers.size).toBeLessThan(10);
    for (const { socket } of clients) socket.terminate();
  });

  it('does not count the time in which the process was stopped', async () => {
    const service = await startServiceProcess({ ...hurried, WEBSOCKET_IDLE_TIMEOUT: '0.8' });
    cleanups.push(() => service.kill());
    const response = await fetch(`${service.url}/dev/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"user_id":"teacher"}',
    });
    const { token } = (await response.json()) as { token: string };
    const client = await connect(websocketUrl(service.url, token));
    await once(client.socket, 'ping');
    service.child.kill('SIGSTOP');
    // Longer than the idle timeout: what is waited for here is time itself.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    service.child.kill('SIGCONT');
    const pings = pingsOf(client);
    await eventually(() => pings.length >= 10, '10 pings after waking');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await client.close();
  });
});
