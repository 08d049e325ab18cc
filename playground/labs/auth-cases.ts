import { defaultAudience, defaultIssuer } from '../../service/contract/claims.ts';
import {
  maxTokenLifetimeSeconds,
  type TokenDefect,
  type TokenRequest,
  tokenDefects,
} from '../../service/contract/development.ts';
import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';
import { defectsInWords } from '../defects-in-words.ts';

/** What a case asks the service to mint, beside the user. */
export type TokenWish = Omit<TokenRequest, 'user_id'>;

/** How a token, once minted, is brought to the handshake. */
export interface Carriage {
  /** The query, without the question mark. */
  query(token: string): string;
  /** Headers that a program sends; no page can. */
  headers?(token: string): Readonly<Record<string, string>>;
}

/** One way a token can be right or wrong, and what the service must say to it. */
export interface AuthCase {
  readonly id: string;
  readonly group: AuthGroup;
  /** A few words. */
  readonly title: string;
  /** What is done, as a sentence; backticks mark code. */
  readonly what: string;
  /** What to mint; `now` is in seconds since 1970. Nothing given: a valid token. */
  readonly wish: (now: number) => TokenWish;
  readonly carriage: Carriage;
  /** The cause of the refusal; `undefined` where the caller must be let in. */
  readonly expected: ConnectionErrorCode | undefined;
  /** How a page does what a program does with a header; `undefined` where none can. */
  readonly inPage: 'same' | 'other_loopback_name' | undefined;
}

/** The groups of the table, in its order. */
export const authGroups = {
  right: 'Right tokens',
  defect: 'Each defect that the service can mint',
  claims: 'Claims that libraries and people get wrong',
  changed: 'Right tokens, changed on their way',
  handshake: 'Ways to bring a token',
} as const;

export type AuthGroup = keyof typeof authGroups;

const inQuery = (token: string) => `token=${encodeURIComponent(token)}`;
const usual: Carriage = { query: inQuery };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const base = { wish: () => ({}), carriage: usual, expected: undefined, inPage: 'same' } as const;

type Given = Pick<AuthCase, 'title' | 'what'> & Partial<AuthCase>;

function group(name: AuthGroup, cases: Readonly<Record<string, Given>>): AuthCase[] {
  return Object.entries(cases).map(([id, given]) => ({ ...base, ...given, id, group: name }));
}

const withClaims = (
  title: string,
  what: string,
  claims: (now: number) => NonNullable<TokenWish['claims']>,
  expected?: ConnectionErrorCode,
): Given => ({ title, what, wish: (now) => ({ claims: claims(now) }), expected });

const changed = (
  title: string,
  what: string,
  change: (token: string) => string,
  expected: ConnectionErrorCode,
): Given => ({ title, what, carriage: { query: (token) => inQuery(change(token)) }, expected });

const right = group('right', {
  valid: { title: 'Valid', what: 'A token as the identity service issues it.' },
  contract_claims: withClaims(
    'Issuer and audience of the contract',
    `The \`iss\` is \`${defaultIssuer}\`, the \`aud\` is \`${defaultAudience}\`: what the service asks for unless it is configured otherwise.`,
    () => ({ iss: defaultIssuer, aud: defaultAudience }),
  ),
  audience_list: withClaims(
    'Audience in a list',
    `The \`aud\` is a list of which \`${defaultAudience}\` is one.`,
    () => ({ aud: ['another-platform', defaultAudience] }),
  ),
  far_expiry: {
    title: 'Far expiry',
    what: 'The token expires in 30 days.',
    wish: () => ({ lifetime_seconds: maxTokenLifetimeSeconds }),
  },
  more_claims: withClaims(
    'More claims',
    'The token says more than the service reads: a role, a `jti`, an actor.',
    () => ({
      role: 'teacher',
      jti: 'b7c1',
      act: { sub: 'support' },
    }),
  ),
  nbf_past: withClaims('Not-before in the past', 'The `nbf` was a minute ago.', (now) => ({ nbf: now - 60 })),
  iat_future: withClaims(
    'Issued in the future',
    'The `iat` is a minute ahead: clocks differ, and `nbf` is the claim that forbids early use.',
    (now) => ({ iat: now + 60 }),
  ),
  exp_fraction: withClaims('Expiry with a fraction', 'The `exp` is no whole number of seconds.', (now) => ({
    exp: now + 600.5,
  })),
  exp_milliseconds: withClaims(
    'Expiry in milliseconds',
    'The `exp` is in milliseconds in place of seconds. To the service it lies some 50,000 years ahead: the token is let in, and practically never expires.',
    (now) => ({ exp: (now + 600) * 1000 }),
  ),
});

