import { afterEach, describe, expect, it } from 'vitest';
import { Client, type ClientEvent } from '../../../playground/connections/client.svelte.ts';
import { type ReconnectPolicy, reconnectPolicy } from '../../../playground/connections/reconnect-policy.ts';
import { Identity, type MintOrder } from '../../../playground/identity/identity.svelte.ts';
import { readPaste } from '../../../playground/identity/paste-token.ts';
import { ServiceClient } from '../../../playground/service/service-client.ts';
import { Session } from '../../../playground/session.svelte.ts';
import type { Environment } from '../../../service/config.ts';
import { websocketUrl } from '../../../service/contract/endpoints.ts';
import { eventually } from '../../support/eventually.ts';
import { startService, type TestService } from '../../support/service.ts';

/** The policy in hundredths of its time. */
const hurried = Object.fromEntries(
  Object.entries(reconnectPolicy).map(([name, ms]) => [name, ms / 100]),
) as unknown as ReconnectPolicy;

let service: TestService;
let client: Client;
let events: ClientEvent[];
let identity: Identity;

const clock = {
  get now() {
    return Date.now();
  },
};

const identityOf = (url: string) =>
  new Identity(
    new ServiceClient(
      () => url,
      () => ({ origin: url }),
    ),
    clock,
  );

/** A client of a service of its own, which connects again by itself. */
async function ready(environment: Environment = {}, policy: Partial<ReconnectPolicy> = {}, random = () => 0.5) {
  service = await startService(environment);
  const { url } = service;
  events = [];
  identity = identityOf(url);
  client = new Client('A', 0, {
    base: () => url,
    renew: (minted) => identity.mintAgain(minted),
    record: (_client, event) => events.push(event),
    random,
    policy: { ...hurried, refusedMs: reconnectPolicy.refusedMs, ...policy },
  });
  client.setMode('back_off');
}

afterEach(async () => {
  await client?.disconnect();
  await service?.close();
});

async function minted(order: Partial<MintOrder> = {}) {
  const minting = await identity.mintAgain({ userId: 'teacher-1', lifetimeSeconds: 3600, ...order });
  if (!minting.ok) throw new Error(minting.failure.title);
  return minting.minted;
}

async function open(order: Partial<MintOrder> = {}) {
  await client.connect(await minted(order));
  await client.connection.until(({ name }) => name === 'open');
}

/** Stops the service and starts it again on its port. */
async function stop() {
  const port = new URL(service.url).port;
  await service.close();
  return async () => {
    service = await startService({ WEBSOCKET_PORT: port });
  };
}

const closes = () => events.flatMap((event) => (event.kind === 'closed' ? [event.ending.code] : []));
const isOpen = () => client.connection.state.name === 'open';

