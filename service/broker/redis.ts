import { randomUUID } from 'node:crypto';
import { ConnectionError } from '../errors.ts';
import type { Broker, BrokerHealth, BrokerLog, MessageHandler } from './broker.ts';
import { deliver } from './delivery.ts';
import { parseRedisUrl } from './redis-address.ts';
import { RedisCanary } from './redis-canary.ts';
import { faultReader, type RedisFault } from './redis-fault.ts';
import { RedisLink } from './redis-link.ts';
import { RedisOutageLog } from './redis-outage-log.ts';
import { RedisSubscriptions } from './redis-subscriptions.ts';

/** Where Redis is, and how patient to be with it. */
export interface RedisSettings {
  /** `redis[s]://[user][:password]@host[:port][/db]` */
  readonly url: string;
  /** What the names of user channels begin with, before the colon. */
  readonly channelPrefix: string;
  /** How long a connection may take to come about. */
  readonly connectTimeoutMs: number;
  /** How long Redis may take to answer a command, and to deliver a message. */
  readonly socketTimeoutMs: number;
  /** How often to publish a message to ourselves, to see that it arrives; 2 seconds unless given. */
  readonly canaryIntervalMs?: number;
}

/** With the default socket timeout of 5 seconds, a dead connection is found and replaced within 8. */
const defaultCanaryIntervalMs = 2000;

function unavailable(fault: RedisFault): ConnectionError {
  return new ConnectionError('BROKER_UNAVAILABLE', { cause: fault });
}

/**
 * The broker for production: Redis Pub/Sub over two connections, one that subscribes and one that publishes.
 *
 * @throws TypeError when the URL is not one of Redis.
 */
export function createRedisBroker(settings: RedisSettings, log: BrokerLog): Broker {
  const { connection, address, secrets } = parseRedisUrl(settings.url);
  const { connectTimeoutMs, socketTimeoutMs, channelPrefix } = settings;
  // The names of user channels begin with the prefix and a colon: no user id can make this one.
  const canaryChannel = `${channelPrefix}-canary:${randomUUID()}`;
  const outages = new RedisOutageLog(address, log);
  let onMessage: MessageHandler | null = null;
  let closed = false;
  let closing: Promise<void> | null = null;

  const common = {
    connection,
    connectTimeoutMs,
    answerTimeoutMs: socketTimeoutMs,
    readFault: faultReader(secrets),
    onUp() {
      if (subscriber.up && publisher.up) outages.connected(subscriptions.count().confirmed);
    },
  };
  const subscriber: RedisLink = new RedisLink({
    ...common,
    name: 'huleedu-realtime-subscriber',
    greet: () => Promise.all([subscriber.send((redis) => redis.subscribe(canaryChannel)), subscriptions.connected()]),
    onDown(fault) {
      subscriptions.disconnected(fault);
      fail('subscriber', fault);
    },
  });
  const publisher: RedisLink = new RedisLink({
    ...common,
    name: 'huleedu-realtime-publisher',
    // Not PING: Redis refuses it while it loads its data, and allows it to a user who may not publish.
    greet: () => publisher.send((redis) => redis.publish(canaryChannel, '')),
    onDown: (fault) => fail('publisher', fault),
  });
  const subscriptions = new RedisSubscriptions(
    (command, channels) => subscriber.send((redis) => redis[command](...channels)),
    (fault) => subscriber.drop(fault),
  );
  const canary = new RedisCanary({
    intervalMs: settings.canaryIntervalMs ?? defaultCanaryIntervalMs,
    timeoutMs: socketTimeoutMs,
    publish: (payload) => publisher.send((redis) => redis.publish(canaryChannel, payload)),
    onMissing: (fault) => subscriber.drop(fault),
  });

  // `messageBuffer` alone: with a listener to `message`, ioredis would decode every payload.
  subscriber.redis.on('messageBuffer', (name: Buffer, payload: Buffer) => {
    const channel = name.toString();
    if (channel === canaryChannel) canary.arrived(payload);
    else if (onMessage !== null && subscriptions.isWanted(channel)) deliver(onMessage, channel, payload, log);
  });

  function fail(name: string, fault: RedisFault): void {
    canary.abandon(fault);
    if (!closed) outages.failed(name, fault);
  }

  async function health(): Promise<BrokerHealth> {
    const fault = await examine();
    const channels = subscriptions.count();
    const healthy = fault === null && channels.confirmed === channels.wanted;
    let message = 'A message published to Redis came back, and every wanted channel is subscribed.';
    if (fault !== null) message = `Redis is unavailable: ${fault.message}.`.replace(/\.+$/, '.');
    else if (!healthy) message = 'Redis has not yet acknowledged every wanted channel.';
    return { healthy, message, address, channels };
  }

  async function examine(): Promise<RedisFault | null> {
    if (!subscriber.up) return subscriber.fault;
    if (!publisher.up) return publisher.fault;
    return canary.probe();
  }

  async function close(): Promise<void> {
    closed = true;
    onMessage = null;
    canary.stop();
    // What was published a moment ago is let through; half the time, so that the sockets can end within the whole.
    await Promise.all([subscriber.close(0), publisher.close(socketTimeoutMs / 2)]);
  }

  return {
    kind: 'redis',
    start(handler) {
      onMessage = handler;
      subscriber.connect();
      publisher.connect();
      canary.start(() => subscriber.up && publisher.up);
    },
    async subscribe(channel) {
      if (!subscriber.up) throw unavailable(subscriber.fault);
      await subscriptions.subscribe(channel);
    },
    unsubscribe(channel) {
      subscriptions.unsubscribe(channel);
    },
    async publish(channel, payload) {
      if (!publisher.up) throw unavailable(publisher.fault);
      try {
        return await publisher.send((redis) => redis.publish(channel, payload));
      } catch (error) {
        throw unavailable(error as RedisFault);
      }
    },
    health,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
