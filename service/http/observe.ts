import type { FastifyBaseLogger } from 'fastify';
import type { ConnectionObserver, DeliveryFailure } from '../connections/observer.ts';
import type { ConnectionErrorCode } from '../contract/error-codes.ts';
import type { Metrics } from './metrics.ts';

/** How often the log may say that messages failed in one way, in milliseconds: a sender's mistake comes in thousands. */
const failureLogIntervalMs = 10_000;

const serversOwnFaults: ReadonlySet<ConnectionErrorCode> = new Set(['INTERNAL_ERROR', 'KEYS_UNAVAILABLE']);

/** Counts and logs what happens to connections: one line a connection opened, refused and closed. */
export function createObserver(metrics: Metrics, log: FastifyBaseLogger): ConnectionObserver {
  // Label objects and children are made once: what runs for each message allocates nothing.
  const status = (of: string) => metrics.connections.labels(of);
  const accepted = status('accepted');
  const rejected = status('rejected');
  const ended = status('closed');
  const loggedAt: Record<DeliveryFailure, number> = { not_utf8: -Infinity, slow_consumer: -Infinity };

  return {
    opened({ correlationId, userId }) {
      accepted.inc();
      metrics.tokens.inc({ result: 'success' });
      log.info({ correlation_id: correlationId, user_id: userId }, 'connection opened');
    },
    refused({ correlationId, cause, origin, error }) {
      rejected.inc();
      countToken(metrics, cause);
      const line = { correlation_id: correlationId, cause, ...(origin !== undefined && { origin }) };
      if (serversOwnFaults.has(cause)) log.error({ ...line, error: describe(error) }, 'connection refused');
      else log.info(line, 'connection refused');
    },
    closed({ correlationId, userId }, { code, cause, durationMs }) {
      ended.inc();
      metrics.connectionDuration.observe(durationMs / 1000);
      const duration_seconds = Math.round(durationMs) / 1000;
      log.info(
        { correlation_id: correlationId, user_id: userId, code, cause: cause ?? 'CLIENT_LEFT', duration_seconds },
        'connection closed',
      );
    },
    sent(sockets) {
      metrics.messagesSent.inc(sockets);
    },
    failed(failure, sockets, channel) {
      metrics.messagesFailed.inc({ error_type: failure }, sockets);
      const now = performance.now();
      if (now - loggedAt[failure] < failureLogIntervalMs) return;
      loggedAt[failure] = now;
      log.warn({ error_type: failure, channel, sockets }, 'message not delivered');
    },
    subscribed(durationMs) {
      metrics.subscriptionDuration.observe(durationMs / 1000);
    },
  };
}

/** A refusal says something of the token only where the token was judged and is its cause. */
function countToken(metrics: Metrics, cause: ConnectionErrorCode): void {
  if (cause === 'TOKEN_EXPIRED') metrics.tokens.inc({ result: 'expired' });
  else if (cause.startsWith('TOKEN_')) metrics.tokens.inc({ result: 'invalid' });
  else if (cause === 'CONNECTION_LIMIT_EXCEEDED' || cause === 'BROKER_UNAVAILABLE')
    metrics.tokens.inc({ result: 'success' });
}

/** The stacks alone, down to what lies behind ("fetch failed" says nothing): errors of jose carry the claims, others may carry more. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? error.message;
  return error.cause === undefined ? text : `${text}\ncaused by ${describe(error.cause)}`;
}
