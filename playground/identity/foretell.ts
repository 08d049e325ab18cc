import { defaultAudience, defaultIssuer } from '../../service/contract/claims.ts';
import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';

/** What a service takes, as far as the page knows. */
export interface Expectations {
  readonly issuer: string;
  readonly audience: string;
}

type Payload = Readonly<Record<string, unknown>>;

/**
 * Foretells how the service judges the claims of a token that is signed as it should be. It judges in this order.
 *
 * @param now - The service's time, in milliseconds since 1970.
 * @returns The cause of the refusal; `null` for a token that is let in.
 */
export function foretell(
  payload: Payload,
  now: number,
  { issuer, audience }: Expectations = { issuer: defaultIssuer, audience: defaultAudience },
): ConnectionErrorCode | null {
  const missing = required.find(([name]) => !Object.hasOwn(payload, name));
  if (missing) return missing[1];
  if (payload.iss !== issuer) return 'TOKEN_ISSUER_INVALID';
  if (![payload.aud].flat().includes(audience)) return 'TOKEN_AUDIENCE_INVALID';
  if (['iat', 'nbf', 'exp'].some((name) => name in payload && typeof payload[name] !== 'number'))
    return 'TOKEN_CLAIM_INVALID';
  const seconds = Math.floor(now / 1000);
  if (typeof payload.nbf === 'number' && payload.nbf > seconds) return 'TOKEN_NOT_YET_VALID';
  if ((payload.exp as number) <= seconds) return 'TOKEN_EXPIRED';
  const { sub } = payload;
  return typeof sub === 'string' && sub !== '' ? null : 'TOKEN_SUBJECT_INVALID';
}

const required: readonly (readonly [name: string, cause: ConnectionErrorCode])[] = [
  ['iss', 'TOKEN_ISSUER_INVALID'],
  ['aud', 'TOKEN_AUDIENCE_INVALID'],
  ['exp', 'TOKEN_EXPIRY_MISSING'],
  ['sub', 'TOKEN_SUBJECT_INVALID'],
];

/** The payload that the service makes of a request without a defect; `null` leaves a claim out. */
export function payloadOf(
  userId: string,
  lifetimeSeconds: number,
  claims: Payload,
  now: number,
  { issuer, audience }: Expectations = { issuer: defaultIssuer, audience: defaultAudience },
): Payload {
  const iat = Math.floor(now / 1000);
  const usual = { sub: userId, iss: issuer, aud: audience, iat, exp: iat + lifetimeSeconds };
  return Object.fromEntries(Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== null));
}
