/**
 * Why a connection was refused or ended: the causes that a close reason names, and how to read one.
 *
 * The page [Close codes](/protocol/close-codes/) shows the table.
 *
 * @pageTitle Error codes
 * @packageDocumentation
 */

import { type CloseCode, lookUpCloseCode, type RetryAdvice } from './close-codes.ts';

/** Why a connection was refused or ended: one row of the error-code table. */
export interface ConnectionErrorEntry {
  /** The close code that carries this cause. 1006 means that the socket is dropped without a close frame. */
  readonly closeCode: CloseCode;
  /**
   * The `message` of the close reason. Short, because the whole reason holds 123 bytes of UTF-8
   * (RFC 6455, 5.5 and 7.1.6).
   */
  readonly message: string;
  /** What brought it about, for the reference and the playground. */
  readonly cause: string;
  /** What the author of a client does about it. */
  readonly remedy: string;
  /** Whether to try again, where that differs from what the close code says. */
  readonly retry?: RetryAdvice;
}

/**
 * Every cause of a refusal or an end that the service decides, by its stable `error_code`.
 *
 * The `error_code` is what a client's code tests; the message is for people and may change.
 */
export const connectionErrors = {
  TOKEN_MISSING: {
    closeCode: 1008,
    message: 'Connect with ?token=<jwt>',
    cause: 'The URL has no `token` query parameter, or it is empty.',
    remedy: 'Connect to `/ws?token=<jwt>`.',
    retry: 'never',
  },
  TOKEN_IN_HEADER: {
    closeCode: 1008,
    message: 'Authorization header not read; use ?token=',
    cause: 'The token came in an `Authorization` header, as the old endpoint took it. The header is not read.',
    remedy: 'Move the token to the query parameter: `/ws?token=<jwt>`.',
    retry: 'never',
  },
  TOKEN_REPEATED: {
    closeCode: 1008,
    message: 'More than one token in the URL',
    cause: 'The URL has the `token` query parameter more than once.',
    remedy: 'Give exactly one token. Build the URL anew for each attempt rather than appending to it.',
    retry: 'never',
  },
  TOKEN_MALFORMED: {
    closeCode: 1008,
    message: 'The token is not a signed JWT',
    cause: 'The `token` is not a JWT: three base64url parts joined by dots, the first two holding JSON.',
    remedy: 'Pass the access token as the identity service gave it, without `Bearer` or quotes.',
  },
  TOKEN_ALGORITHM_NOT_ALLOWED: {
    closeCode: 1008,
    message: 'Signing algorithm not allowed',
    cause: "The token's `alg` is not the one that the service is configured for. `none` never is.",
    remedy: 'Use a token from the identity service of the same environment.',
  },
  TOKEN_TYPE_INVALID: {
    closeCode: 1008,
    message: 'Not an access token (typ)',
    cause: "The token's header has a `typ` other than `JWT` or `at+jwt`: it was issued for another purpose.",
    remedy: 'Send the access token, not an ID token for logout or a proof token.',
  },
  TOKEN_KEY_UNKNOWN: {
    closeCode: 1008,
    message: 'No key matches the token',
    cause: "No key of the configured JWKS fits the token's `kid` and algorithm.",
    remedy: 'Fetch a new token: the identity service has probably rotated its keys.',
  },
  TOKEN_SIGNATURE_INVALID: {
    closeCode: 1008,
    message: 'The signature does not verify',
    cause: 'The token was changed, or signed with another key than the one that the service trusts.',
    remedy: 'Use a token from the identity service of the same environment, unchanged.',
  },
  TOKEN_EXPIRED: {
    closeCode: 1008,
    message: 'The token has expired',
    cause: "The token's `exp` has passed, at the handshake or while connected.",
    remedy: 'Fetch a new token and connect again. Renew before `exp` to avoid the gap.',
  },
  TOKEN_EXPIRY_MISSING: {
    closeCode: 1008,
    message: 'The token has no exp',
    cause: 'The token has no `exp` claim. Every token must expire.',
    remedy: 'Use a token with an `exp`, in seconds since 1970.',
  },
  TOKEN_NOT_YET_VALID: {
    closeCode: 1008,
    message: 'The token is not valid yet (nbf)',
    cause: "The token's `nbf` lies in the future.",
    remedy: 'Fetch a new token. If this one should be valid now, the clocks of issuer and service differ.',
  },
  TOKEN_ISSUER_INVALID: {
    closeCode: 1008,
    message: 'Wrong issuer (iss)',
    cause: 'The `iss` claim is missing or not the configured issuer (`huleedu-identity-service` by default).',
    remedy: 'Use a token from the identity service of the same environment.',
  },
  TOKEN_AUDIENCE_INVALID: {
    closeCode: 1008,
    message: 'Wrong audience (aud)',
    cause: 'The `aud` claim is missing or does not contain the configured audience (`huleedu-platform` by default).',
    remedy: 'Ask the identity service for a token for this audience.',
  },
  TOKEN_SUBJECT_INVALID: {
    closeCode: 1008,
    message: 'sub must be a non-empty string',
    cause: 'The `sub` claim, the user id, is missing, empty or not a string of whole characters.',
    remedy: "Use a user's token, not a service's.",
  },
  TOKEN_CLAIM_INVALID: {
    closeCode: 1008,
    message: 'A claim has the wrong type',
    cause: 'A time claim (`exp`, `nbf`, `iat`) is not a number.',
    remedy: 'Write time claims as seconds since 1970.',
  },
  ORIGIN_NOT_ALLOWED: {
    closeCode: 1008,
    message: 'Origin not allowed',
    cause: "The page's origin is neither the service's own nor in `CORS_ORIGINS`.",
    remedy: "Add the page's origin, exactly as the browser sends it, to `CORS_ORIGINS` of the service.",
    retry: 'never',
  },
  MESSAGE_RATE_EXCEEDED: {
    closeCode: 1008,
    message: 'Too many client messages',
    cause: 'The client sent more messages in a minute than `WEBSOCKET_MESSAGES_PER_MINUTE` allows (100 by default).',
    remedy: 'Send less: the connection is one-way and a client need not send anything.',
    retry: 'never',
  },
  BINARY_NOT_SUPPORTED: {
    closeCode: 1003,
    message: 'Binary frames are not supported',
    cause: 'The client sent a binary frame.',
    remedy: 'Send text, or nothing.',
  },
  MESSAGE_TOO_LARGE: {
    closeCode: 1009,
    message: 'Client message over 64 KiB',
    cause: 'The client sent a message over 64 KiB.',
    remedy: 'Send less: a client need not send anything. Use the HTTP API to upload.',
  },
  MESSAGE_TOO_FRAGMENTED: {
    closeCode: 1008,
    message: 'Message in too many fragments',
    cause: 'The client split one message into more fragments than the service puts together.',
    remedy: 'Send a message in one frame. Browsers do.',
    retry: 'never',
  },
  FRAME_INVALID: {
    closeCode: 1002,
    message: 'Not a valid WebSocket frame',
    cause: 'The client, or something between it and the service, sent bytes that break RFC 6455.',
    remedy: 'Use a well-kept WebSocket library, and look at the proxies in between.',
  },
  TEXT_NOT_UTF8: {
    closeCode: 1007,
    message: 'A text frame is not UTF-8',
    cause: 'The client sent a text frame that is not UTF-8.',
    remedy: 'Encode text as UTF-8.',
  },
  CONNECTION_LIMIT_EXCEEDED: {
    closeCode: 4000,
    message: 'Too many connections of this user',
    cause:
      'The user already has `WEBSOCKET_MAX_CONNECTIONS_PER_USER` connections (5 by default). The newest is refused.',
    remedy: 'Close another tab or connection of this user, and share one connection between the parts of a page.',
  },
  BROKER_UNAVAILABLE: {
    closeCode: 1013,
    message: 'The message broker is unreachable',
    cause: 'The service cannot subscribe at Redis at the moment, so it could not deliver anything.',
    remedy: 'Reconnect with growing waits. Whoever runs the service looks at `/healthz/redis`.',
  },
  SLOW_CONSUMER: {
    closeCode: 1013,
    message: 'The client reads too slowly',
    cause: 'What waits to be sent to this client exceeds `WEBSOCKET_SEND_BUFFER_LIMIT`.',
    remedy: 'Reconnect, reload what you show, and do less work in the message handler.',
  },
  INTERNAL_ERROR: {
    closeCode: 1011,
    message: 'An error inside the service',
    cause: 'The service met an error of its own. Its log has the details under the `correlation_id`.',
    remedy: 'Reconnect with growing waits, and report the `correlation_id`.',
  },
  KEYS_UNAVAILABLE: {
    closeCode: 1011,
    message: 'Token keys cannot be fetched',
    cause: 'The service could not fetch the keys from `JWT_JWKS_URL`, so it cannot judge any token.',
    remedy: 'Reconnect with growing waits. The token is not at fault.',
  },
  SERVER_SHUTDOWN: {
    closeCode: 1001,
    message: 'The server is shutting down',
    cause: 'The service is being stopped or restarted.',
    remedy: 'Reconnect after a short random wait.',
  },
  PEER_UNRESPONSIVE: {
    closeCode: 1006,
    message: 'Nothing heard within the idle time',
    cause:
      'The client answered neither a ping nor anything else for `WEBSOCKET_IDLE_TIMEOUT` (300 s by default), so the socket was dropped.',
    remedy: 'Nothing in the client: its network or its machine was gone. Reconnect when it is back.',
  },
} as const satisfies Record<string, ConnectionErrorEntry>;

