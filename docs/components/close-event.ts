import type { CloseCode } from '../../service/contract/close-codes.ts';
import { type CloseReason, type ConnectionErrorCode, connectionErrors } from '../../service/contract/error-codes.ts';

/** What a browser's `close` event says. */
export interface CloseEventShown {
  readonly code: CloseCode;
  readonly reason: string;
  readonly wasClean: boolean;
}

/**
 * The reason as it stands on the wire, but for its `correlation_id`.
 *
 * @returns An empty text for a cause that nothing can carry.
 */
export function reasonOf(cause: ConnectionErrorCode): string {
  const { closeCode, message } = connectionErrors[cause];
  const reason: CloseReason = { error_code: cause, message, correlation_id: '4f1c9a0b7d2e' };
  return closeCode === 1006 ? '' : JSON.stringify(reason);
}

/** What the `close` event says of a code, with its cause where there is one. test/browser/close-codes.test.ts compares it with Chromium's. */
export function closeEventOf(code: CloseCode, cause?: ConnectionErrorCode): CloseEventShown {
  // Clean means that close frames have gone both ways.
  return { code, reason: cause === undefined ? '' : reasonOf(cause), wasClean: code !== 1006 };
}
