import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../service/contract/endpoints.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import type { RedisHealthResponse } from '../../service/contract/health.ts';
import { busyMachineMs } from '../support/busy-machine.ts';
import { connect, dial, type TestClient } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-server.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';

/** A service, and a way to publish that a backend service has. */
interface Platform {
  readonly service: TestService;
  publish(userId: string, payload: string | Buffer): Promise<unknown>;
  close(): Promise<void>;
}

const quickRedis = { REDIS_CONNECT_TIMEOUT: '0.5', REDIS_SOCKET_TIMEOUT: '2' };

async function startEmbedded(): Promise<Platform> {
  const service = await startService();
  return {
    service,
    publish: (userId, payload) => service.publish(userId, payload.toString()),
    close: () => service.close(),
  };
}

async function startOnRedis(): Promise<Platform> {
  const redis = await startRedis();
  const service = await startService({ REDIS_URL: redis.url, ...quickRedis });
  const publisher = new Redis(redis.url);
  await untilHealthy(service);
  return {
    service,
    publish: (userId, payload) => publisher.publish(`ws:${userId}`, payload),
    async close() {
      publisher.disconnect();
      await service.close();
      await redis.close();
    },
  };
}

async function redisHealth(service: TestService): Promise<RedisHealthResponse> {
  return (await (await fetch(service.url + endpoints.healthRedis)).json()) as RedisHealthResponse;
}

function untilHealthy(service: TestService): Promise<void> {
  return eventually(async () => (await redisHealth(service)).status === 'healthy', 'the broker is healthy');
}

const clients: TestClient[] = [];

async function join(service: TestService, userId: string): Promise<TestClient> {
  const { token } = await service.mint({ user_id: userId });
  const client = await connect(`${service.wsUrl}?token=${token}`);
  clients.push(client);
  return client;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

const end = '{"event":"end of test"}';

/** Publishes a last message and returns what came before it: messages of a channel come in order, so nothing is still to come. */
async function allOf(platform: Platform, userId: string, members: readonly TestClient[]): Promise<string[][]> {
  await platform.publish(userId, end);
  return Promise.all(
    members.map(async ({ received }) => {
      await eventually(() => received.at(-1)?.toString() === end, `the last message of ${userId}`);
      return received.slice(0, -1).map(String);
    }),
  );
}

const examples = Object.entries(notificationExamples).map(([event, data]) => JSON.stringify({ event, data }));

const asPublished: readonly (readonly [string, string])[] = [
  ['an event that the catalogue does not list', '{"event":"essay_lost_in_space","data":{}}'],
  ['an event of the session protocol to come', '{"event":"session.ready","data":{}}'],
  [
    'JSON with spaces, repeated keys and numbers that JavaScript would change',
    '{ "a":1.0 ,"a" : 12345678901234567890 }\n',
  ],
  ['text that is no JSON', 'not { JSON'],
  ['an empty payload', ''],
  ['a byte order mark, NUL and line ends', '\uFEFF\0\r\n\u2028'],
  ['every kind of character', 'Åsa Öberg 李 🎓 e\u0301 \u{10FFFF}'],
  // As much as one request to the development endpoints holds.
  ['nearly 1 MiB', 'Ö'.repeat(512 * 1024 - 100)],
];

const awkwardUsers = [
  'a b',
  'tenant:42:user',
  '*',
  'user-[0-9]?',
  '{curly},\\back',
  'Åsa Öberg 李 🎓',
  '__proto__',
  'constructor',
  '../../etc',
  '%2F%00',
  'x'.repeat(256),
];

describe.each([
  ['embedded', startEmbedded],
  ['redis', startOnRedis],
] as const)('forwarding with the %s broker', (_name, start) => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await start();
  });
  afterAll(() => platform.close());

  it('hands each of the 16 notifications on byte for byte, in order, once to each socket of the user alone', async () => {
    const { service } = platform;
    const teachers = await Promise.all([1, 2, 3].map(() => join(service, 'teacher')));
    const others = await Promise.all(['teacher2', 'teache', 'Teacher', 'teacher:1'].map((user) => join(service, user)));
    expect(examples).toHaveLength(16);
    for (const payload of examples) await platform.publish('teacher', payload);
    expect(await allOf(platform, 'teacher', teachers)).toEqual([examples, examples, examples]);
    for (const [index, user] of ['teacher2', 'teache', 'Teacher', 'teacher:1'].entries())
      expect(await allOf(platform, user, others.slice(index, index + 1))).toEqual([[]]);
  });

  it.each(asPublished)('hands on %s as it is', async (_what, payload) => {
    const client = await join(platform.service, 'teacher');
    await platform.publish('teacher', payload);
    await client.messages(1);
    expect(client.received[0]?.equals(Buffer.from(payload))).toBe(true);
  });

  it('keeps the order of 1,000 messages', async () => {
    const members = await Promise.all([join(platform.service, 'teacher'), join(platform.service, 'teacher')]);
    const sent = Array.from({ length: 1000 }, (_, number) => String(number));
    for (let at = 0; at < sent.length; at += 1) await platform.publish('teacher', sent[at] as string);
    expect(await allOf(platform, 'teacher', members)).toEqual([sent, sent]);
  });

  it('loses nothing that is published in the moment after a client has seen `open`', async () => {
    const { service } = platform;
    const { token } = await service.mint({ user_id: 'hurried' });
    for (let round = 0; round < 100; round += 1) {
      const client = await connect(`${service.wsUrl}?token=${token}`);
      await platform.publish('hurried', String(round));
      await client.messages(1);
      expect(client.received.map(String)).toEqual([String(round)]);
      await client.close();
    }
  });

  it('takes every user id literally', async () => {
    const { service } = platform;
    const bystander = await join(service, 'bystander');
    const members = await Promise.all(awkwardUsers.map((user) => join(service, user)));
    for (const [index, user] of awkwardUsers.entries()) {
      await platform.publish(user, `for ${user}`);
      expect(await allOf(platform, user, [members[index] as TestClient])).toEqual([[`for ${user}`]]);
    }
    // Each got one message and the end of its own; none the others'.
    expect(members.map(({ received }) => received.length)).toEqual(awkwardUsers.map(() => 2));
    expect(await allOf(platform, 'bystander', [bystander])).toEqual([[]]);
  });

  it('publishes to nobody in particular without harm', async () => {
    await platform.publish('nobody', '{}');
    const client = await join(platform.service, 'somebody');
    expect(await allOf(platform, 'somebody', [client])).toEqual([[]]);
  });
});

