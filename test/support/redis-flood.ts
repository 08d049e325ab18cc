/**
 * Publishes as fast as told, in a thread of its own: the thread of the tests runs the service, and is to measure that it
 * receives, not how much it can do beside.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Redis } from 'ioredis';

/** What is published: the texts in turn, each with a number of its own in `data`. */
export interface Flood {
  readonly redisUrl: string;
  readonly channel: string;
  readonly texts: readonly string[];
  /** Messages a second, and for how many seconds. */
  readonly rate: number;
  readonly seconds: number;
  /** Published once, after all others. */
  readonly last: string;
}

const { redisUrl, channel, texts, rate, seconds, last } = workerData as Flood;
const redis = new Redis(redisUrl);
const started = performance.now();
for (let sent = 0; sent < rate * seconds; ) {
  const due = Math.min(rate * seconds, Math.floor(((performance.now() - started) / 1000) * rate));
  const batch = redis.pipeline();
  for (; sent < due; sent++) {
    const text = texts[sent % texts.length] as string;
    batch.publish(channel, text.replace('"data":{', `"data":{"number":${sent},`));
  }
  await Promise.all([batch.exec(), wait(5)]);
}
await redis.publish(channel, last);
redis.disconnect();
parentPort?.postMessage(performance.now() - started);
