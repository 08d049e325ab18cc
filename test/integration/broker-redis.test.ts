import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis, type RedisOptions } from 'ioredis';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Broker } from '../../service/broker/broker.ts';
import { createRedisBroker, type RedisSettings } from '../../service/broker/redis.ts';
import { busyMachineMs } from '../support/busy-machine.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { describeBroker, describeBrokerOutages, untilHealthy } from './broker-suite.ts';

const patience = { channelPrefix: 'ws', connectTimeoutMs: 500, socketTimeoutMs: 400, canaryIntervalMs: 100 };
/** For thousands of channels on a machine that is doing other things: not what is being tested. */
const morePatience = { ...patience, socketTimeoutMs: 5000 };

async function openHarness() {
  const server = await startRedis();
  let outside = new Redis(server.url);
  return {
    create: (log: Parameters<typeof createRedisBroker>[1]) =>
      createRedisBroker({ ...morePatience, url: server.url }, log),
    publishFromOutside: (channel: string, payload: Buffer) => outside.publish(channel, payload),
    async close() {
      outside.disconnect();
      await server.close();
    },
    async beginOutage() {
      outside.disconnect();
      await server.kill();
    },
    async endOutage() {
      await server.restart();
      outside = new Redis(server.url);
    },
  };
}

describeBroker('redis', openHarness);
describeBrokerOutages('redis', openHarness);

const unavailable = { code: 'BROKER_UNAVAILABLE' };
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function redis(...options: Parameters<typeof startRedis>): Promise<RedisServer> {
  const server = await startRedis(...options);
  cleanups.push(() => server.close());
  return server;
}

function client(url: string, options: RedisOptions = {}): Redis {
  const connection = new Redis(url, options);
  // The tests take its Redis away; what it cannot do then shows in its commands.
  connection.on('error', () => {});
  cleanups.push(() => connection.disconnect());
  return connection;
}

function startBroker(url: string, settings: Partial<RedisSettings> = {}) {
  const log = recordedLog();
  const messages: string[] = [];
  const broker = createRedisBroker({ ...patience, url, ...settings }, log);
  cleanups.push(() => broker.close());
  broker.start((channel, payload) => messages.push(`${channel} ${payload}`));
  return { broker, log, messages };
}

/** The user channels that Redis has a subscriber for. */
async function subscribedAt(connection: Redis): Promise<string[]> {
  const channels = (await connection.pubsub('CHANNELS', 'ws:*')) as string[];
  return channels.sort();
}

async function millisecondsUntilHealthy(broker: Broker): Promise<number> {
  const start = performance.now();
  await untilHealthy(broker);
  return performance.now() - start;
}

const health = (broker: Broker) => expect.poll(() => broker.health(), { timeout: 5000, interval: 10 });

describe('connections', () => {
  it('subscribes to any number of channels over one connection, and publishes over one other', async () => {
    const server = await redis();
    const { broker } = startBroker(server.url);
    await untilHealthy(broker);
    for (let user = 0; user < 50; user++) {
      await broker.subscribe(`ws:user-${user}`);
      await broker.publish(`ws:user-${user}`, Buffer.from('x'));
    }
    const list = String(await client(server.url).client('LIST'));
    const ours = list.split('\n').filter((line) => line.includes('name=huleedu-realtime-'));
    expect(ours).toHaveLength(2);
    // 50 channels and the canary's.
    expect(ours.filter((line) => line.includes(' sub=51 '))).toHaveLength(1);
    expect(ours.filter((line) => line.includes(' sub=0 '))).toHaveLength(1);
  });

  it('delivers each message once to each of two brokers', async () => {
    const server = await redis();
    const both = [startBroker(server.url), startBroker(server.url)];
    for (const { broker } of both) {
      await untilHealthy(broker);
      await broker.subscribe('ws:teacher');
    }
    expect(await both[0]?.broker.publish('ws:teacher', Buffer.from('hello'))).toBe(2);
    for (const { messages } of both) await expect.poll(() => messages).toEqual(['ws:teacher hello']);
  });

  it('asks for many channels with few commands', async () => {
    const server = await redis();
    const { broker } = startBroker(server.url, morePatience);
    await untilHealthy(broker);
    const connection = client(server.url);
    await connection.config('RESETSTAT');
    await Promise.all(Array.from({ length: 2000 }, (_, user) => broker.subscribe(`ws:user-${user}`)));
    expect(await connection.info('commandstats')).toMatch(/cmdstat_subscribe:calls=4,/);
  });

  it('keeps its canary out of the way of any user', async () => {
    const server = await redis();
    const { broker } = startBroker(server.url);
    await untilHealthy(broker);
    const connection = client(server.url);
    expect(await subscribedAt(connection)).toEqual([]);
    expect(await connection.pubsub('CHANNELS', '*')).toEqual([expect.stringMatching(/^ws-canary:[0-9a-f-]{36}$/)]);
  });
});

