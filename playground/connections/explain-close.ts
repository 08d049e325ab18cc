import { lookUpCloseCode, type RetryAdvice } from '../../service/contract/close-codes.ts';
import {
  type CloseReason,
  type ConnectionErrorEntry,
  connectionErrors,
  parseCloseReason,
  retryAdvice,
} from '../../service/contract/error-codes.ts';
import { endingPage } from '../../service/contract/reference-pages.ts';

/** A close code and its reason, put into words from the contract's tables. */
export interface CloseExplanation {
  readonly code: number;
  readonly name: string;
  /** When a client sees this code. */
  readonly when: string;
  /** What to do about it: the cause's own remedy where the reason names a cause, else the code's. */
  readonly advice: string;
  readonly retry: RetryAdvice;
  /** The reason, where it is one of this service. */
  readonly reason: CloseReason | undefined;
  /** What brought it about, where the reason names a known cause. */
  readonly cause: string | undefined;
  /** Where the documentation explains it: the cause, where the reason names a known one, else the code. */
  readonly href: string;
}

/**
 * Explains the end of a connection.
 *
 * @param reasonText - The `reason` of the `close` event.
 */
export function explainClose(code: number, reasonText: string): CloseExplanation {
  const reason = parseCloseReason(reasonText);
  const entry = lookUpCloseCode(code);
  const error = reason && (connectionErrors as Record<string, ConnectionErrorEntry>)[reason.error_code];
  return {
    code,
    name: entry?.name ?? 'Unknown code',
    when: entry?.when ?? 'This service never sends the code: something between it and this page did.',
    advice: error?.remedy ?? entry?.advice ?? 'Look at the proxies between this page and the service.',
    retry: retryAdvice(code, reason?.error_code),
    reason,
    cause: error?.cause,
    href: endingPage(code, reason?.error_code),
  };
}
