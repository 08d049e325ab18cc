import { maxCloseReasonBytes } from './contract/endpoints.ts';
import { type CloseReason, type ConnectionErrorCode, connectionErrors } from './contract/error-codes.ts';
import { type HttpErrorCode, httpErrors, type ProblemDocument } from './contract/http-errors.ts';
import { httpErrorPage } from './contract/reference-pages.ts';

/** A connection is refused or ended for a cause of the error table. */
export class ConnectionError extends Error {
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, options?: ErrorOptions) {
    super(connectionErrors[code].message, options);
    this.name = 'ConnectionError';
    this.code = code;
  }
}

/** An HTTP request is answered with an error of the table of HTTP errors. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;

  /** @param detail - What was wrong with this very request. */
  constructor(code: HttpErrorCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'HttpError';
    this.code = code;
  }
}

/**
 * The close reason that carries a cause: JSON of at most 123 bytes.
 *
 * @throws RangeError when the message in the table is too long; a test holds that none is.
 */
export function closeReason(code: ConnectionErrorCode, correlationId: string): string {
  const reason: CloseReason = {
    error_code: code,
    message: connectionErrors[code].message,
    correlation_id: correlationId,
  };
  const text = JSON.stringify(reason);
  if (Buffer.byteLength(text) > maxCloseReasonBytes) throw new RangeError(`the close reason of ${code} is too long`);
  return text;
}

/** The problem document that carries an HTTP error. */
export function problemDocument(
  code: HttpErrorCode,
  detail: string,
  correlationId: string,
  extra: Pick<ProblemDocument, 'endpoint' | 'migration_guide'> = {},
): ProblemDocument {
  const { title, status, remedy } = httpErrors[code];
  return {
    type: httpErrorPage(code),
    title,
    status,
    detail,
    error_code: code,
    remedy,
    correlation_id: correlationId,
    ...extra,
  };
}
