import { describe, expect, it } from 'vitest';
import { createVerifier, type VerifyToken } from '../../service/auth/verify.ts';
import { developmentSecret } from '../../service/config-variables.ts';
import { defaultAudience, defaultIssuer } from '../../service/contract/claims.ts';
import { base64url, rightClaims, signText, token } from '../support/tokens.ts';

const settings = { algorithm: 'HS256', issuer: defaultIssuer, audience: defaultAudience } as const;
const verify: VerifyToken = await createVerifier({ ...settings, key: { kind: 'secret', secret: developmentSecret } });
const now = () => Math.floor(Date.now() / 1000);

/** A right token whose payload, as JSON text, was changed. */
function withText(search: string | RegExp, replacement: string): string {
  const payload = JSON.stringify(rightClaims());
  const changed = payload.replace(search, replacement);
  if (changed === payload) throw new Error(`${search} is not in ${payload}`);
  return signText({ payload: changed });
}

const right = token();
const [header, payload, signature] = right.split('.') as [string, string, string];

describe('a token is accepted', () => {
  const accepted: [outcome: string, token: string, userId?: string][] = [
    ['whose claims are right', right],
    [
      'whose `iat` lies in the future: clocks differ, and `nbf` is the claim that forbids early use',
      token({ iat: now() + 9 }),
    ],
    ['whose `nbf` has come', token({ nbf: now() })],
    ['whose `exp` has a fraction', token({ exp: now() + 60.5 })],
    ['whose `aud` is a list that contains ours', token({ aud: ['another-platform', defaultAudience] })],
    ['without `typ`', token({}, { typ: undefined })],
    ['whose `typ` is `at+jwt`, in any case and as a media type', token({}, { typ: 'application/AT+JWT' })],
    ['whose header says more than we read', token({}, { kid: 'unknown', x: 1 })],
    ['whose `sub` has spaces, which stay: trimmed, it would be another user', token({ sub: ' alice ' }), ' alice '],
    ['whose `sub` is a lone space: not empty, and nobody else', token({ sub: ' ' }), ' '],
    ['whose `sub` is not ASCII', token({ sub: 'Åsa 🙂' }), 'Åsa 🙂'],
  ];
  it.each(accepted)('%s', async (_outcome, jwt, userId = 'alice') => {
    const identity = await verify(jwt);
    expect(identity.userId).toBe(userId);
    expect(identity.expiresAt).toBeGreaterThan(Date.now());
  });

  it('with its expiry in milliseconds', async () => {
    const exp = now() + 60;
    expect(await verify(token({ exp }))).toEqual({ userId: 'alice', expiresAt: exp * 1000 });
  });
});

