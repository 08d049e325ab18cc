import { defaultPort, endpoints, legacyWebsocketPrefix } from '../../service/contract/endpoints.ts';
import type { HttpErrorCode } from '../../service/contract/http-errors.ts';

/** How to bring one HTTP error about. */
export interface HttpProvocation {
  /** A line for a shell; test/docs/http-errors.test.ts runs it. Nothing where nothing brings it about on purpose. */
  readonly command?: string;
  /** How the service has to be started for it. */
  readonly environment?: Readonly<Record<string, string>>;
}

const service = `http://localhost:${defaultPort}`;
const mint = `curl -s ${service}${endpoints.devTokens} --json '{"user_id":"teacher-1"}'`;

/** One for each error. */
export const httpProvocations: Readonly<Record<HttpErrorCode, HttpProvocation>> = {
  ENDPOINT_GONE: { command: `curl -s ${service}${legacyWebsocketPrefix}/teacher-1` },
  UPGRADE_REQUIRED: { command: `curl -s ${service}${endpoints.websocket}` },
  HANDSHAKE_INVALID: {
    command: `curl -s ${service}${endpoints.websocket} -H 'Connection: Upgrade' -H 'Upgrade: websocket'`,
  },
  BODY_INVALID: { command: `curl -s ${service}${endpoints.devTokens} --json '{}'` },
  BODY_TOO_LARGE: {
    command: `head -c 1100000 /dev/zero | tr '\\0' ' ' | curl -s ${service}${endpoints.devTokens} --json @-`,
  },
  MEDIA_TYPE_UNSUPPORTED: { command: `curl -s ${service}${endpoints.devTokens} -d user_id=teacher-1` },
  CALLER_NOT_ALLOWED: { command: `${mint} -H 'Origin: https://elsewhere.example'` },
  MINTING_UNAVAILABLE: {
    environment: { JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: 'http://127.0.0.1:9/jwks.json' },
    command: mint,
  },
  BROKER_UNAVAILABLE: {
    // Where no Redis is.
    environment: { REDIS_URL: 'redis://127.0.0.1:9' },
    command: `curl -s ${service}${endpoints.devNotifications} --json '{"user_id":"teacher-1","payload":"{}"}'`,
  },
  NOT_FOUND: { command: `curl -s ${service}/nothing` },
  HEADERS_TOO_LARGE: {
    command: `curl -s "${service}${endpoints.websocket}?token=$(head -c 17000 /dev/zero | tr '\\0' x)"`,
  },
  REQUEST_INVALID: { command: `curl -s ${service}/%zz` },
  INTERNAL_ERROR: {},
};
