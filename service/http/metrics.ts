import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DeliveryFailure } from '../connections/observer.ts';

/** What the service counts. No label ever holds a user id: that would be one time series a user. */
export interface Metrics {
  readonly registry: Registry;
  readonly connections: Counter<'status'>;
  readonly messagesSent: Counter;
  readonly messagesFailed: Counter<'error_type'>;
  readonly tokens: Counter<'result'>;
  readonly connectionDuration: Histogram;
  readonly subscriptionDuration: Histogram;
  readonly httpRequests: Counter<'method' | 'endpoint' | 'http_status'>;
  readonly httpDuration: Histogram<'method' | 'endpoint'>;
}

const connectionStatuses = ['accepted', 'rejected', 'closed'] as const;
const tokenResults = ['success', 'expired', 'invalid'] as const;
const failures: readonly DeliveryFailure[] = ['not_utf8', 'slow_consumer'];

/**
 * Makes the metrics, each series that has a fixed set of labels at 0 from the start, so that a rate can be computed from the first
 * event on.
 *
 * @param activeConnections - Read when the metrics are.
 */
export function createMetrics(activeConnections: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'websocket_active_connections',
    help: 'Open WebSocket connections on this instance.',
    registers,
    collect() {
      this.set(activeConnections());
    },
  });
  const metrics = {
    registry,
    connections: new Counter({
      name: 'websocket_connections_total',
      help: 'WebSocket connections by what became of them: accepted, rejected at the handshake, or closed after having been accepted.',
      labelNames: ['status'],
      registers,
    }),
    messagesSent: new Counter({
      name: 'websocket_messages_sent_total',
      help: 'Messages handed to sockets: one a message and socket.',
      registers,
    }),
    messagesFailed: new Counter({
      name: 'websocket_messages_failed_total',
      help: 'Messages not handed to an open socket, by reason: one a message and socket.',
      labelNames: ['error_type'],
      registers,
    }),
    tokens: new Counter({
      name: 'jwt_validation_total',
      help: 'Tokens judged at a handshake, by result.',
      labelNames: ['result'],
      registers,
    }),
    connectionDuration: new Histogram({
      name: 'websocket_connection_duration_seconds',
      help: 'How long accepted connections lasted.',
      buckets: [1, 10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800],
      registers,
    }),
    subscriptionDuration: new Histogram({
      name: 'redis_subscription_duration_seconds',
      help: "How long a handshake waited until the user's channel was subscribed.",
      buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
    httpRequests: new Counter({
      name: 'websocket_http_requests_total',
      help: 'HTTP requests answered.',
      labelNames: ['method', 'endpoint', 'http_status'],
      registers,
    }),
    httpDuration: new Histogram({
      name: 'websocket_http_request_duration_seconds',
      help: 'How long HTTP requests took.',
      labelNames: ['method', 'endpoint'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
  } satisfies Metrics;
  for (const status of connectionStatuses) metrics.connections.inc({ status }, 0);
  for (const result of tokenResults) metrics.tokens.inc({ result }, 0);
  for (const error_type of failures) metrics.messagesFailed.inc({ error_type }, 0);
  return metrics;
}