describe('a token is refused', () => {
  const refused: [error: string, outcome: string, token: string][] = [
    ['TOKEN_EXPIRED', '`exp` is now', token({ exp: now() })],
    ['TOKEN_EXPIRED', '`exp` is negative', token({ exp: -1 })],
    ['TOKEN_EXPIRED', '`exp` is 0', token({ exp: 0 })],
    ['TOKEN_EXPIRED', '`exp` is -1e999', withText(/"exp":\d+/, '"exp":-1e999')],
    ['TOKEN_CLAIM_INVALID', '`exp` is 1e999, which never comes', withText(/"exp":\d+/, '"exp":1e999')],
    ['TOKEN_CLAIM_INVALID', '`exp` is a numeric text', token({ exp: String(now() + 60) })],
    ['TOKEN_CLAIM_INVALID', '`exp` is null', token({ exp: null })],
    ['TOKEN_CLAIM_INVALID', '`nbf` is a text', token({ nbf: 'yesterday' })],
    ['TOKEN_CLAIM_INVALID', '`iat` is a text', token({ iat: 'yesterday' })],
    ['TOKEN_EXPIRY_MISSING', '`exp` is missing', token({ exp: undefined })],
    ['TOKEN_NOT_YET_VALID', '`nbf` lies in the future', token({ nbf: now() + 60 })],
    ['TOKEN_NOT_YET_VALID', '`nbf` is 1e999', withText('{', '{"nbf":1e999,')],
    ['TOKEN_ISSUER_INVALID', '`iss` is missing', token({ iss: undefined })],
    ['TOKEN_ISSUER_INVALID', '`iss` begins like ours', token({ iss: `${defaultIssuer}.evil` })],
    ['TOKEN_ISSUER_INVALID', '`iss` is a list', token({ iss: [defaultIssuer] })],
    ['TOKEN_AUDIENCE_INVALID', '`aud` is missing', token({ aud: undefined })],
    ['TOKEN_AUDIENCE_INVALID', '`aud` is an empty list', token({ aud: [] })],
    [
      'TOKEN_AUDIENCE_INVALID',
      '`aud` contains ours only as a part of a word',
      token({ aud: `${defaultAudience}-test` }),
    ],
    ['TOKEN_AUDIENCE_INVALID', '`aud` is a number', token({ aud: 1 })],
    ['TOKEN_SUBJECT_INVALID', '`sub` is missing', token({ sub: undefined })],
    ['TOKEN_SUBJECT_INVALID', '`sub` is null', token({ sub: null })],
    ['TOKEN_SUBJECT_INVALID', '`sub` is empty', token({ sub: '' })],
    ['TOKEN_SUBJECT_INVALID', '`sub` is a number', token({ sub: 42 })],
    ['TOKEN_SUBJECT_INVALID', '`sub` is a list', token({ sub: ['alice'] })],
    ['TOKEN_SUBJECT_INVALID', '`sub` hides in `__proto__`', withText('"sub":"alice"', '"__proto__":{"sub":"alice"}')],
    [
      'TOKEN_SUBJECT_INVALID',
      '`sub` is half a character, which no channel name can hold',
      withText('alice', '\\ud800'),
    ],
    ['TOKEN_TYPE_INVALID', '`typ` is another', token({}, { typ: 'logout+jwt' })],
    ['TOKEN_TYPE_INVALID', '`typ` is null', token({}, { typ: null })],
    ['TOKEN_TYPE_INVALID', '`typ` is a list', token({}, { typ: ['JWT'] })],
    ['TOKEN_ALGORITHM_NOT_ALLOWED', '`alg` is none', `${base64url('{"alg":"none"}')}.${payload}.`],
    ['TOKEN_ALGORITHM_NOT_ALLOWED', '`alg` is None, signed or not', token({}, { alg: 'None' })],
    ['TOKEN_ALGORITHM_NOT_ALLOWED', '`alg` is another than the configured one', token({}, { alg: 'HS512' })],
    [
      'TOKEN_SIGNATURE_INVALID',
      'the secret is another',
      signText({ payload: JSON.stringify(rightClaims()), secret: 'x' }),
    ],
    [
      'TOKEN_SIGNATURE_INVALID',
      'the payload was changed',
      `${header}.${base64url(JSON.stringify(rightClaims({ sub: 'bob' })))}.${signature}`,
    ],
    ['TOKEN_SIGNATURE_INVALID', 'the signature was taken away', `${header}.${payload}.`],
    ['TOKEN_SIGNATURE_INVALID', 'something was appended', `${right}x`],
    [
      'TOKEN_SIGNATURE_INVALID',
      'it is also expired: who cannot sign learns nothing of the claims',
      signText({ payload: JSON.stringify(rightClaims({ exp: 1 })), secret: 'x' }),
    ],
    ['TOKEN_MALFORMED', 'it is a word', 'not-a-token'],
    ['TOKEN_MALFORMED', 'it is dots', '..'],
    ['TOKEN_MALFORMED', 'it has a fourth part', `${right}.x`],
    ['TOKEN_MALFORMED', 'it has the five parts of an encrypted one', `${right}.x.y`],
    ['TOKEN_MALFORMED', 'it begins with `Bearer `', `Bearer ${right}`],
    ['TOKEN_MALFORMED', 'it is in quotes', `"${right}"`],
    ['TOKEN_MALFORMED', 'a space was appended', `${right} `],
    ['TOKEN_MALFORMED', 'a line break was appended', `${right}\n`],
    ['TOKEN_MALFORMED', 'a space came before it', ` ${right}`],
    ['TOKEN_MALFORMED', 'it is padded', `${right}=`],
    ['TOKEN_MALFORMED', 'another one follows it', `${right},${right}`],
    ['TOKEN_MALFORMED', 'its header is no JSON', signText({ header: 'hello', payload: '{}' })],
    ['TOKEN_MALFORMED', 'its header is a list', signText({ header: '[]', payload: '{}' })],
    ['TOKEN_MALFORMED', 'its header has no `alg`', signText({ header: '{}', payload: '{}' })],
    ['TOKEN_MALFORMED', 'its `alg` is a number', signText({ header: '{"alg":256}', payload: '{}' })],
    [
      'TOKEN_MALFORMED',
      'its header is nested 5000 deep',
      signText({ header: `{"alg":${'['.repeat(5000)}${']'.repeat(5000)}}`, payload: '{}' }),
    ],
    ['TOKEN_MALFORMED', 'its payload is no JSON', signText({ payload: 'hello' })],
    ['TOKEN_MALFORMED', 'its payload is a list', signText({ payload: '[]' })],
    ['TOKEN_MALFORMED', 'its payload is null', signText({ payload: 'null' })],
    ['TOKEN_MALFORMED', 'its payload is not UTF-8', signText({ payload: Buffer.from([0xff, 0xfe]) })],
    ['TOKEN_MALFORMED', 'it demands an extension that we do not know', token({}, { crit: ['x'], x: 1 })],
    ['TOKEN_MALFORMED', 'it demands an unencoded payload', token({}, { crit: ['b64'], b64: false })],
  ];
  it.each(refused)('with %s where %s', async (error, _outcome, jwt) => {
    await expect(verify(jwt)).rejects.toMatchObject({ name: 'ConnectionError', code: error });
  });
});

describe('the configured issuer and audience', () => {
  it('hold in place of the usual ones', async () => {
    const key = { kind: 'secret', secret: developmentSecret } as const;
    const other = await createVerifier({ algorithm: 'HS256', issuer: 'them', audience: 'there', key });
    await expect(other(token({ iss: 'them', aud: 'there' }))).resolves.toMatchObject({ userId: 'alice' });
    await expect(other(token({ aud: 'there' }))).rejects.toMatchObject({ code: 'TOKEN_ISSUER_INVALID' });
    await expect(other(token({ iss: 'them' }))).rejects.toMatchObject({ code: 'TOKEN_AUDIENCE_INVALID' });
  });
});
