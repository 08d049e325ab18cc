/**
 * The errors of the HTTP endpoints: their codes, and the problem document that tells of one.
 *
 * The page [HTTP errors](/reference/http-errors/) shows the table.
 *
 * @pageTitle HTTP errors
 * @packageDocumentation
 */

/** One row of the table of HTTP errors. */
export interface HttpErrorEntry {
  /** The HTTP status of the answer. */
  readonly status: number;
  /** A short summary that is the same for every occurrence (RFC 9457, `title`). */
  readonly title: string;
  /** What brings it about. */
  readonly when: string;
  /** What the caller does about it; the same for every occurrence. */
  readonly remedy: string;
}

/** Every error that the HTTP endpoints answer with, by its stable `error_code`. */
export const httpErrors = {
  ENDPOINT_GONE: {
    status: 410,
    title: 'The old WebSocket endpoint is gone',
    when: 'Any request to `/ws/v1/status/…`, with an upgrade or without.',
    remedy: 'Connect to `/ws?token=<jwt>` of the WebSocket service. The migration guide shows how.',
  },
  UPGRADE_REQUIRED: {
    status: 426,
    title: 'This is a WebSocket endpoint',
    when: 'A request to `/ws` that asks for no upgrade.',
    remedy: 'Connect with a WebSocket client: `new WebSocket("ws://<host>/ws?token=<jwt>")`.',
  },
  HANDSHAKE_INVALID: {
    status: 400,
    title: 'Not a valid WebSocket handshake',
    when: 'An upgrade at `/ws` that breaks RFC 6455, such as one without `Sec-WebSocket-Key`.',
    remedy: 'Use a WebSocket library that follows RFC 6455, version 13.',
  },
  BODY_INVALID: {
    status: 400,
    title: 'The request body is not what this endpoint takes',
    when: 'What a development endpoint is sent is not JSON, lacks a field, or has one too many.',
    remedy: 'Send JSON of the documented shape; `detail` names the first thing that is wrong.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The request body is too large',
    when: 'What a development endpoint is sent is over 1 MiB.',
    remedy: 'Send at most 1 MiB.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'The request body is not JSON',
    when: 'What a development endpoint is sent has another `Content-Type` than `application/json`.',
    remedy: 'Send JSON with `Content-Type: application/json`.',
  },
  CALLER_NOT_ALLOWED: {
    status: 403,
    title: 'Development endpoints answer this machine and the configured origins alone',
    when: 'A development endpoint is called from another machine, or by a page whose origin is not allowed.',
    remedy: "Call from the service's own machine, or add the page's origin to `CORS_ORIGINS`.",
  },
  MINTING_UNAVAILABLE: {
    status: 409,
    title: 'This service cannot mint tokens',
    when: '`POST /dev/tokens` at a service that verifies tokens with public keys.',
    remedy:
      'Tokens are minted only where `JWT_ALGORITHM` is HS256; with a public key the service holds no private one.',
  },
  BROKER_UNAVAILABLE: {
    status: 503,
    title: 'The message broker is unreachable',
    when: '`POST /dev/notifications` while Redis cannot be reached.',
    remedy: 'Start Redis, or unset `REDIS_URL` to use the embedded broker, and try again.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is nothing at this address',
    when: 'Nothing is served at this path, or not by this method.',
    remedy: 'Look at the list of endpoints in the documentation.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The address and the headers of the request are too large',
    when: 'Address and headers are over 16 KiB together. This is how a WebSocket handshake is answered, too.',
    remedy: 'Keep them under 16 KiB together. Mostly it is the token that is too long, or cookies of the same host.',
  },
  REQUEST_INVALID: {
    status: 400,
    title: 'The request cannot be understood',
    when: 'What came is no HTTP, its path is no valid percent-encoding, or it did not arrive whole in time.',
    remedy: 'Check the address, the headers and the body of the request.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'An error inside the service',
    when: 'A fault of the service that nobody knows of.',
    remedy: 'Try again; if it stays, give the `correlation_id` to whoever runs the service: its log has the details.',
  },
} as const satisfies Record<string, HttpErrorEntry>;

/** The stable name of an HTTP error. */
export type HttpErrorCode = keyof typeof httpErrors;

/** The body of every HTTP error: RFC 9457 problem details, `application/problem+json`. */
export interface ProblemDocument {
  /** A link to the documentation of this error, relative to the service. */
  readonly type: string;
  /** What kind of error it is, the same for every occurrence (RFC 9457, 3.1.3). */
  readonly title: string;
  /**
   * The HTTP status of the answer, once more for who has the body alone.
   *
   * @asType integer
   */
  readonly status: number;
  /** What was wrong with this very request. */
  readonly detail: string;
  /** The stable name of the error: what the code of a caller tests. */
  readonly error_code: HttpErrorCode;
  /** What to do about it. */
  readonly remedy: string;
  /** Names this request in the service's log. */
  readonly correlation_id: string;
  /** With `ENDPOINT_GONE` and `UPGRADE_REQUIRED`: where to connect instead. */
  readonly endpoint?: string;
  /** With `ENDPOINT_GONE`: the migration guide. */
  readonly migration_guide?: string;
}
