/**
 * Where the site explains an entry of the contract's tables: the links that the service, the site and the playground give.
 *
 * @pageTitle Pages of the reference
 * @packageDocumentation
 */

import { type CloseCode, lookUpCloseCode } from './close-codes.ts';
import { closeCodeFolder, pages } from './endpoints.ts';
import { type ConnectionErrorCode, type ConnectionErrorEntry, connectionErrors } from './error-codes.ts';
import type { HttpErrorCode } from './http-errors.ts';
import type { NotificationEvent } from './notifications.ts';

/** The query parameter of the playground that names what to try. */
export const trialParameter = 'try';

/**
 * The anchor of a cause or an HTTP error on the page that explains it.
 *
 * @param errorCode - The `error_code`, such as `TOKEN_EXPIRED`.
 */
export function anchorOf(errorCode: string): string {
  return errorCode.toLowerCase();
}

/**
 * The page of a notification type, such as `/reference/notifications/class_created/`.
 *
 * @param event - The name of the type.
 */
export function notificationPage(event: NotificationEvent): string {
  return `${pages.notifications}${event}/`;
}

/**
 * Where a field of a notification is explained, such as `/reference/notifications/class_created/#course_codes`.
 *
 * @param event - The name of the type.
 * @param field - The field of `data` with its parents, as the page names it: `associations[].essay_id`.
 */
export function fieldPage(event: NotificationEvent, field: string): string {
  return `${notificationPage(event)}#${field}`;
}

/**
 * The page of a close code, such as `/reference/close-codes/1008/`.
 *
 * @param code - A code of the table.
 */
export function closeCodePage(code: CloseCode): string {
  return `${closeCodeFolder}${code}/`;
}

/**
 * Where a cause is explained: an anchor on the page of its close code.
 *
 * @param cause - The `error_code` of a close reason.
 */
export function causePage(cause: ConnectionErrorCode): string {
  return `${closeCodePage(connectionErrors[cause].closeCode)}#${anchorOf(cause)}`;
}

/**
 * Where an HTTP error is explained.
 *
 * @param error - The `error_code` of a problem document.
 */
export function httpErrorPage(error: HttpErrorCode): string {
  return `${pages.httpErrors}#${anchorOf(error)}`;
}

/**
 * Where the end of a connection is explained: at its cause where the table has it, else at its code.
 *
 * @param code - The `code` of the `close` event.
 * @param errorCode - The `error_code` of its reason, where there is one.
 * @returns The overview for a code that this service never sends.
 */
export function endingPage(code: number, errorCode?: string): string {
  const causes: Readonly<Record<string, ConnectionErrorEntry | undefined>> = connectionErrors;
  if (errorCode !== undefined && causes[errorCode]?.closeCode === code)
    return causePage(errorCode as ConnectionErrorCode);
  return lookUpCloseCode(code) === undefined ? pages.closeCodes : closeCodePage(code as CloseCode);
}

/**
 * The playground, ready to provoke an end.
 *
 * @param name - A cause, or a close code that has none.
 */
export function trialPage(name: ConnectionErrorCode | CloseCode): string {
  return `${pages.playground}?${trialParameter}=${String(name).toLowerCase()}`;
}
