import { Redis } from 'ioredis';
import { parseRedisUrl } from './redis-address.ts';
import { faultReader } from './redis-fault.ts';

/** Which Redis, and how patient to be with it. */
export interface PublishSettings {
  readonly url: string;
  readonly connectTimeoutMs: number;
  readonly socketTimeoutMs: number;
}

/**
 * Publishes one message with a connection of its own, as a backend service would.
 *
 * @returns How many subscribers Redis handed it to.
 * @throws Error when Redis cannot be reached, with its address and without credentials.
 */
export async function publishOnce(settings: PublishSettings, channel: string, payload: Buffer): Promise<number> {
  const { connection, address, secrets } = parseRedisUrl(settings.url);
  const redis = new Redis({
    ...connection,
    lazyConnect: true,
    connectTimeout: settings.connectTimeoutMs,
    commandTimeout: settings.socketTimeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  });
  let reported: unknown;
  // The rejection of `connect` says only that the connection was closed; the event says why.
  redis.on('error', (error) => {
    reported = error;
  });
  try {
    await redis.connect();
    return await redis.publish(channel, payload);
  } catch (error) {
    throw new Error(`Redis at ${address} cannot be used: ${faultReader(secrets)(reported ?? error).message}.`);
  } finally {
    redis.disconnect();
  }
}
