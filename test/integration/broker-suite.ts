import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Broker, BrokerLog, MessageHandler } from '../../service/broker/broker.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import { recordedLog } from '../support/recorded-log.ts';

/** What the suite needs of an implementation. */
export interface BrokerHarness {
  /** A broker that has not been started. */
  create(log: BrokerLog): Broker;
  /** Publishes as another program would. */
  publishFromOutside(channel: string, payload: Buffer): Promise<unknown>;
  close(): Promise<void>;
}

/** An implementation that can become unreachable. */
export interface FailingBrokerHarness extends BrokerHarness {
  beginOutage(): Promise<void>;
  endOutage(): Promise<void>;
}

const unavailable = { name: 'ConnectionError', code: 'BROKER_UNAVAILABLE' };

interface Message {
  readonly channel: string;
  readonly payload: Buffer;
}

/** Opens one harness for a group of tests, and closes each test's brokers behind it. */
function setUp<H extends BrokerHarness>(open: () => Promise<H>) {
  const brokers: Broker[] = [];
  let harness: H;
  beforeAll(async () => {
    harness = await open();
  });
  afterAll(() => harness.close());
  afterEach(async () => {
    await Promise.all(brokers.splice(0).map((broker) => broker.close()));
  });

  function create(log: BrokerLog = recordedLog()): Broker {
    const broker = harness.create(log);
    brokers.push(broker);
    return broker;
  }

  /** A broker that is connected, and what its handler has been given. */
  async function start(onMessage?: MessageHandler, log?: BrokerLog) {
    const messages: Message[] = [];
    const broker = create(log);
    broker.start((channel, payload) => {
      messages.push({ channel, payload: Buffer.from(payload) });
      onMessage?.(channel, payload);
    });
    await untilHealthy(broker);
    return { broker, messages };
  }

  /**
   * Resolves when all that was published before has been handed on: messages of one publisher come in order, so the
   * last one proves that none of those before it is still to come.
   */
  async function settle({ broker, messages }: { broker: Broker; messages: Message[] }): Promise<void> {
    await broker.subscribe('ws:settled');
    await harness.publishFromOutside('ws:settled', Buffer.from('now'));
    await vi.waitUntil(() => messages.at(-1)?.channel === 'ws:settled', { timeout: 5000, interval: 5 });
    messages.pop();
    broker.unsubscribe('ws:settled');
  }

  const publish = (channel: string, payload: Buffer | string) =>
    harness.publishFromOutside(channel, Buffer.from(payload));

  return { create, start, settle, publish, harness: () => harness };
}

export async function untilHealthy(broker: Broker): Promise<void> {
  await expect.poll(() => broker.health(), { timeout: 10_000, interval: 10 }).toMatchObject({ healthy: true });
}

const awkwardPayloads: readonly (readonly [string, Buffer])[] = [
  ['an empty payload', Buffer.alloc(0)],
  ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80])],
  ['NUL and line ends', Buffer.from('\0\r\n\0$5\r\n\0')],
  ['every byte there is', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ['1 MiB', Buffer.alloc(1024 * 1024, 'abcdefg')],
];

