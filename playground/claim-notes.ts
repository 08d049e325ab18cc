import { claimMeanings, defaultAudience, defaultIssuer } from '../service/contract/claims.ts';

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
 */
export function claimNotes(payload: Readonly<Record<string, unknown>>, now: number): ClaimNote[] {
  const names = Object.keys(claimMeanings) as (keyof typeof claimMeanings)[];
  const known = names.filter((name) => name in payload || claimMeanings[name].required);
  const others = Object.keys(payload).filter((name) => !(name in claimMeanings));
  return [
    ...known.map((name) => ({
      name,
      value: name in payload ? JSON.stringify(payload[name]) : undefined,
      meaning: claimMeanings[name].meaning,
      doubt: name in payload ? doubts[name]?.(payload[name], now) : 'Missing, and required.',
    })),
    ...others.map((name) => ({
      name,
      value: JSON.stringify(payload[name]),
      meaning: 'Not read by this service.',
      doubt: undefined,
    })),
  ];
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
