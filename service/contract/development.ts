/**
 * Bodies and answers of the endpoints that exist in development alone: they mint tokens, right and wrong ones, publish
 * notifications as a backend service would, and tell what was decided of the last handshakes.
 *
 * @pageTitle Development endpoints
 * @packageDocumentation
 */

import type { CloseCode } from './close-codes.ts';
import type { ConnectionErrorCode } from './error-codes.ts';
import type { HttpErrorCode } from './http-errors.ts';

/** One way in which a token can be wrong. */
export interface TokenDefectEntry {
  /** A few words for a list to choose from. */
  readonly title: string;
  /** The cause that the service gives when such a token is used. */
  readonly error: ConnectionErrorCode;
}

/** Each way of being wrong that `POST /dev/tokens` can mint, and the cause that the handshake must then give. */
export const tokenDefects = {
  expired: { title: 'Expired', error: 'TOKEN_EXPIRED' },
  wrong_signature: { title: 'Wrong signature', error: 'TOKEN_SIGNATURE_INVALID' },
  wrong_issuer: { title: 'Wrong issuer', error: 'TOKEN_ISSUER_INVALID' },
  wrong_audience: { title: 'Wrong audience', error: 'TOKEN_AUDIENCE_INVALID' },
  no_subject: { title: 'No subject', error: 'TOKEN_SUBJECT_INVALID' },
  empty_subject: { title: 'Empty subject', error: 'TOKEN_SUBJECT_INVALID' },
  numeric_subject: { title: 'Numeric subject', error: 'TOKEN_SUBJECT_INVALID' },
  not_yet_valid: { title: 'Not yet valid', error: 'TOKEN_NOT_YET_VALID' },
  no_expiry: { title: 'No expiry', error: 'TOKEN_EXPIRY_MISSING' },
  expiry_not_a_number: { title: 'Expiry not a number', error: 'TOKEN_CLAIM_INVALID' },
  wrong_algorithm: { title: 'Wrong algorithm', error: 'TOKEN_ALGORITHM_NOT_ALLOWED' },
  unsigned: { title: 'Unsigned (alg none)', error: 'TOKEN_ALGORITHM_NOT_ALLOWED' },
  wrong_type: { title: 'Wrong type', error: 'TOKEN_TYPE_INVALID' },
  malformed: { title: 'Malformed', error: 'TOKEN_MALFORMED' },
} as const satisfies Record<string, TokenDefectEntry>;

/** The name of one way in which a token can be wrong. */
export type TokenDefect = keyof typeof tokenDefects;

/** The lifetime of a minted token in seconds, unless the request gives one. */
export const defaultTokenLifetimeSeconds = 3600;

/** The longest lifetime of a minted token: 30 days, in seconds. */
export const maxTokenLifetimeSeconds = 30 * 24 * 3600;

/** The body of `POST /dev/tokens`. */
export interface TokenRequest {
  /**
   * The `sub` of the token.
   *
   * @minLength 1
   * @maxLength 256
   */
  readonly user_id: string;
  /**
   * Seconds from now to `exp`; an hour unless given.
   *
   * @asType integer
   * @minimum 1
   */
  readonly lifetime_seconds?: number;
  /** Claims to add, or to put in place of the usual ones. `null` removes a claim. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Make the token wrong in this way. */
  readonly defect?: TokenDefect;
}

/** The answer of `POST /dev/tokens`. */
export interface TokenResponse {
  /** The JWT in compact form. */
  readonly token: string;
  /** The cause that a handshake with this token must give; `null` for a token that is meant to work. */
  readonly expected_error: ConnectionErrorCode | null;
}

/**
 * The body of `POST /dev/notifications`.
 *
 * `payload` is published as it stands, byte for byte, as a backend service's `PUBLISH` would be: valid or not.
 */
export interface NotificationRequest {
  /**
   * Whose channel to publish on.
   *
   * @minLength 1
   * @maxLength 256
   */
  readonly user_id: string;
  /** The text to publish: normally `{"event": …, "data": …}` as JSON. */
  readonly payload: string;
}

/** The answer of `POST /dev/notifications`. */
export interface NotificationResponse {
  /** The channel that was published on. */
  readonly channel: string;
  /**
   * How many bytes of UTF-8 were published.
   *
   * @asType integer
   */
  readonly bytes: number;
  /**
   * How many subscribers the broker handed it to: one an instance of the service with this user connected.
   *
   * @asType integer
   */
  readonly receivers: number;
}

/** How many handshakes the service remembers; each new one then displaces the oldest. */
export const rememberedHandshakes = 200;

/** The most characters that are remembered of a path, an origin or a user id. */
export const rememberedTextLength = 256;

/**
 * What became of a request for a WebSocket.
 *
 * - `accepted`: the WebSocket is open, and its user's channel subscribed.
 * - `refused`: it was opened and closed at once, with a close code and a cause that the client can read.
 * - `gone`: the old endpoint; HTTP 410, of which a browser shows 1006.
 * - `not_upgraded`: any other HTTP answer in place of a WebSocket; a browser shows 1006.
 * - `abandoned`: the client left before it was answered.
 */
export type HandshakeOutcome = 'accepted' | 'refused' | 'gone' | 'not_upgraded' | 'abandoned';

/** What the service decided of one request for a WebSocket. It never holds a token. */
export interface HandshakeDecision {
  /**
   * Names the handshake in the log and, where there is one, in the close reason or the problem document. `null` where it was
   * answered as another endpoint answers, without an error.
   */
  readonly correlation_id: string | null;
  /** When it was decided, by the service's clock: ISO 8601 in UTC, with milliseconds. */
  readonly at: string;
  /** The path that was asked for, without its query. `…` stands for what looked like a token, and for what was too long. */
  readonly path: string;
  /** The `Origin` that a browser sent; `null` where none was sent, which is so outside of browsers. */
  readonly origin: string | null;
  /** What became of it. */
  readonly outcome: HandshakeOutcome;
  /** Why: a cause of the close reasons or an HTTP error. `null` where it was accepted, or answered without an error. */
  readonly error_code: ConnectionErrorCode | HttpErrorCode | null;
  /**
   * The HTTP status that the client got: 101 where it got a WebSocket, `null` where it got nothing.
   *
   * @asType integer
   */
  readonly http_status: number | null;
  /** The close code that followed the opening at once; `null` where none did. */
  readonly close_code: CloseCode | null;
  /** The user, where the token was good: which of several users of one origin it was. */
  readonly user_id: string | null;
}

/** The answer of `GET /dev/handshakes`. */
export interface HandshakesResponse {
  /** The service's clock as it answered: ISO 8601 in UTC. Ages can be told by it, whatever the reader's clock says. */
  readonly now: string;
  /** The last handshakes, the newest first. */
  readonly handshakes: readonly HandshakeDecision[];
}
