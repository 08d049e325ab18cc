/**
 * What the service counts, by the names that Prometheus reads. The registry is made of this table.
 *
 * The page [Metrics](/reference/metrics/) shows it with a query for each.
 *
 * @pageTitle Metrics
 * @packageDocumentation
 */

/** What a metric counts or measures (Prometheus' types). */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** One label of a metric. */
export interface MetricLabel {
  /** What the label tells apart. */
  readonly meaning: string;
  /** Every value that it can have, each with its meaning; left out where the values are open, such as paths. */
  readonly values?: Readonly<Record<string, string>>;
}

/** One row of the table of metrics. */
export interface MetricEntry {
  /** How Prometheus reads it. */
  readonly type: MetricType;
  /** What one unit of it is. */
  readonly unit: 'connections' | 'messages' | 'tokens' | 'requests' | 'seconds';
  /** What it says, in one sentence: the `HELP` line of the exposition. */
  readonly help: string;
  /** Its labels by name, in the order of the exposition. None of them ever holds a user id. */
  readonly labels: Readonly<Record<string, MetricLabel>>;
  /** With a histogram: the upper bounds of its buckets, in seconds. */
  readonly buckets?: readonly number[];
  /** What it can be asked. */
  readonly query: MetricQuery;
}

/** A question that a metric answers. */
export interface MetricQuery {
  /** In words, as an operator would ask. */
  readonly question: string;
  /** In PromQL, over all instances. */
  readonly promql: string;
}

/** Every metric at `/metrics`, by name. The names are kept from the service's first version: dashboards rely on them. */
export const metrics = {
  websocket_active_connections: {
    type: 'gauge',
    unit: 'connections',
    help: 'Open WebSocket connections on this instance.',
    labels: {},
    query: { question: 'How many are connected, over all instances?', promql: 'sum(websocket_active_connections)' },
  },
  websocket_connections_total: {
    type: 'counter',
    unit: 'connections',
    help: 'WebSocket connections by what became of them: accepted, rejected at the handshake, or closed after having been accepted.',
    labels: {
      status: {
        meaning: 'What became of the connection.',
        values: {
          accepted: 'It was let in. It counts as `closed` too once it has ended.',
          rejected:
            'It was refused at the handshake: closed at once with a cause, or answered with 400 where it breaks RFC 6455.',
          closed: 'It had been accepted, and has ended.',
        },
      },
    },
    query: {
      question: 'Which share of the handshakes is refused?',
      promql:
        'sum(rate(websocket_connections_total{status="rejected"}[5m])) / sum(rate(websocket_connections_total{status=~"accepted|rejected"}[5m]))',
    },
  },
  websocket_messages_sent_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Messages handed to sockets: one a message and socket.',
    labels: {},
    query: {
      question: 'How many messages a second are delivered?',
      promql: 'sum(rate(websocket_messages_sent_total[1m]))',
    },
  },
  websocket_messages_failed_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Messages not handed to an open socket, by reason: one a message and socket.',
    labels: {
      error_type: {
        meaning: 'Why it was not handed over.',
        values: {
          not_utf8: 'What was published is not UTF-8, so it cannot be a text frame.',
          slow_consumer: 'The client reads too slowly: its connection was ended instead.',
        },
      },
    },
    query: {
      question: 'Are messages failing, and why?',
      promql: 'sum by (error_type) (increase(websocket_messages_failed_total[15m])) > 0',
    },
  },
  jwt_validation_total: {
    type: 'counter',
    unit: 'tokens',
    help: 'Tokens judged at a handshake, by result.',
    labels: {
      result: {
        meaning:
          'How the token was judged. A token that could not be judged, because the keys could not be fetched, is not counted.',
        values: {
          success: 'It is good. The connection can still be refused, by the limit of connections for instance.',
          expired: 'Its `exp` has passed.',
          invalid: 'It is wrong in any other way.',
        },
      },
    },
    query: {
      question: 'Do clients come with expired tokens?',
      promql: 'sum(rate(jwt_validation_total{result="expired"}[5m])) / sum(rate(jwt_validation_total[5m]))',
    },
  },
  websocket_connection_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'How long accepted connections lasted.',
    labels: {},
    buckets: [1, 10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800],
    query: {
      question: 'How long does the typical connection last?',
      promql: 'histogram_quantile(0.5, sum by (le) (rate(websocket_connection_duration_seconds_bucket[1h])))',
    },
  },
  redis_subscription_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: "How long a handshake waited until the user's channel was subscribed.",
    labels: {},
    buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    query: {
      question: 'Does Redis confirm subscriptions quickly?',
      promql: 'histogram_quantile(0.99, sum by (le) (rate(redis_subscription_duration_seconds_bucket[5m])))',
    },
  },
  websocket_http_requests_total: {
    type: 'counter',
    unit: 'requests',
    help: 'HTTP requests answered.',
    labels: {
      method: { meaning: 'The HTTP method.' },
      endpoint: {
        meaning: "The route's pattern, such as `/healthz`; `none` where no route fits. Never the path itself.",
      },
      http_status: { meaning: 'The status of the answer.' },
    },
    query: {
      question: 'Who still calls the old endpoint?',
      promql: 'sum by (endpoint) (rate(websocket_http_requests_total{http_status="410"}[15m]))',
    },
  },
  websocket_http_request_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'How long HTTP requests took.',
    labels: {
      method: { meaning: 'The HTTP method.' },
      endpoint: {
        meaning: "The route's pattern, such as `/healthz`; `none` where no route fits. Never the path itself.",
      },
    },
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    query: {
      question: 'How slow are the slowest answers of each route?',
      promql:
        'histogram_quantile(0.95, sum by (le, endpoint) (rate(websocket_http_request_duration_seconds_bucket[5m])))',
    },
  },
} as const satisfies Record<string, MetricEntry>;

/** The name of a metric. */
export type MetricName = keyof typeof metrics;
