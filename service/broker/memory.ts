import { ConnectionError } from '../errors.ts';
import type { Broker, BrokerHealth, BrokerLog, MessageHandler } from './broker.ts';
import { deliver } from './delivery.ts';

/**
 * The embedded broker: publishers and subscribers are in this process, and there is nothing to configure.
 *
 * Its only outages are before `start` and after `close`.
 */
export function createMemoryBroker(log: BrokerLog): Broker {
  const wanted = new Set<string>();
  let onMessage: MessageHandler | null = null;
  let closed = false;
  let queue: (() => void)[] = [];

  /** Runs `work` in a later turn, in the order of the calls: `publish` must not call back into its caller. */
  function enqueue(work: () => void): void {
    if (queue.length === 0) setImmediate(drain);
    queue.push(work);
  }

  /** What a handler publishes meanwhile waits for the next turn, so that it cannot keep this one from ending. */
  function drain(): void {
    const due = queue;
    queue = [];
    for (const work of due) work();
  }

  function pass(channel: string, payload: Buffer): void {
    if (onMessage !== null && wanted.has(channel)) deliver(onMessage, channel, payload, log);
  }

  function assertRunning(): void {
    if (onMessage === null) throw new ConnectionError('BROKER_UNAVAILABLE');
  }

  async function health(): Promise<BrokerHealth> {
    if (onMessage !== null) await new Promise<void>(enqueue);
    const healthy = onMessage !== null;
    const message = healthy
      ? 'The embedded broker delivers within this process.'
      : 'The embedded broker is not running.';
    return { healthy, message, address: null, channels: { confirmed: wanted.size, wanted: wanted.size } };
  }

  return {
    kind: 'embedded',
    start(handler) {
      if (!closed) onMessage = handler;
    },
    async subscribe(channel) {
      assertRunning();
      wanted.add(channel);
    },
    unsubscribe(channel) {
      wanted.delete(channel);
    },
    async publish(channel, payload) {
      assertRunning();
      if (!wanted.has(channel)) return 0;
      const copy = Buffer.from(payload);
      enqueue(() => pass(channel, copy));
      return 1;
    },
    health,
    async close() {
      closed = true;
      onMessage = null;
      wanted.clear();
    },
  };
}
