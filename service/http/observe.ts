import type { FastifyBaseLogger } from 'fastify';
import type { VerifyToken } from '../auth/verify.ts';
import type { ConnectionObserver, DeliveryFailure } from '../connections/observer.ts';
import { ConnectionError } from '../errors.ts';
import type { Metrics } from './metrics.ts';

/** How often the log may say that messages failed in one way, in milliseconds: a sender's mistake comes in thousands. */
const failureLogIntervalMs = 10_000;

const serversOwnFaults: ReadonlySet<string> = new Set(['INTERNAL_ERROR', 'KEYS_UNAVAILABLE']);

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
      log.info({ correlation_id: correlationId, user_id: userId }, 'connection opened');
    },
    refused({ correlationId, cause, origin, userId, error }) {
      rejected.inc();
      const line = {
        correlation_id: correlationId,
        cause,
        ...(userId !== undefined && { user_id: userId }),
        ...(origin !== undefined && { origin }),
      };
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

/** Counts what becomes of each token that is judged. Where the keys could not be fetched, none was. */
export function countTokens(verifyToken: VerifyToken, { tokens }: Metrics): VerifyToken {
  return async (token) => {
    try {
      const identity = await verifyToken(token);
      tokens.inc({ result: 'success' });
      return identity;
    } catch (error) {
      const cause = error instanceof ConnectionError ? error.code : 'INTERNAL_ERROR';
      if (cause === 'TOKEN_EXPIRED') tokens.inc({ result: 'expired' });
      else if (cause.startsWith('TOKEN_')) tokens.inc({ result: 'invalid' });
      throw error;
    }
  };
}

/** The stacks alone, down to what lies behind ("fetch failed" says nothing): errors of jose carry the claims, others may carry more. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? error.message;
  return error.cause === undefined ? text : `${text}\ncaused by ${describe(error.cause)}`;
}