describe('when Redis is killed and comes back', () => {
  it('has exactly the wanted channels subscribed afterwards, within ten seconds', async () => {
    const server = await redis();
    const { broker, messages } = startBroker(server.url);
    await untilHealthy(broker);
    await Promise.all(['ws:kept', 'ws:left', 'ws:kept-too'].map((channel) => broker.subscribe(channel)));
    await server.kill();
    await health(broker).toMatchObject({ healthy: false });
    broker.unsubscribe('ws:left');
    await expect(broker.subscribe('ws:refused')).rejects.toMatchObject(unavailable);
    await server.restart();
    expect(await millisecondsUntilHealthy(broker)).toBeLessThan(10_000 + busyMachineMs);
    const connection = client(server.url);
    expect(await subscribedAt(connection)).toEqual(['ws:kept', 'ws:kept-too']);
    await connection.publish('ws:kept', 'back');
    await expect.poll(() => messages).toEqual(['ws:kept back']);
  });

  it('leaves no wrong channel behind where wishes change at the very moment of the kill', async () => {
    const server = await redis();
    const { broker } = startBroker(server.url);
    await untilHealthy(broker);
    await Promise.all(['ws:a', 'ws:b', 'ws:c'].map((channel) => broker.subscribe(channel)));
    const killed = server.kill();
    broker.unsubscribe('ws:a');
    const wishes = [broker.subscribe('ws:d'), broker.subscribe('ws:a')];
    broker.unsubscribe('ws:b');
    const [d, a] = await Promise.allSettled(wishes);
    await killed;
    await server.restart();
    await untilHealthy(broker);
    const expected = [
      'ws:c',
      ...(d?.status === 'fulfilled' ? ['ws:d'] : []),
      ...(a?.status === 'fulfilled' ? ['ws:a'] : []),
    ];
    expect(await subscribedAt(client(server.url))).toEqual(expected.sort());
  });

  it('logs one line when the connection is lost, and one with the number of channels when it is back', async () => {
    const server = await redis();
    const { broker, log } = startBroker(server.url);
    await untilHealthy(broker);
    await Promise.all([broker.subscribe('ws:a'), broker.subscribe('ws:b')]);
    await server.kill();
    // Several attempts' worth of lines.
    await expect.poll(() => log.at('debug').length, { timeout: 5000 }).toBeGreaterThan(8);
    await server.restart();
    await untilHealthy(broker);
    expect(log.at('warn')).toEqual(['The connection to Redis is lost; trying again until it is back']);
    expect(log.lines.filter(({ level }) => level === 'info')).toMatchObject([
      { message: 'Connected to Redis', details: { channels: 0 } },
      { message: 'Connected to Redis again', details: { channels: 2, address: `127.0.0.1:${server.port}/0` } },
    ]);
  });

  it('connects when Redis appears only after the start', async () => {
    const server = await redis();
    await server.kill();
    const { broker, log } = startBroker(server.url);
    await health(broker).toMatchObject({ healthy: false, message: expect.stringContaining('ECONNREFUSED') });
    await server.restart();
    expect(await millisecondsUntilHealthy(broker)).toBeLessThan(2000 + busyMachineMs);
    expect(log.at('warn')).toEqual(['Redis cannot be reached; trying again until it is back']);
    expect(log.at('info')).toEqual(['Connected to Redis']);
  });
});

