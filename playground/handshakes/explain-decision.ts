import { lookUpCloseCode } from '../../service/contract/close-codes.ts';
import type { HandshakeDecision } from '../../service/contract/development.ts';
import { endpoints, pages } from '../../service/contract/endpoints.ts';
import {
  type ConnectionErrorCode,
  type ConnectionErrorEntry,
  connectionErrors,
} from '../../service/contract/error-codes.ts';
import { type HttpErrorCode, type HttpErrorEntry, httpErrors } from '../../service/contract/http-errors.ts';
import { causePage, httpErrorPage } from '../../service/contract/reference-pages.ts';

/** A decision of the service, put into words from the contract's tables. Backticks mark code. */
export interface DecisionExplanation {
  /** What a browser shows of it: a close code, `undefined` where the connection is open. */
  readonly seen: number | undefined;
  /** What the service did, in a few words. */
  readonly did: string;
  readonly why: string;
  /** What to do about it; nothing where all is well. */
  readonly remedy: string | undefined;
  /** Where the reference explains it. */
  readonly link: { readonly href: string; readonly text: string } | undefined;
}

/** The close code of a connection of which no close frame arrived. */
const silence = 1006;

const connectRight = `Connect to \`${endpoints.websocket}?token=<jwt>\`.`;

/** Explains what the service decided of a handshake. */
export function explainDecision(decision: HandshakeDecision): DecisionExplanation {
  switch (decision.outcome) {
    case 'accepted':
      return {
        seen: undefined,
        did: 'Opened the WebSocket, after it had subscribed the user’s channel.',
        why: 'The token is right, and its origin may connect.',
        remedy: undefined,
        link: undefined,
      };
    case 'refused':
      return refusal(decision);
    case 'gone':
    case 'not_upgraded':
      return httpAnswer(decision);
    case 'abandoned':
      return {
        seen: silence,
        did: 'Nothing: it had nobody to answer.',
        why: 'The client was gone before the service had decided.',
        remedy:
          'Look whether the page closes or replaces its connection while it still connects, as where a component is mounted twice.',
        link: { href: pages.closeCodes, text: 'Close codes' },
      };
  }
}

function refusal({ error_code, close_code }: HandshakeDecision): DecisionExplanation {
  const cause = lookUp<ConnectionErrorEntry>(connectionErrors, error_code);
  const name = close_code === null ? undefined : lookUpCloseCode(close_code)?.name;
  return {
    seen: close_code ?? undefined,
    did: `Opened the WebSocket, and closed it at once with ${close_code}${name ? ` (${name.toLowerCase()})` : ''}.`,
    why: cause?.cause ?? 'The service gives a cause that this page does not know.',
    remedy: cause?.remedy,
    link: cause && { href: causePage(error_code as ConnectionErrorCode), text: String(error_code) },
  };
}

function httpAnswer({ error_code, http_status }: HandshakeDecision): DecisionExplanation {
  const error = lookUp<HttpErrorEntry>(httpErrors, error_code);
  const isAway = error_code === 'NOT_FOUND' || error === undefined;
  return {
    seen: silence,
    did: `Answered with HTTP ${http_status} in place of a WebSocket${error ? `: ${lowerFirst(error.title)}` : ''}.`,
    // The table speaks to callers of all endpoints; who asked for a WebSocket needs to know where it is.
    why: isAway
      ? `There is no WebSocket at this path. It is at \`${endpoints.websocket}\`, and nowhere below it.`
      : error.when,
    remedy: isAway ? `${connectRight} The user id has no place in the path.` : error.remedy,
    link: error && { href: httpErrorPage(error_code as HttpErrorCode), text: String(error_code) },
  };
}

function lookUp<Entry>(table: Readonly<Record<string, Entry>>, code: string | null): Entry | undefined {
  return code !== null && Object.hasOwn(table, code) ? table[code] : undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
