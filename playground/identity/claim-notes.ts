import { claimMeanings, defaultAudience, defaultIssuer } from '../../service/contract/claims.ts';
import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';

/** One claim of a token as it is shown. */
export interface ClaimNote {
  readonly name: string;
  /** The value as JSON; `undefined` where a required claim is missing. */
  readonly value: string | undefined;
  /** What the claim means; in it, backticks mark code. */
  readonly meaning: string;
  /** What looks wrong, by the default configuration. The service has the last word. */
  readonly doubt: string | undefined;
}

/**
 * Explains each claim of a payload, and each required claim that it lacks.
 *
 * @param now - Milliseconds since 1970.
 * @param expectedError - What the service says that the token leads to, `null` for nothing wrong; leave it out where
 * the service has said nothing.
 */
export function claimNotes(
  payload: Readonly<Record<string, unknown>>,
  now: number,
  expectedError?: ConnectionErrorCode | null,
): ClaimNote[] {
  const names = Object.keys(claimMeanings) as (keyof typeof claimMeanings)[];
  const known = names.filter((name) => name in payload || claimMeanings[name].required);
  const others = Object.keys(payload).filter((name) => !(name in claimMeanings));
  return [
    ...known.map((name) => ({
      name,
      value: name in payload ? JSON.stringify(payload[name]) : undefined,
      meaning: claimMeanings[name].meaning,
      doubt: isCleared(name, expectedError) ? undefined : doubtOf(name, payload, now),
    })),
    ...others.map((name) => ({
      name,
      value: JSON.stringify(payload[name]),
      meaning: 'Not read by this service.',
      doubt: undefined,
    })),
  ];
}

/** What the service is configured to expect may differ from the default; of these claims it knows better. */
const configured: Partial<Record<string, ConnectionErrorCode>> = {
  iss: 'TOKEN_ISSUER_INVALID',
  aud: 'TOKEN_AUDIENCE_INVALID',
};

function isCleared(name: string, expectedError: ConnectionErrorCode | null | undefined): boolean {
  return expectedError !== undefined && name in configured && configured[name] !== expectedError;
}

function doubtOf(name: string, payload: Readonly<Record<string, unknown>>, now: number): string | undefined {
  return name in payload ? doubts[name]?.(payload[name], now) : 'Missing, and required.';
}

const isTime = (value: unknown): value is number => typeof value === 'number';

const doubts: Partial<Record<string, (value: unknown, now: number) => string | undefined>> = {
  sub: (value) => (typeof value === 'string' && value !== '' ? undefined : 'Must be a string that is not empty.'),
  exp: (value, now) => (!isTime(value) ? 'Must be a number.' : value * 1000 > now ? undefined : 'Has passed.'),
  nbf: (value, now) => (!isTime(value) ? 'Must be a number.' : value * 1000 <= now ? undefined : 'Is yet to come.'),
  iss: (value) => (value === defaultIssuer ? undefined : `Not \`${defaultIssuer}\`.`),
  aud: (value) => ([value].flat().includes(defaultAudience) ? undefined : `Not \`${defaultAudience}\`.`),
};

/** The moment that a time claim names, for reading; `undefined` for any other value. */
export function claimMoment(name: string, value: unknown): string | undefined {
  return ['exp', 'nbf', 'iat'].includes(name) && isTime(value) ? new Date(value * 1000).toLocaleString() : undefined;
}
