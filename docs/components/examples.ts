import { endpoints, legacyWebsocketPrefix, pages } from '../../service/contract/endpoints.ts';
import { type CloseReason, connectionErrors } from '../../service/contract/error-codes.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import { httpErrors, type ProblemDocument } from '../../service/contract/http-errors.ts';
import type { NotificationEvent } from '../../service/contract/notifications.ts';

const reason: CloseReason = {
  error_code: 'TOKEN_EXPIRED',
  message: connectionErrors.TOKEN_EXPIRED.message,
  correlation_id: '4f1c9a0b7d2e',
};

/** A close reason as it arrives. test/docs/examples.test.ts holds both examples against the service. */
export const reasonExample = JSON.stringify(reason);

const gone: ProblemDocument = {
  type: `${pages.httpErrors}#endpoint_gone`,
  title: httpErrors.ENDPOINT_GONE.title,
  status: httpErrors.ENDPOINT_GONE.status,
  detail: `${legacyWebsocketPrefix} is served no more. Connect to ${endpoints.websocket}?token=<jwt>; the token says whose notifications arrive.`,
  error_code: 'ENDPOINT_GONE',
  remedy: httpErrors.ENDPOINT_GONE.remedy,
  correlation_id: '4f1c9a0b7d2e',
  endpoint: endpoints.websocket,
  migration_guide: pages.migrationGuide,
};

/** The problem document of the old path. */
export const goneExample = JSON.stringify(gone, null, 2);

/** A notification of a type, laid out for reading. On the wire it has no spaces between its parts. */
export function notificationExample(event: NotificationEvent): string {
  return JSON.stringify({ event, data: notificationExamples[event] }, null, 2);
}