describe('when one connection is cut', () => {
  it.each(['subscriber', 'publisher'])('replaces the %s and serves on', async (name) => {
    const server = await redis();
    const { broker, messages, log } = startBroker(server.url);
    await untilHealthy(broker);
    await broker.subscribe('ws:teacher');
    const connection = client(server.url);
    const line = String(await connection.client('LIST'))
      .split('\n')
      .find((each) => each.includes(`name=huleedu-realtime-${name}`));
    await connection.client('KILL', 'ID', Number(/id=(\d+)/.exec(line ?? '')?.[1]));
    await expect.poll(() => log.at('info')).toHaveLength(2);
    await broker.publish('ws:teacher', Buffer.from('still here'));
    await expect.poll(() => messages).toEqual(['ws:teacher still here']);
  });
});

describe('when Redis stops answering', () => {
  it('refuses within the timeout, notices by itself, and is back once Redis is', async () => {
    const server = await redis();
    const socketTimeoutMs = 3000;
    const { broker, messages, log } = startBroker(server.url, { canaryIntervalMs: 200, socketTimeoutMs });
    await untilHealthy(broker);
    await broker.subscribe('ws:teacher');
    server.pause();
    const start = performance.now();
    await expect(broker.subscribe('ws:new')).rejects.toMatchObject(unavailable);
    await expect(broker.publish('ws:teacher', Buffer.from('x'))).rejects.toMatchObject(unavailable);
    // One timeout, not two: the first failure has shown that the broker is unreachable.
    expect(performance.now() - start).toBeLessThan(socketTimeoutMs * 2);
    expect(await broker.health()).toMatchObject({ healthy: false });
    server.resume();
    expect(await millisecondsUntilHealthy(broker)).toBeLessThan(2000 + busyMachineMs);
    const connection = client(server.url);
    expect(await subscribedAt(connection)).toEqual(['ws:teacher']);
    await connection.publish('ws:teacher', 'back');
    await expect.poll(() => messages).toContain('ws:teacher back');
    expect(log.at('warn')).toHaveLength(1);
  });

  it('is not taken in when it was this process that stood still', async () => {
    const server = await redis();
    const { broker, log } = startBroker(server.url);
    await untilHealthy(broker);
    const answers = Promise.all([broker.health(), broker.subscribe('ws:new')]);
    // The commands go out in this turn; their answers come while nobody can look.
    await Promise.resolve();
    const end = performance.now() + patience.socketTimeoutMs * 2;
    while (performance.now() < end);
    expect(await answers).toMatchObject([{ healthy: true }, undefined]);
    expect(log.at('warn')).toEqual([]);
  });

  it('answers a health question within the timeout', async () => {
    const server = await redis();
    const { broker } = startBroker(server.url, { canaryIntervalMs: 60_000 });
    await untilHealthy(broker);
    server.pause();
    const start = performance.now();
    const answers = await Promise.all([broker.health(), broker.health()]);
    expect(performance.now() - start).toBeLessThan(patience.socketTimeoutMs + busyMachineMs);
    expect(answers.map(({ healthy }) => healthy)).toEqual([false, false]);
  });

  it('closes within the timeout, and rejects what is pending', async () => {
    const server = await redis();
    const { broker } = startBroker(server.url);
    await untilHealthy(broker);
    server.pause();
    const pending = [broker.subscribe('ws:new'), broker.publish('ws:new', Buffer.from('x'))];
    const outcomes = Promise.allSettled(pending);
    const start = performance.now();
    await broker.close();
    expect(performance.now() - start).toBeLessThan(patience.socketTimeoutMs + busyMachineMs);
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
  });
});