/** Guarantees 1, 2, 3, 6 and 7 of {@link Broker}, and those of 5 that need no outage. */
export function describeBroker(name: string, open: () => Promise<BrokerHarness>): void {
  describe(`${name} broker`, () => {
    const { create, start, settle, publish } = setUp(open);

    describe('confirmed means delivered, once, in order, as it was', () => {
      it('delivers each of the 16 notifications byte for byte', async () => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        const sent = Object.entries(notificationExamples).map(([event, data]) =>
          Buffer.from(JSON.stringify({ event, data })),
        );
        for (const payload of sent) await publish('ws:teacher', payload);
        await settle(running);
        expect(sent).toHaveLength(16);
        expect(running.messages.map(({ payload }) => payload)).toEqual(sent);
      });

      it.each(awkwardPayloads)('delivers %s unchanged', async (_, payload) => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        await publish('ws:teacher', payload);
        await settle(running);
        expect(running.messages).toHaveLength(1);
        expect(running.messages[0]?.payload.equals(payload)).toBe(true);
      });

      it('delivers what is published in the moment after the subscription', async () => {
        const running = await start();
        for (let round = 0; round < 100; round++) {
          await running.broker.subscribe(`ws:user-${round}`);
          await publish(`ws:user-${round}`, String(round));
        }
        await settle(running);
        expect(running.messages.map(({ payload }) => payload.toString())).toEqual(numbers(100));
      });

      it('delivers 1,000 messages in the order of publication', async () => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        await Promise.all(numbers(1000).map((number) => publish('ws:teacher', number)));
        await settle(running);
        expect(running.messages.map(({ payload }) => payload.toString())).toEqual(numbers(1000));
      });

      it('delivers what it publishes itself, and says to how many', async () => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        expect(await running.broker.publish('ws:teacher', Buffer.from('to one'))).toBe(1);
        expect(await running.broker.publish('ws:nobody', Buffer.from('to none'))).toBe(0);
        await settle(running);
        expect(running.messages).toEqual([{ channel: 'ws:teacher', payload: Buffer.from('to one') }]);
      });

      it('publishes what the buffer held, whatever the caller does to it afterwards', async () => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        const payload = Buffer.from('before');
        const published = running.broker.publish('ws:teacher', payload);
        payload.fill('x');
        await published;
        await settle(running);
        expect(running.messages[0]?.payload.toString()).toBe('before');
      });

      it('does not call the handler before `publish` has returned', async () => {
        let returned = false;
        const seen: boolean[] = [];
        const running = await start(() => seen.push(returned));
        await running.broker.subscribe('ws:teacher');
        const published = running.broker.publish('ws:teacher', Buffer.from('x'));
        returned = true;
        await published;
        await settle(running);
        expect(seen[0]).toBe(true);
      });

      it('serves 5,000 channels, each message to its own', async () => {
        const running = await start();
        const channels = numbers(5000).map((number) => `ws:user-${number}`);
        await Promise.all(channels.map((channel) => running.broker.subscribe(channel)));
        expect((await running.broker.health()).channels).toEqual({ confirmed: 5000, wanted: 5000 });
        await Promise.all(channels.map((channel) => publish(channel, channel)));
        await settle(running);
        expect(running.messages.map(({ channel }) => channel)).toEqual(channels);
        expect(running.messages.every(({ channel, payload }) => payload.toString() === channel)).toBe(true);
      });

      it.each(['ws:Åsa Öberg', 'ws:*', 'ws:[a-z]?', 'ws:', 'ws:a b\r\nc', 'ws:__proto__', `ws:${'x'.repeat(5000)}`])(
        'takes the name of a channel literally: %j',
        async (channel) => {
          const running = await start();
          await running.broker.subscribe(channel);
          await publish('ws:someone-else', 'no');
          await publish(channel, 'yes');
          await settle(running);
          expect(running.messages).toEqual([{ channel, payload: Buffer.from('yes') }]);
        },
      );
    });

    describe('wanted is a set', () => {
      it('delivers once on a channel that was subscribed twice, one after the other or at once', async () => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        await Promise.all([running.broker.subscribe('ws:teacher'), running.broker.subscribe('ws:teacher')]);
        await publish('ws:teacher', 'once');
        await settle(running);
        expect(running.messages).toHaveLength(1);
      });

      it('delivers nothing after one `unsubscribe`, however often it was subscribed', async () => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        await running.broker.subscribe('ws:teacher');
        running.broker.unsubscribe('ws:teacher');
        await publish('ws:teacher', 'too late');
        await settle(running);
        expect(running.messages).toEqual([]);
        expect((await running.broker.health()).channels).toEqual({ confirmed: 0, wanted: 0 });
      });

      it('does not call the handler once `unsubscribe` has returned, for messages under way either', async () => {
        const running = await start((_, payload) => {
          if (payload.toString() === '0') running.broker.unsubscribe('ws:teacher');
        });
        await running.broker.subscribe('ws:teacher');
        await Promise.all(numbers(100).map((number) => publish('ws:teacher', number)));
        await settle(running);
        expect(running.messages.map(({ payload }) => payload.toString())).toEqual(['0']);
      });

      it('ends up subscribed after subscribe, unsubscribe, subscribe in one turn', async () => {
        const running = await start();
        const first = running.broker.subscribe('ws:teacher');
        running.broker.unsubscribe('ws:teacher');
        await Promise.all([first, running.broker.subscribe('ws:teacher')]);
        await publish('ws:teacher', 'once');
        await settle(running);
        expect(running.messages).toHaveLength(1);
      });

      it('ends up unsubscribed after subscribe, unsubscribe in one turn', async () => {
        const running = await start();
        const overtaken = running.broker.subscribe('ws:teacher');
        running.broker.unsubscribe('ws:teacher');
        await overtaken;
        await publish('ws:teacher', 'nobody is there');
        await settle(running);
        expect(running.messages).toEqual([]);
        expect((await running.broker.health()).channels).toEqual({ confirmed: 0, wanted: 0 });
      });

      it('delivers again on a channel that is subscribed anew, in the same turn or later', async () => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        for (const pause of [async () => {}, () => settle(running)]) {
          running.broker.unsubscribe('ws:teacher');
          await pause();
          await running.broker.subscribe('ws:teacher');
          await publish('ws:teacher', 'again');
          await settle(running);
        }
        expect(running.messages).toHaveLength(2);
      });

      it('follows 2,000 random wishes to the right end', async () => {
        const running = await start();
        const random = generator(20261123);
        const wanted = new Set<string>();
        let last: Promise<unknown> = Promise.resolve();
        for (let step = 0; step < 2000; step++) {
          const channel = `ws:user-${Math.floor(random() * 20)}`;
          if (random() < 0.5) {
            last = Promise.all([last, running.broker.subscribe(channel)]);
            wanted.add(channel);
          } else {
            running.broker.unsubscribe(channel);
            wanted.delete(channel);
          }
          // Now in the middle of a turn, now at the end of one, now after an acknowledgement or two.
          if (random() < 0.2) await Promise.resolve();
          if (random() < 0.05) await new Promise(setImmediate);
          if (random() < 0.02) await last;
        }
        await last;
        for (let user = 0; user < 20; user++) await publish(`ws:user-${user}`, 'x');
        await settle(running);
        expect(running.messages.map(({ channel }) => channel).sort()).toEqual([...wanted].sort());
        expect((await running.broker.health()).channels).toEqual({ confirmed: wanted.size, wanted: wanted.size });
      });

      it('ignores an `unsubscribe` from a channel that is not wanted', async () => {
        const { broker } = await start();
        broker.unsubscribe('ws:nobody');
        expect(await broker.health()).toMatchObject({ healthy: true, channels: { confirmed: 0, wanted: 0 } });
      });
    });

    it("logs a handler's exception, delivers the next message, and lets `publish` succeed", async () => {
      const log = recordedLog();
      const fault = new Error('a fault of the handler');
      const running = await start((_, payload) => {
        if (payload.toString() === 'bad') throw fault;
      }, log);
      await running.broker.subscribe('ws:teacher');
      expect(await running.broker.publish('ws:teacher', Buffer.from('bad'))).toBe(1);
      expect(await running.broker.publish('ws:teacher', Buffer.from('good'))).toBe(1);
      await settle(running);
      expect(running.messages.map(({ payload }) => payload.toString())).toEqual(['bad', 'good']);
      expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([{ details: { err: fault } }]);
    });

    describe('before and after its life', () => {
      it('refuses to subscribe and publish before it is started', async () => {
        const broker = create();
        await expect(broker.subscribe('ws:teacher')).rejects.toMatchObject(unavailable);
        await expect(broker.publish('ws:teacher', Buffer.from('x'))).rejects.toMatchObject(unavailable);
        expect(await broker.health()).toMatchObject({ healthy: false, channels: { confirmed: 0, wanted: 0 } });
      });

      it('refuses to subscribe and publish after it is closed, and is not healthy', async () => {
        const { broker } = await start();
        await broker.close();
        await expect(broker.subscribe('ws:teacher')).rejects.toMatchObject(unavailable);
        await expect(broker.publish('ws:teacher', Buffer.from('x'))).rejects.toMatchObject(unavailable);
        broker.unsubscribe('ws:teacher');
        expect(await broker.health()).toMatchObject({ healthy: false });
      });

      it('can be closed twice, at once or later, and without having been started', async () => {
        const { broker } = await start();
        await Promise.all([broker.close(), broker.close()]);
        await broker.close();
        await create().close();
      });

      it('delivers nothing after `close` was called', async () => {
        const running = await start();
        await running.broker.subscribe('ws:teacher');
        const published = running.broker.publish('ws:teacher', Buffer.from('late')).catch(() => {});
        await running.broker.close();
        await published;
        expect(running.messages).toEqual([]);
      });
    });
  });
}

