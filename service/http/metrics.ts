import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricEntry, type MetricName, metrics as table } from '../contract/metrics.ts';

type LabelOf<N extends MetricName> = Extract<keyof (typeof table)[N]['labels'], string>;

/** What the service counts: the registry is made of the table in the contract, and of nothing else. */
export interface Metrics {
  readonly registry: Registry;
  readonly connections: Counter<LabelOf<'websocket_connections_total'>>;
  readonly messagesSent: Counter;
  readonly messagesFailed: Counter<LabelOf<'websocket_messages_failed_total'>>;
  readonly tokens: Counter<LabelOf<'jwt_validation_total'>>;
  readonly connectionDuration: Histogram;
  readonly subscriptionDuration: Histogram;
  readonly httpRequests: Counter<LabelOf<'websocket_http_requests_total'>>;
  readonly httpDuration: Histogram<LabelOf<'websocket_http_request_duration_seconds'>>;
}

/**
 * Makes the metrics, each series that has a fixed set of labels at 0 from the start, so that a rate can be computed from the first
 * event on.
 *
 * @param activeConnections - Read when the metrics are.
 */
export function createMetrics(activeConnections: () => number): Metrics {
  const registry = new Registry();
  const described = <N extends MetricName>(name: N) => {
    const { help, labels }: MetricEntry = table[name];
    return { name, help, labelNames: Object.keys(labels) as LabelOf<N>[], registers: [registry] };
  };
  const counter = <N extends MetricName>(name: N) => {
    const made = new Counter<LabelOf<N>>(described(name));
    for (const labels of fixedLabels(table[name])) made.inc(labels as Record<LabelOf<N>, string>, 0);
    return made;
  };
  const histogram = <N extends MetricName>(name: N) => {
    const { buckets = [] }: MetricEntry = table[name];
    return new Histogram<LabelOf<N>>({ ...described(name), buckets: [...buckets] });
  };
  new Gauge({
    ...described('websocket_active_connections'),
    collect() {
      this.set(activeConnections());
    },
  });
  return {
    registry,
    connections: counter('websocket_connections_total'),
    messagesSent: counter('websocket_messages_sent_total'),
    messagesFailed: counter('websocket_messages_failed_total'),
    tokens: counter('jwt_validation_total'),
    connectionDuration: histogram('websocket_connection_duration_seconds'),
    subscriptionDuration: histogram('redis_subscription_duration_seconds'),
    httpRequests: counter('websocket_http_requests_total'),
    httpDuration: histogram('websocket_http_request_duration_seconds'),
  };
}

/** Every set of labels that a metric with one label of known values can have; none where its values are open. */
function fixedLabels({ labels }: MetricEntry): Record<string, string>[] {
  const [first, ...others] = Object.entries(labels);
  if (first === undefined) return [];
  const [name, { values }] = first;
  if (values === undefined || others.length > 0) return [];
  return Object.keys(values).map((value) => ({ [name]: value }));
}