const defects = group(
  'defect',
  Object.fromEntries(
    (Object.keys(tokenDefects) as TokenDefect[]).map((defect) => {
      const words = defectsInWords[defect];
      const what = `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
      const { title, error } = tokenDefects[defect];
      return [defect, { title, what, wish: () => ({ defect }), expected: error }];
    }),
  ),
);

const claims = group('claims', {
  iss_missing: withClaims('No issuer', 'The token has no `iss`.', () => ({ iss: null }), 'TOKEN_ISSUER_INVALID'),
  iss_list: withClaims(
    'Issuer in a list',
    'The `iss` is a list. It has to be a text.',
    () => ({ iss: [defaultIssuer] }),
    'TOKEN_ISSUER_INVALID',
  ),
  aud_missing: withClaims('No audience', 'The token has no `aud`.', () => ({ aud: null }), 'TOKEN_AUDIENCE_INVALID'),
  aud_empty_list: withClaims(
    'Empty list of audiences',
    'The `aud` is a list with nothing in it.',
    () => ({ aud: [] }),
    'TOKEN_AUDIENCE_INVALID',
  ),
  aud_longer: withClaims(
    'Audience that begins alike',
    `The \`aud\` is \`${defaultAudience}-test\`: part of a word is not the word.`,
    () => ({ aud: `${defaultAudience}-test` }),
    'TOKEN_AUDIENCE_INVALID',
  ),
  sub_list: withClaims(
    'Subject in a list',
    'The `sub` is a list. It has to be a text.',
    () => ({ sub: ['teacher-1'] }),
    'TOKEN_SUBJECT_INVALID',
  ),
  sub_half_character: withClaims(
    'Subject with half a character',
    'The `sub` holds half of a surrogate pair, which no channel name can hold.',
    () => ({ sub: 'teacher-\ud800' }),
    'TOKEN_SUBJECT_INVALID',
  ),
  exp_zero: withClaims('Expiry of 1970', 'The `exp` is 0.', () => ({ exp: 0 }), 'TOKEN_EXPIRED'),
  exp_numeric_text: withClaims(
    'Expiry as digits in a text',
    'The `exp` is right but for its quotes.',
    (now) => ({ exp: String(now + 600) }),
    'TOKEN_CLAIM_INVALID',
  ),
  nbf_milliseconds: withClaims(
    'Not-before in milliseconds',
    'The `nbf` is in milliseconds in place of seconds, and so lies far ahead.',
    (now) => ({ nbf: now * 1000 }),
    'TOKEN_NOT_YET_VALID',
  ),
  nbf_text: withClaims('Not-before as a text', 'The `nbf` is a word.', () => ({ nbf: 'now' }), 'TOKEN_CLAIM_INVALID'),
  iat_text: withClaims('Issued-at as a text', 'The `iat` is a word.', () => ({ iat: 'now' }), 'TOKEN_CLAIM_INVALID'),
});

const changes = group('changed', {
  bearer_prefix: changed(
    'With “Bearer ”',
    'The value begins with `Bearer `, as a header would.',
    (token) => `Bearer ${token}`,
    'TOKEN_MALFORMED',
  ),
  quoted: changed('In quotes', 'The value stands in quotes.', (token) => `"${token}"`, 'TOKEN_MALFORMED'),
  space_after: changed('A space at the end', 'A space follows the token.', (token) => `${token} `, 'TOKEN_MALFORMED'),
  fourth_part: changed('A fourth part', 'Something follows after a dot.', (token) => `${token}.x`, 'TOKEN_MALFORMED'),
  cut_off: changed(
    'Without its signature',
    'The signature was cut off.',
    (token) => token.slice(0, token.lastIndexOf('.') + 1),
    'TOKEN_SIGNATURE_INVALID',
  ),
  appended: changed(
    'A letter too many',
    'A letter follows the signature.',
    (token) => `${token}x`,
    'TOKEN_SIGNATURE_INVALID',
  ),
  another_subject: changed(
    'Another subject put in',
    'The `sub` was changed after the signing: somebody would be somebody else.',
    (token) => withPayload(token, { sub: 'somebody-else' }),
    'TOKEN_SIGNATURE_INVALID',
  ),
});

const handshakes = group('handshake', {
  no_token: {
    title: 'No token',
    what: 'The address is `/ws`, without a query.',
    carriage: { query: () => '' },
    expected: 'TOKEN_MISSING',
  },
  empty_token: {
    title: 'Empty token',
    what: 'The address is `/ws?token=`.',
    carriage: { query: () => 'token=' },
    expected: 'TOKEN_MISSING',
  },
  other_name: {
    title: 'Parameter of another name',
    what: 'A right token, as `access_token` in place of `token`.',
    carriage: { query: (token) => `access_${inQuery(token)}` },
    expected: 'TOKEN_MISSING',
  },
  two_tokens: {
    title: 'Two tokens',
    what: 'The same right token twice: `?token=…&token=…`.',
    carriage: { query: (token) => `${inQuery(token)}&${inQuery(token)}` },
    expected: 'TOKEN_REPEATED',
  },
  token_and_empty: {
    title: 'A token and an empty one',
    what: 'A right token, and `token=` after it.',
    carriage: { query: (token) => `${inQuery(token)}&token=` },
    expected: 'TOKEN_REPEATED',
  },
  header: {
    title: 'In the header alone',
    what: 'A right token in the header `Authorization`, as clients of the old endpoint sent it.',
    carriage: { query: () => '', headers: bearer },
    expected: 'TOKEN_IN_HEADER',
    inPage: undefined,
  },
  header_and_empty: {
    title: 'In the header, and an empty query',
    what: 'A right token in the header `Authorization`, and `?token=` in the address.',
    carriage: { query: () => 'token=', headers: bearer },
    expected: 'TOKEN_IN_HEADER',
    inPage: undefined,
  },
  query_and_wrong_header: {
    title: 'In the query, with a wrong header',
    what: 'A right token in the query, and something else in the header, which is not read.',
    carriage: { query: inQuery, headers: () => bearer('not-a-token') },
    inPage: undefined,
  },
  subprotocol: {
    title: 'As a subprotocol',
    what: 'A right token in `Sec-WebSocket-Protocol`, which is not read. A browser would fail the connection, because no protocol is chosen.',
    carriage: { query: () => '', headers: (token) => ({ 'sec-websocket-protocol': `huleedu.bearer.${token}` }) },
    expected: 'TOKEN_MISSING',
    inPage: undefined,
  },
  foreign_origin: {
    title: 'From a foreign origin',
    what: 'The page calls the service by its other name on this machine, `localhost` or `127.0.0.1`: there it comes from a foreign origin. The origin is judged before the token.',
    carriage: { query: inQuery, headers: () => ({ origin: 'https://elsewhere.example' }) },
    expected: 'ORIGIN_NOT_ALLOWED',
    inPage: 'other_loopback_name',
  },
});

/** Every way a token can be wrong, and right. The auth matrix of the playground and the integration tests run all of it. */
export const authCases: readonly AuthCase[] = [...right, ...defects, ...claims, ...changes, ...handshakes];

/** The token with other claims and the signature that it had. */
function withPayload(token: string, change: Readonly<Record<string, unknown>>): string {
  const [header, payload = '', signature] = token.split('.');
  const claimsBefore = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
  const text = btoa(JSON.stringify({ ...claimsBefore, ...change }));
  return [header, text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''), signature].join('.');
}