describe('when the network drops everything without a word', () => {
  it.each([
    ['both connections', () => true],
    // It has no request under way, and nothing to notice by.
    ['the idle subscriber alone', (sent: string) => sent.includes('subscribe')],
  ])('finds and replaces %s', async (_, concerns) => {
    const server = await redis();
    const proxy = await startTcpProxy(server.port);
    cleanups.push(() => proxy.close());
    const { broker, messages } = startBroker(`redis://127.0.0.1:${proxy.port}`);
    await untilHealthy(broker);
    await broker.subscribe('ws:teacher');
    const accepted = proxy.accepted;
    proxy.blackhole(concerns);
    await expect.poll(() => proxy.accepted, { timeout: 5000 }).toBeGreaterThan(accepted);
    await untilHealthy(broker);
    await broker.publish('ws:teacher', Buffer.from('back'));
    await expect.poll(() => messages).toEqual(['ws:teacher back']);
  });

  it('subscribes again where Redis has dropped it for reading too slowly', async () => {
    const server = await redis({ args: ['--client-output-buffer-limit', 'pubsub 1mb 0 0'] });
    const proxy = await startTcpProxy(server.port);
    cleanups.push(() => proxy.close());
    const { broker, messages } = startBroker(`redis://127.0.0.1:${proxy.port}`, {
      ...morePatience,
      canaryIntervalMs: 60_000,
    });
    await untilHealthy(broker);
    await broker.subscribe('ws:teacher');
    const outside = client(server.url);
    const release = proxy.dam();
    const dropped = async () => (await subscribedAt(outside)).length === 0;
    const megabyte = Buffer.alloc(1024 ** 2, 'x');
    // What the kernel's buffers hold comes before what Redis holds back.
    for (let sent = 0; sent < 100 && !(await dropped()); sent += 1) await outside.publish('ws:teacher', megabyte);
    expect(await dropped()).toBe(true);
    release();
    await expect.poll(() => subscribedAt(outside)).toEqual(['ws:teacher']);
    await untilHealthy(broker);
    await outside.publish('ws:teacher', 'back');
    await expect.poll(() => messages.at(-1)).toBe('ws:teacher back');
  });

  it('is not healthy while a message does not come back', async () => {
    const server = await redis();
    const proxy = await startTcpProxy(server.port);
    cleanups.push(() => proxy.close());
    const { broker } = startBroker(`redis://127.0.0.1:${proxy.port}`, { canaryIntervalMs: 60_000 });
    await untilHealthy(broker);
    proxy.blackhole((sent) => sent.includes('subscribe'));
    expect(await broker.health()).toMatchObject({
      healthy: false,
      message: expect.stringContaining('did not come back within 400 ms'),
    });
  });
});

describe('when Redis refuses', () => {
  const secret = 'correct-horse';

  it('reports a missing password, goes on trying, and connects once there is none', async () => {
    const server = await redis({ password: secret });
    const { broker, log } = startBroker(server.url);
    await health(broker).toMatchObject({ healthy: false, message: expect.stringContaining('NOAUTH') });
    await expect(broker.subscribe('ws:teacher')).rejects.toMatchObject(unavailable);
    expect(JSON.stringify(log.lines.filter(({ level }) => level === 'warn'))).toContain('NOAUTH');
    await client(server.urlWith('default', secret)).config('SET', 'requirepass', '');
    await untilHealthy(broker);
  });

  it('reports a wrong password, never shows it, and connects once it is right', async () => {
    const server = await redis({ password: 'another' });
    const url = server.urlWith('default', secret);
    const { broker, log } = startBroker(url);
    await health(broker).toMatchObject({ healthy: false, message: expect.stringContaining('WRONGPASS') });
    const shown = [log.lines, await broker.health(), await broker.subscribe('ws:teacher').catch(everything)];
    expect(everything(shown)).not.toContain(secret);
    await client(server.urlWith('default', 'another')).config('SET', 'requirepass', secret);
    await untilHealthy(broker);
    expect((await broker.health()).address).toBe(`127.0.0.1:${server.port}/0`);
  });

  it('does not show a password that Redis quotes in its refusal', async () => {
    const server = await redis({ args: ['--rename-command', 'AUTH', ''] });
    const { broker, log } = startBroker(server.urlWith('someone', secret));
    await health(broker).toMatchObject({ healthy: false, message: expect.stringContaining('***') });
    expect(everything([log.lines, await broker.health()])).not.toContain(secret);
    expect(everything([log.lines, await broker.health()])).not.toContain('someone');
  });

  it('says so when Redis comes back with a password', async () => {
    const server = await redis();
    const { broker, log } = startBroker(server.url);
    await untilHealthy(broker);
    await server.restart({ password: secret });
    await expect
      .poll(() => log.at('warn'))
      .toEqual([
        'The connection to Redis is lost; trying again until it is back',
        'Redis refuses the connection; trying again',
      ]);
    await server.restart({});
    await untilHealthy(broker);
  });

  it('reports a database that does not exist', async () => {
    const server = await redis();
    const { broker } = startBroker(`${server.url}/99`);
    await health(broker).toMatchObject({
      healthy: false,
      message: expect.stringContaining('DB index is out of range'),
    });
  });

  it('reports an access list that hides the channels', async () => {
    const server = await redis();
    await client(server.url).acl('SETUSER', 'narrow', 'on', `>${secret}`, '+@all', '~*', 'resetchannels', '&ws:*');
    const { broker } = startBroker(server.urlWith('narrow', secret));
    await health(broker).toMatchObject({ healthy: false, message: expect.stringContaining('NOPERM') });
  });
});

