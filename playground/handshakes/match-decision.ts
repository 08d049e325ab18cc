import type { HandshakeDecision, HandshakesResponse } from '../../service/contract/development.ts';
import { legacyWebsocketPrefix } from '../../service/contract/endpoints.ts';

/** What a page knows of a handshake that it began. */
export interface OwnHandshake {
  readonly path: string;
  /** The page's origin; `null` outside of a browser. */
  readonly origin: string | null;
  /** How long ago it was begun, in milliseconds. */
  readonly ageMs: number;
  /** The user of its token, where that is right. */
  readonly userId?: string | undefined;
  /** From the close reason, where there was one. */
  readonly correlationId?: string | undefined;
}

/** What may pass between the service's answer and its reading, in milliseconds. */
const slackMs = 1000;

/**
 * Finds what the service decided of a handshake: the newest that fits.
 *
 * Ages are compared, not times: the clocks of the page and of the service may differ.
 */
export function decisionOf(own: OwnHandshake, { now, handshakes }: HandshakesResponse): HandshakeDecision | undefined {
  if (own.correlationId !== undefined)
    return handshakes.find(({ correlation_id }) => correlation_id === own.correlationId);
  return handshakes.find(
    ({ at, path, origin, user_id }) =>
      isSamePath(path, own.path) &&
      origin === own.origin &&
      (user_id === null || own.userId === undefined || user_id === own.userId) &&
      Date.parse(now) - Date.parse(at) <= own.ageMs + slackMs,
  );
}

/** The service leaves out an id that looks like a token, or is very long. */
function isSamePath(remembered: string, dialled: string): boolean {
  if (remembered === dialled) return true;
  return (
    remembered.endsWith('…') &&
    dialled.startsWith(legacyWebsocketPrefix) &&
    remembered.startsWith(legacyWebsocketPrefix)
  );
}
