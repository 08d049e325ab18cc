import { endpoints, legacyWebsocketPrefix, pages } from '../../service/contract/endpoints.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import { httpErrors, type ProblemDocument } from '../../service/contract/http-errors.ts';
import type { NotificationEvent } from '../../service/contract/notifications.ts';
import { httpErrorPage } from '../../service/contract/reference-pages.ts';
import { reasonOf } from './close-event.ts';

/** A close reason as it arrives. test/docs/examples.test.ts holds both examples against the service. */
export const reasonExample = reasonOf('TOKEN_EXPIRED');

const gone: ProblemDocument = {
  type: httpErrorPage('ENDPOINT_GONE'),
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