describe('forwarding over Redis', () => {
  let redis: RedisServer;
  let publisher: Redis;
  let service: TestService;
  let second: TestService;

  beforeAll(async () => {
    redis = await startRedis();
    publisher = new Redis(redis.url);
    publisher.on('error', () => {});
    [service, second] = await Promise.all([
      startService({ REDIS_URL: redis.url, ...quickRedis }),
      startService({ REDIS_URL: redis.url, ...quickRedis }),
    ]);
    await Promise.all([untilHealthy(service), untilHealthy(second)]);
  });
  afterAll(async () => {
    publisher.disconnect();
    await Promise.all([service.close(), second.close()]);
    await redis.close();
  });

  const userChannels = async () => ((await publisher.call('PUBSUB', 'CHANNELS', 'ws:*')) as string[]).sort();
  const subscribers = async () =>
    String(await publisher.client('LIST'))
      .split('\n')
      .filter((line) => /\bsub=[1-9]/.test(line));

  it('does not send what is not UTF-8, counts and logs it, and keeps the connection', async () => {
    const client = await join(service, 'teacher');
    await publisher.publish('ws:teacher', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    await publisher.publish('ws:teacher', Buffer.from([0xc3]));
    await publisher.publish('ws:teacher', 'next');
    await client.messages(1);
    expect(client.received.map(String)).toEqual(['next']);
    const metrics = await (await fetch(service.url + endpoints.metrics)).text();
    expect(metrics).toMatch(/^websocket_messages_failed_total\{error_type="not_utf8"\} 2$/m);
    expect(service.log.find(({ msg }) => msg === 'message not delivered')).toMatchObject({
      level: 'warn',
      error_type: 'not_utf8',
      channel: 'ws:teacher',
    });
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it.each([1, 8])('hands on %i MiB of text, and what comes after it', async (mebibytes) => {
    const client = await join(service, 'teacher');
    const payload = Buffer.alloc(mebibytes * 1024 * 1024, 'abcdefg');
    await publisher.publish('ws:teacher', payload);
    await client.messages(1);
    expect(client.received[0]?.equals(payload)).toBe(true);
    await publisher.publish('ws:teacher', 'next');
    expect((await client.messages(2))[1]?.toString()).toBe('next');
  });

  it('reaches the sockets of a user on every instance, each once', async () => {
    const members = await Promise.all([service, second, service, second].map((one) => join(one, 'teacher')));
    expect(await publisher.publish('ws:teacher', 'to all')).toBe(2);
    expect(await service.publish('teacher', 'through one')).toMatchObject({ channel: 'ws:teacher', receivers: 2 });
    for (const member of members) await member.messages(2);
    await publisher.publish('ws:teacher', end);
    for (const member of members)
      expect((await member.messages(3)).map(String)).toEqual(['to all', 'through one', end]);
  });

  it('uses one subscriber connection an instance, however many users there are', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, user) => join(service, `user-${user}`)));
    expect(await userChannels()).toHaveLength(40);
    expect(await subscribers()).toHaveLength(2);
  });

  it('leaves no channel subscribed when the last socket of a user has gone', async () => {
    const [first, last] = await Promise.all([join(service, 'leaver'), join(service, 'leaver')]);
    await first.close();
    expect(await userChannels()).toContain('ws:leaver');
    await last.close();
    await eventually(async () => (await userChannels()).length === 0, 'no channel is left');
  });

  it('serves every connected client again after Redis was killed and started anew, and refuses quickly meanwhile', async () => {
    const stayers = await Promise.all(
      Array.from({ length: 20 }, (_, user) => join(user % 2 ? service : second, `stayer-${user % 5}`)),
    );
    const leaver = await join(service, 'leaver');
    const { token } = await service.mint({ user_id: 'refused' });

    await redis.kill();
    await eventually(async () => (await redisHealth(service)).status === 'unhealthy', 'the outage is noticed');
    await leaver.close();
    const dialledAt = performance.now();
    const refused = await dial(`${service.wsUrl}?token=${token}`).closed;
    expect(refused).toMatchObject({ code: 1013, reason: { error_code: 'BROKER_UNAVAILABLE' } });
    expect(performance.now() - dialledAt).toBeLessThan(2000 + busyMachineMs);
    const stayerRefused = await service.mint({ user_id: 'stayer-1' });
    const again = await dial(`${service.wsUrl}?token=${stayerRefused.token}`).closed;
    expect(again.code).toBe(1013);

    await redis.restart();
    await Promise.all([untilHealthy(service), untilHealthy(second)]);
    expect(await userChannels()).toEqual([0, 1, 2, 3, 4].map((user) => `ws:stayer-${user}`));
    for (let user = 0; user < 5; user += 1) await publisher.publish(`ws:stayer-${user}`, `again ${user}`);
    for (const [index, stayer] of stayers.entries()) {
      expect((await stayer.messages(1)).map(String)).toEqual([`again ${index % 5}`]);
      expect(stayer.socket.readyState).toBe(stayer.socket.OPEN);
    }
    await join(service, 'refused');
  });
});

describe('a message that is not UTF-8, with the embedded broker', () => {
  it('fails once for each socket that it was meant for, and goes to none', async () => {
    const server = await startHub();
    const members = await Promise.all([connect(server.urlOf('teacher')), connect(server.urlOf('teacher'))]);
    const other = await connect(server.urlOf('other'));
    await server.broker.publish('ws:teacher', Buffer.from([0x7b, 0xff, 0x7d]));
    await server.broker.publish('ws:nobody', Buffer.from([0xff]));
    await server.broker.publish('ws:teacher', Buffer.from('next'));
    for (const member of members) expect((await member.messages(1)).map(String)).toEqual(['next']);
    expect(server.observed.failed).toEqual([{ failure: 'not_utf8', sockets: 2, channel: 'ws:teacher' }]);
    expect(server.observed.sent).toBe(2);
    expect(other.received).toEqual([]);
    await server.close();
  });
});
