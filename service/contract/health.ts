/**
 * What the health endpoints answer, as JSON.
 *
 * @pageTitle Health answers
 * @packageDocumentation
 */

/** The answer of `GET /healthz`: the process is alive. */
export interface HealthResponse {
  /** `SERVICE_NAME`. */
  readonly service: string;
  /** Always `healthy`: a process that is not does not answer. */
  readonly status: 'healthy';
  /** A sentence for people. */
  readonly message: string;
  /** `ENVIRONMENT`. */
  readonly environment: string;
  /** ISO 8601. */
  readonly timestamp: string;
  /** How long the process has run, in seconds. */
  readonly uptime_seconds: number;
  /** The version of the service. */
  readonly version: string;
  /** Whether the development endpoints exist. */
  readonly development_endpoints: boolean;
}

/** How far the broker is with subscribing. */
export interface ChannelCounts {
  /**
   * Channels that the broker has confirmed.
   *
   * @asType integer
   */
  readonly confirmed: number;
  /**
   * Channels that connections want, one for each connected user.
   *
   * @asType integer
   */
  readonly wanted: number;
}

/** The answer of `GET /healthz/redis`: 200 when `healthy`, 503 when not. */
export interface RedisHealthResponse {
  /** Always `redis`, whichever broker there is. */
  readonly service: 'redis';
  /** `healthy` where a message published a moment ago came back, and every wanted channel is acknowledged. */
  readonly status: 'healthy' | 'unhealthy';
  /** What was seen, or what is wrong, without credentials. */
  readonly message: string;
  /** `embedded` where `REDIS_URL` is unset: there is no Redis then, and nothing to fail. */
  readonly broker: 'embedded' | 'redis';
  /** Where Redis is, without credentials. `null` with the embedded broker. */
  readonly address: string | null;
  /** How many channels the broker has confirmed, and how many are wanted. Equal when all is well. */
  readonly channels: ChannelCounts;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** The answer of `GET /healthz/websocket`. */
export interface WebsocketHealthResponse {
  /** Always `websocket_manager`, as the old service named it. */
  readonly service: 'websocket_manager';
  /** Always `healthy`: a process that is not does not answer. */
  readonly status: 'healthy';
  /**
   * Open connections on this instance.
   *
   * @asType integer
   */
  readonly total_connections: number;
  /**
   * `WEBSOCKET_MAX_CONNECTIONS_PER_USER`.
   *
   * @asType integer
   */
  readonly max_connections_per_user: number;
}