/** Guarantees 4, 5 and 7 of {@link Broker}, for an implementation that can be unreachable. */
export function describeBrokerOutages(name: string, open: () => Promise<FailingBrokerHarness>): void {
  describe(`${name} broker in an outage`, () => {
    const { start, settle, publish, harness } = setUp(open);

    async function startInOutage(subscribed: readonly string[]) {
      const running = await start();
      await Promise.all(subscribed.map((channel) => running.broker.subscribe(channel)));
      await harness().beginOutage();
      await expect.poll(() => running.broker.health(), { timeout: 5000 }).toMatchObject({ healthy: false });
      return running;
    }

    it('refuses to subscribe and publish, is not healthy, and says so', async () => {
      const { broker } = await startInOutage(['ws:teacher']);
      await expect(broker.subscribe('ws:new')).rejects.toMatchObject(unavailable);
      await expect(broker.subscribe('ws:teacher')).rejects.toMatchObject(unavailable);
      await expect(broker.publish('ws:teacher', Buffer.from('x'))).rejects.toMatchObject(unavailable);
      const health = await broker.health();
      expect(health).toMatchObject({ healthy: false, channels: { confirmed: 0, wanted: 1 } });
      expect(health.message).not.toBe('');
      await harness().endOutage();
    });

    it('serves again exactly the channels that are wanted when it is over', async () => {
      const running = await startInOutage(['ws:kept', 'ws:left', 'ws:refused-while-wanted']);
      running.broker.unsubscribe('ws:left');
      await expect(running.broker.subscribe('ws:refused')).rejects.toMatchObject(unavailable);
      await expect(running.broker.subscribe('ws:refused-while-wanted')).rejects.toMatchObject(unavailable);
      await harness().endOutage();
      await untilHealthy(running.broker);
      for (const user of ['kept', 'left', 'refused', 'refused-while-wanted']) await publish(`ws:${user}`, 'x');
      await settle(running);
      expect(running.messages.map(({ channel }) => channel)).toEqual(['ws:kept', 'ws:refused-while-wanted']);
    });

    it('serves 3,000 channels again when it is over', async () => {
      const channels = numbers(3000).map((number) => `ws:user-${number}`);
      const running = await startInOutage(channels);
      await harness().endOutage();
      await untilHealthy(running.broker);
      expect((await running.broker.health()).channels).toEqual({ confirmed: 3000, wanted: 3000 });
      await Promise.all(channels.map((channel) => publish(channel, 'x')));
      await settle(running);
      expect(running.messages.map(({ channel }) => channel)).toEqual(channels);
    });

    it('rejects what is pending when the outage begins, and does not want it afterwards', async () => {
      const running = await start();
      const outage = harness().beginOutage();
      const attempts: Promise<unknown>[] = [];
      for (let attempt = 0; (await running.broker.health()).healthy; attempt++)
        attempts.push(running.broker.subscribe(`ws:pending-${attempt}`));
      await outage;
      const outcomes = await Promise.allSettled(attempts);
      await harness().endOutage();
      await untilHealthy(running.broker);
      const kept = outcomes.flatMap(({ status }, attempt) => (status === 'fulfilled' ? [`ws:pending-${attempt}`] : []));
      for (const attempt of attempts.keys()) await publish(`ws:pending-${attempt}`, 'x');
      await settle(running);
      expect(running.messages.map(({ channel }) => channel)).toEqual(kept);
    });
  });
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, number) => String(number));
}

/** The same random numbers at each run: a linear congruential generator, of which the high bits are good enough here. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