describe('a client that connects again by itself', () => {
  it('comes back from a restart: spread out after 1001, then with growing waits after each 1006', async () => {
    await ready();
    await open();
    const start = await stop();
    await eventually(() => client.waits.length >= 4, 'four waits');
    await start();
    await eventually(isOpen, 'open again');
    const [first, ...others] = client.waits;
    expect(first).toMatchObject({ attempt: 1, code: 1001, cause: 'SERVER_SHUTDOWN', floorMs: 0, ceilingMs: 50 });
    expect(others.slice(0, 3).map(({ code, ceilingMs }) => [code, ceilingMs])).toEqual([
      [1006, 20],
      [1006, 40],
      [1006, 80],
    ]);
    expect(client.waits.map(({ waitMs, ceilingMs }) => waitMs / ceilingMs)).toEqual(client.waits.map(() => 0.5));
    expect(client.retry).toEqual({ name: 'none' });
    expect(client.isBusy).toBe(true);
  });

  it('never waits longer than the policy says', async () => {
    await ready({}, { longestMs: 30 }, () => 0.999);
    await open();
    const start = await stop();
    await eventually(() => client.waits.length >= 7, 'seven waits');
    expect(client.waits.slice(3).every(({ ceilingMs }) => ceilingMs === 30)).toBe(true);
    await start();
  });

  it('begins with small waits again once it was stable, and not before', async () => {
    await ready({}, { stableMs: 1 });
    await open();
    const start = await stop();
    await eventually(() => client.waits.length >= 3, 'three waits');
    await start();
    await eventually(isOpen, 'open again');
    await eventually(async () => (await service.publish('teacher-1', 'x')).receivers === 1, 'subscribed');
    const before = client.waits.length;
    const again = await stop();
    await eventually(() => client.waits.length > before, 'another wait');
    expect(client.waits[before]).toMatchObject({ attempt: 1, code: 1001 });
    await again();
  });

  it('waits for a place as long as the policy says after 4000', async () => {
    await ready({ WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1' }, { placeMs: 60_000 });
    const token = await minted();
    const other = new WebSocket(websocketUrl(service.url, token.token));
    await new Promise((resolve) => other.addEventListener('open', resolve));
    await client.connect(token);
    await eventually(() => client.retry.name === 'waiting', 'a wait');
    expect(client.retry).toMatchObject({
      wait: { code: 4000, cause: 'CONNECTION_LIMIT_EXCEEDED', floorMs: 60_000, ceilingMs: 120_000, waitMs: 90_000 },
    });
    const gone = new Promise((resolve) => other.addEventListener('close', resolve));
    other.close();
    await gone;
    await client.connectNow();
    await eventually(isOpen, 'open in the place that is free');
    expect(client.waits.at(-1)?.cutMs).toBeLessThan(10_000);
  });

  it('stops after an end that would come again, and says so', async () => {
    await ready();
    await open();
    client.connection.send(new Uint8Array([1]));
    await eventually(() => client.retry.name === 'stopped', 'stopped');
    expect(closes()).toEqual([1003]);
    expect(client.retry).toEqual({ name: 'stopped', why: 'It would end the same way again.' });
    expect(events.at(-1)).toEqual({ kind: 'stopped', why: 'It would end the same way again.' });
    expect(client.isBusy).toBe(false);
  });

  it('fetches a new token when its own expires, as often as that happens', async () => {
    await ready({}, { refusedMs: 50 });
    await open({ lifetimeSeconds: 2 });
    const first = client.token;
    await eventually(() => client.waits.length === 1 && isOpen(), 'open with a second token');
    const second = client.token;
    await eventually(() => client.waits.length === 2 && isOpen(), 'open with a third token');
    expect(new Set([first, second, client.token]).size).toBe(3);
    expect(closes()).toEqual([1008, 1008]);
    expect(client.waits.map(({ cause, ceilingMs }) => [cause, ceilingMs])).toEqual([
      ['TOKEN_EXPIRED', 0],
      ['TOKEN_EXPIRED', 0],
    ]);
  }, 10_000);

  it('cannot renew a pasted token: it stops and says what helps', async () => {
    await ready({}, { refusedMs: 50 });
    const { token } = await minted({ lifetimeSeconds: 2 });
    const reading = readPaste(token, Date.now());
    if (reading === undefined) throw new Error('a token');
    await client.connect(reading.pasted);
    await eventually(() => client.retry.name === 'stopped', 'stopped');
    expect(client.retry).toMatchObject({ why: expect.stringContaining('pasted') });
    expect(closes()).toEqual([1008]);
  });

  it('does not ask for another token that is wrong on purpose', async () => {
    await ready();
    await client.connect(await minted({ defect: 'wrong_issuer' }));
    await eventually(() => client.retry.name === 'stopped', 'stopped');
    expect(client.retry).toMatchObject({ why: expect.stringContaining('wrong on purpose') });
    expect(client.waits).toEqual([]);
  });

  it('fetches a new token when the one it has is refused', async () => {
    await ready();
    const token = await minted();
    const { port } = new URL(service.url);
    await service.close();
    service = await startService({ WEBSOCKET_PORT: port, JWT_AUDIENCE: 'elsewhere' });
    await client.connect(token);
    await eventually(() => client.token !== token && isOpen(), 'open with the new token');
    expect(closes()).toEqual([1008]);
  });

  it('stops once a new token was refused as well', async () => {
    await ready({ JWT_AUDIENCE: 'elsewhere' });
    const other = await startService();
    try {
      // Both tokens come from a service whose audience this one does not accept.
      identity = identityOf(other.url);
      await client.connect(await minted());
      await eventually(() => client.retry.name === 'stopped', 'stopped');
      expect(client.retry).toMatchObject({ why: 'A new token was refused as well.' });
      expect(closes()).toEqual([1008, 1008]);
    } finally {
      await other.close();
    }
  });

  it('goes on trying while no token can be fetched because the service is away', async () => {
    await ready({}, { refusedMs: 50 });
    await open({ lifetimeSeconds: 1 });
    const port = new URL(service.url).port;
    await service.close();
    await eventually(() => client.waits.length >= 5, 'waits');
    service = await startService({ WEBSOCKET_PORT: port });
    await eventually(isOpen, 'open again');
  });

  it('leaves alone what the reader has closed, and an attempt that is cancelled', async () => {
    await ready();
    await open();
    await client.disconnect();
    await client.reconnect();
    await client.disconnect();
    await client.reconnect();
    await client.connection.until(({ name }) => name === 'open');
    await client.hangUp();
    expect(client.waits).toEqual([]);
    expect(client.retry).toEqual({ name: 'none' });
    expect(client.isBusy).toBe(false);
  });

  it('connects anew over an open connection without taking that for an end', async () => {
    await ready();
    await open();
    await client.reconnect();
    await eventually(isOpen, 'open');
    const before = client.token;
    await client.reconnectWithNewToken();
    await eventually(isOpen, 'open with another token');
    expect(client.token).not.toBe(before);
    expect(closes()).toEqual([1000, 1000]);
    expect(events.filter(({ kind }) => kind === 'waiting' || kind === 'stopped')).toEqual([]);
  });

  it('waits no longer when it is stopped, or turned off', async () => {
    await ready({}, { spreadMs: 60_000 });
    await open();
    const start = await stop();
    await eventually(() => client.retry.name === 'waiting', 'a wait');
    client.stopWaiting();
    expect(client.retry).toEqual({ name: 'stopped', why: 'You stopped it.' });
    client.setMode('off');
    expect(client.retry).toEqual({ name: 'none' });
    expect(client.isBusy).toBe(false);
    await start();
  });

  it('comes back from an end that was there before it was turned on', async () => {
    await ready();
    client.setMode('off');
    await open();
    const start = await stop();
    await eventually(() => client.connection.hasEnded, 'the end');
    expect(client.retry).toEqual({ name: 'none' });
    await start();
    client.setMode('back_off');
    await eventually(isOpen, 'open again');
  });

  it('forgets its token, and then has nothing to connect with', async () => {
    await ready({}, { spreadMs: 60_000 });
    await open();
    client.forget();
    await client.disconnect();
    expect(client.canReconnect).toBe(false);
    await client.reconnect();
    expect(client.connection.state.name).toBe('closed');
  });
});

describe('several clients', () => {
  let session: Session;
  async function readySession(environment: Environment = {}) {
    await ready(environment);
    session = new Session(() => ({ origin: service.url }));
    session.address.read({ origin: service.url, search: '' });
  }

  it('are at most fifty: an ended one gives way, a busy one does not', async () => {
    await readySession({ WEBSOCKET_MAX_CONNECTIONS_PER_USER: '60' });
    const token = await minted();
    while (session.clients.length < 50) session.addClient();
    await Promise.all(session.clients.map((each) => each.connect(token)));
    await eventually(() => session.clients.every(({ connection }) => connection.state.name === 'open'), 'all open');
    expect(session.hasRoom).toBe(false);
    expect(() => session.addClient()).toThrow(RangeError);
    await session.mintAndConnect();
    expect(session.clients).toHaveLength(50);
    const second = session.clients[1];
    await second?.disconnect();
    expect(session.hasRoom).toBe(true);
    session.addClient();
    expect(session.clients).toHaveLength(50);
    expect(session.clients).not.toContain(second);
    await session.disconnectAll();
  });

  it('lose their tokens with the address, pasted ones too', async () => {
    await readySession();
    const { token } = await minted();
    const reading = readPaste(token, Date.now());
    if (reading === undefined) throw new Error('a token');
    session.takePasted(reading.pasted);
    session.identity.paste.text = token;
    await session.connect();
    await session.connection.until(({ name }) => name === 'open');
    const other = await startService();
    try {
      await session.changeAddress(other.url);
      expect(session.identity.token).toBeUndefined();
      expect(session.identity.paste.text).toBe('');
      expect(session.clients.map((each) => [each.token, each.canReconnect])).toEqual([[undefined, false]]);
      expect(JSON.stringify(session.timeline.entries)).not.toContain(token);
    } finally {
      await other.close();
    }
  });
});
