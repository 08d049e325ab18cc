import type { ConnectionErrorCode } from '../contract/error-codes.ts';
import type { HttpErrorCode } from '../contract/http-errors.ts';
import type { metrics } from '../contract/metrics.ts';

/** Why a message did not reach a socket: the values of the metric that counts them. */
export type DeliveryFailure =
  keyof (typeof metrics)['websocket_messages_failed_total']['labels']['error_type']['values'];

/** Whoever counts and logs what happens to connections. Called on the hot path: implementations only add. */
export interface ConnectionObserver {
  opened(connection: ConnectionFacts): void;
  refused(refusal: RefusalFacts): void;
  closed(connection: ConnectionFacts, end: ConnectionEnd): void;
  /** One message went to so many sockets. */
  sent(sockets: number): void;
  /** One message did not go to so many sockets. */
  failed(failure: DeliveryFailure, sockets: number, channel: string): void;
  /** A subscription was confirmed after so many milliseconds. */
  subscribed(durationMs: number): void;
}

/** What may be said of a connection: never its token. */
export interface ConnectionFacts {
  readonly correlationId: string;
  readonly userId: string;
}

/** How a connection ended. */
export interface ConnectionEnd {
  /** The code that the service sent, or else the one that the client sent; 1006 where neither did. */
  readonly code: number;
  /** `undefined` where the client, or its network, ended it. */
  readonly cause: ConnectionErrorCode | undefined;
  readonly durationMs: number;
}

/** Why a handshake was refused. */
export interface RefusalFacts {
  readonly correlationId: string;
  readonly cause: ConnectionErrorCode | HttpErrorCode;
  /** Where the token was good. */
  readonly userId?: string | undefined;
  readonly origin: string | undefined;
  /** Where the fault was the service's own: what went wrong. */
  readonly error?: unknown;
}
