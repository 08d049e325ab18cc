import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { publishOnce } from '../broker/redis-publish.ts';
import { type Config, loadConfig } from '../config.ts';
import type { NotificationResponse } from '../contract/development.ts';
import { endpoints } from '../contract/endpoints.ts';
import { notificationExamples } from '../contract/examples.ts';
import type { ProblemDocument } from '../contract/http-errors.ts';
import { type NotificationEvent, notificationEvents } from '../contract/notifications.ts';
import { serviceAddress } from './service-address.ts';
import { parseJson, required, UsageError } from './usage.ts';

/** How long the service may take to answer, in milliseconds. */
const answerTimeoutMs = 5000;

/** `publish`: sends one notification, over Redis or, where the broker is embedded, through a running service. */
export async function publish(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      user: { type: 'string' },
      event: { type: 'string' },
      data: { type: 'string' },
      payload: { type: 'string' },
      url: { type: 'string' },
    },
  });
  const user = required(values.user, 'user');
  const config = loadConfig(process.env);
  const payload = values.payload === undefined ? Buffer.from(await compose(values)) : await argument(values.payload);
  const { channel, bytes, receivers } =
    config.redis === undefined || values.url !== undefined
      ? await publishThroughService(config, values.url, user, payload)
      : await publishOverRedis(config.redis, `${config.channelPrefix}:${user}`, payload);
  process.stdout.write(`Published ${bytes} bytes on ${channel}; instances that listen: ${receivers}.\n`);
}

/** As bytes: decoding would drop a byte order mark and replace what is not UTF-8. */
async function argument(value: string): Promise<Buffer> {
  return value === '-' ? buffer(process.stdin) : Buffer.from(value);
}

async function compose(values: { event?: string; data?: string }): Promise<string> {
  const event = required(values.event, 'event');
  if (values.data !== undefined)
    return JSON.stringify({ event, data: parseJson((await argument(values.data)).toString(), '--data') });
  if (!Object.hasOwn(notificationExamples, event))
    throw new UsageError(
      `There is no example of "${event}". Give its --data, or take one of ${notificationEvents.join(', ')}.`,
    );
  const data = {
    ...notificationExamples[event as NotificationEvent],
    correlation_id: randomUUID(),
    timestamp: new Date().toISOString(),
  };
  return JSON.stringify({ event, data });
}

async function publishOverRedis(
  redis: NonNullable<Config['redis']>,
  channel: string,
  payload: Buffer,
): Promise<NotificationResponse> {
  const receivers = await publishOnce(redis, channel, payload);
  return { channel, bytes: payload.length, receivers };
}

async function publishThroughService(
  config: Config,
  address: string | undefined,
  user_id: string,
  payload: Buffer,
): Promise<NotificationResponse> {
  const base = serviceAddress(address ?? `http://localhost:${config.port}`);
  if (!isUtf8(payload))
    throw new UsageError('A payload that is not UTF-8 can be published over Redis alone. Set REDIS_URL.');
  const response = await fetch(new URL(endpoints.devNotifications, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id, payload: payload.toString() }),
    signal: AbortSignal.timeout(answerTimeoutMs),
  }).catch((error: Error) => {
    throw new Error(
      `No service answers at ${base} (${(error.cause as Error)?.message ?? error.message}). Start it with npm start, or set REDIS_URL to publish over Redis.`,
    );
  });
  if (response.ok) return (await response.json()) as NotificationResponse;
  throw new Error(await explain(response, base));
}

async function explain(response: Response, base: string): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as Partial<ProblemDocument>;
  if (problem.error_code === 'NOT_FOUND')
    return `The service at ${base} has no development endpoints. Set REDIS_URL to publish over its Redis.`;
  return problem.detail === undefined
    ? `${base} answered ${response.status}, and not as this service does. Check the address.`
    : `${problem.title}: ${problem.detail} ${problem.remedy}`;
}