it('serves while Redis is still loading its data', async () => {
  const slow = ['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024'];
  const server = await redis({ args: ['--enable-debug-command', 'yes'] });
  const filler = client(server.url);
  await filler.call('DEBUG', 'POPULATE', '20000');
  await filler.save();
  await server.restart({ args: slow });
  const { broker, messages } = startBroker(server.url);
  await untilHealthy(broker);
  await broker.subscribe('ws:teacher');
  await broker.publish('ws:teacher', Buffer.from('early'));
  await expect.poll(() => messages).toEqual(['ws:teacher early']);
  // It was not over meanwhile.
  const impatient = client(server.url, { enableReadyCheck: false });
  await expect(impatient.get('key:1')).rejects.toThrow('LOADING');
});

describe('the URL', () => {
  it.each([
    'http://redis:6379',
    'redis://',
    'redis:6379',
    '/tmp/redis.sock',
    'redis://host/a',
    'redis://u:pass word@h:999999',
  ])('refuses %j without quoting it', (url) => {
    const create = () => createRedisBroker({ ...patience, url }, recordedLog());
    expect(create).toThrow(TypeError);
    try {
      create();
    } catch (error) {
      expect(everything(error)).not.toContain('pass word');
    }
  });

  it('cannot switch off what the broker relies on', async () => {
    const server = await redis();
    const { broker } = startBroker(
      `${server.url}/1?enableOfflineQueue=true&retryStrategy=1&host=elsewhere&maxRetriesPerRequest=20`,
    );
    await untilHealthy(broker);
    expect((await broker.health()).address).toBe(`127.0.0.1:${server.port}/1`);
  });
});

describe('the process', () => {
  let program: string;
  beforeAll(() => {
    const module = fileURLToPath(new URL('../../service/broker/redis.ts', import.meta.url));
    program = `
      import { createRedisBroker } from ${JSON.stringify(module)};
      const [url, when] = process.argv.slice(1);
      const failed = Promise.withResolvers();
      const log = { debug() {}, info() {}, warn: failed.resolve, error: console.error };
      const broker = createRedisBroker({ url, channelPrefix: 'ws', connectTimeoutMs: 5000, socketTimeoutMs: 5000 }, log);
      broker.start(() => {});
      if (when === 'healthy') while (!(await broker.health()).healthy) await new Promise((resolve) => setTimeout(resolve, 10));
      if (when === 'retrying') await failed.promise;
      await broker.close();
      console.log('closed');
    `;
  });

  it.each(['healthy', 'retrying', 'at once'])('can exit by itself after `close`: %s', async (when) => {
    const server = await redis();
    if (when === 'retrying') await server.kill();
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, server.url, when], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanups.push(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const start = performance.now();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(performance.now() - start).toBeLessThan(1000 + busyMachineMs);
  });
});

/** All that a logger or a person could see of a value: own properties, causes, stacks. */
function everything(value: unknown): string {
  const properties = (_: string, part: unknown) =>
    part instanceof Error ? { ...part, message: part.message, stack: part.stack, cause: part.cause } : part;
  return JSON.stringify(value, properties) ?? '';
}
