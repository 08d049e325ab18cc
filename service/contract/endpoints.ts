/** The port that the service listens on unless `WEBSOCKET_PORT` says otherwise. */
export const defaultPort = 8004;

/** The paths of the service. */
export const endpoints = {
  /** The WebSocket. `/ws/` is the same place. */
  websocket: '/ws',
  health: '/healthz',
  healthRedis: '/healthz/redis',
  healthWebsocket: '/healthz/websocket',
  metrics: '/metrics',
  /** Mints tokens; in development only. */
  devTokens: '/dev/tokens',
  /** Publishes as a backend service would; in development only. */
  devNotifications: '/dev/notifications',
} as const;

/** The endpoint of the API gateway that this service replaces: every request below it gets 410 Gone. */
export const legacyWebsocketPrefix = '/ws/v1/status';

/** The pages that the service's own answers and the tables' entries link to; `reference-pages.ts` has the anchors. */
export const pages = {
  migrationGuide: '/migrate/',
  playground: '/playground/',
  closeCodes: '/protocol/close-codes/',
  httpErrors: '/reference/http-errors/',
} as const;

/** The folder of the pages that explain one close code each. */
export const closeCodeFolder = '/reference/close-codes/';

/** How many connections one user may have on one instance, unless configured otherwise. */
export const defaultMaxConnectionsPerUser = 5;

/** How many messages a client may send in a minute, unless configured otherwise. */
export const defaultMessagesPerMinute = 100;

/** The longest message that a client may send, in bytes. */
export const maxClientMessageBytes = 64 * 1024;

/** The longest close reason, in bytes of UTF-8 (RFC 6455, 5.5: control frames carry 125 bytes, two are the code). */
export const maxCloseReasonBytes = 123;

/**
 * The address to open a WebSocket at.
 *
 * @param base - The service's address, `http(s)://` or `ws(s)://`, with or without a path.
 * @param token - The JWT. Leave it out to show an address without a secret in it.
 * @throws TypeError when `base` is no URL.
 *
 * @example
 * ```ts
 * new WebSocket(websocketUrl('https://realtime.example', token));
 * ```
 */
export function websocketUrl(base: string, token?: string): string {
  const url = new URL(base);
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:';
  url.pathname = url.pathname.replace(/\/$/, '') + endpoints.websocket;
  url.search = '';
  url.hash = '';
  if (token !== undefined) url.searchParams.set('token', token);
  return url.href;
}