/** The stable name of a cause; what a client's code tests. */
export type ConnectionErrorCode = keyof typeof connectionErrors;

/** The JSON object inside every close reason that the server sends. */
export interface CloseReason {
  /** The cause: what the code of a client tests. */
  readonly error_code: ConnectionErrorCode;
  /** A sentence for people. Do not test it: it may change. */
  readonly message: string;
  /** Names this connection in the service's log: 12 hexadecimal digits. */
  readonly correlation_id: string;
}

/**
 * Reads a close reason.
 *
 * @param text - The `reason` of the `close` event.
 * @returns The reason, or `undefined` where the text is none of this service's (empty after 1000, 1005 and 1006,
 * or written by a proxy).
 *
 * @example
 * ```ts
 * socket.addEventListener('close', (event) => {
 *   if (parseCloseReason(event.reason)?.error_code === 'TOKEN_EXPIRED') renewTokenAndReconnect();
 * });
 * ```
 */
export function parseCloseReason(text: string): CloseReason | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const reason = value as Partial<CloseReason> | null;
  const isReason =
    typeof reason === 'object' &&
    reason !== null &&
    typeof reason.error_code === 'string' &&
    typeof reason.message === 'string' &&
    typeof reason.correlation_id === 'string';
  return isReason ? (reason as CloseReason) : undefined;
}

/**
 * Whether to try again after a close: as the cause says, where the reason names one, else as the code does.
 *
 * @param code - The `code` of the `close` event.
 * @param errorCode - The `error_code` of its reason, where there is one.
 * @returns The advice; `back_off` for a code that this service never sends.
 */
export function retryAdvice(code: number, errorCode?: string): RetryAdvice {
  const causes: Readonly<Record<string, ConnectionErrorEntry | undefined>> = connectionErrors;
  const ofCause = errorCode === undefined ? undefined : causes[errorCode]?.retry;
  return ofCause ?? lookUpCloseCode(code)?.retry ?? 'back_off';
}
