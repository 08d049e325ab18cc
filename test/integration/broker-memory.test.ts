import { expect, it } from 'vitest';
import type { Broker } from '../../service/broker/broker.ts';
import { createMemoryBroker } from '../../service/broker/memory.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { describeBroker } from './broker-suite.ts';

describeBroker('embedded', async () => {
  let newest: Broker;
  return {
    create(log) {
      newest = createMemoryBroker(log);
      return newest;
    },
    // There is no outside: all of its publishers are in this process.
    publishFromOutside: (channel, payload) => newest.publish(channel, payload),
    async close() {},
  };
});

it('has no address', async () => {
  const broker = createMemoryBroker(recordedLog());
  expect(broker.kind).toBe('embedded');
  expect((await broker.health()).address).toBeNull();
});

it('lets timers and sockets have their turn while handlers answer messages with messages', async () => {
  const broker = createMemoryBroker(recordedLog());
  let delivered = 0;
  broker.start((channel, payload) => {
    delivered++;
    void broker.publish(channel, payload);
  });
  await broker.subscribe('ws:echo');
  await broker.publish('ws:echo', Buffer.from('again'));
  await expect.poll(() => delivered).toBeGreaterThan(1);
  await broker.close();
});
