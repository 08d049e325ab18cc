/**
 * Where the service answers, and how much it takes from one client.
 *
 * @pageTitle Endpoints and limits
 * @packageDocumentation
 */

/** The port that the service listens on unless `WEBSOCKET_PORT` says otherwise. */
export const defaultPort = 8004;

/** The paths of the service. */
export const endpoints = {
  /** The WebSocket. `/ws/` is the same place. */
  websocket: '/ws',
  /** Whether the process is alive. */
  health: '/healthz',
  /** Whether notifications can arrive: 503 where they cannot. */
  healthRedis: '/healthz/redis',
  /** How many connections are open on this instance. */
  healthWebsocket: '/healthz/websocket',
  /** Prometheus text, unless `ENABLE_METRICS` is `false`. */
  metrics: '/metrics',
  /** Mints tokens; in development only. */
  devTokens: '/dev/tokens',
  /** Publishes as a backend service would; in development only. */
  devNotifications: '/dev/notifications',
  /** What was decided of the last handshakes, and why; in development only. */
  devHandshakes: '/dev/handshakes',
} as const;

/** What describes the service for programs: the same paths on a running service and on a static host of the site. */
export const documents = {
  /** The WebSocket as an AsyncAPI 3.0 document. */
  asyncapi: '/asyncapi.json',
  /** The same as YAML. */
  asyncapiYaml: '/asyncapi.yaml',
  /** The HTTP endpoints as an OpenAPI 3.1 document. */
  openapi: '/openapi.json',
  /** The same as YAML. */
  openapiYaml: '/openapi.yaml',
  /** Below it one JSON Schema for each notification type: `<event>.json`. */
  notificationSchemas: '/schemas/notifications/',
} as const;

/**
 * Where the JSON Schema of a notification type is served.
 *
 * @param event - The name of the type, such as `class_created`.
 */
export function notificationSchemaPath(event: string): string {
  return `${documents.notificationSchemas}${event}.json`;
}

/** The endpoint of the API gateway that this service replaces: every request below it gets 410 Gone. */
export const legacyWebsocketPrefix = '/ws/v1/status';

/** The pages that the service's own answers and the tables' entries link to; `reference-pages.ts` has the anchors. */
export const pages = {
  /** For who comes from the old endpoint: the 410 names it. */
  migrationGuide: '/migrate/',
  /** Where everything on this site can be tried. */
  playground: '/playground/',
  /** What a close code is; a page for each stands below {@link closeCodeFolder}. */
  closeCodes: '/protocol/close-codes/',
  /** What a browser hides of a refused handshake, and the visitor's own last failures. */
  why1006: '/protocol/why-1006/',
  /** An entry for each `error_code`; the `type` of a problem document leads to it. */
  httpErrors: '/reference/http-errors/',
  /** The first page of the reference: what there is to look up. */
  reference: '/reference/',
  /** The index of the notification types; a page for each stands below it. */
  notifications: '/reference/notifications/',
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
 * @returns The address: `ws://` or `wss://`, ending in `/ws`, with the token as its only query parameter.
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

/** How often the service pings each client, in seconds, unless it is set up differently. */
export const defaultPingIntervalSeconds = 30;
