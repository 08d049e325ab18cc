import { describe, expect, it } from 'vitest';
import { explainClose } from '../../../playground/connections/explain-close.ts';
import { claimNotes } from '../../../playground/identity/claim-notes.ts';
import { cutText, jsonTokens, prettyJson } from '../../../playground/parts/json-tokens.ts';
import { defaultAudience, defaultIssuer } from '../../../service/contract/claims.ts';
import { closeCodes } from '../../../service/contract/close-codes.ts';
import { type ConnectionErrorCode, connectionErrors, retryAdvice } from '../../../service/contract/error-codes.ts';
import { notificationExamples } from '../../../service/contract/examples.ts';

describe('the end of a connection in words', () => {
  it.each(Object.keys(connectionErrors) as ConnectionErrorCode[])("gives %s's own cause and remedy", (error_code) => {
    const { closeCode, message, cause, remedy } = connectionErrors[error_code];
    const explained = explainClose(closeCode, JSON.stringify({ error_code, message, correlation_id: 'c' }));
    expect(explained).toMatchObject({ cause, advice: remedy, name: closeCodes[closeCode].name });
    expect(explained.href).toBe(`/reference/close-codes/${closeCode}/#${error_code.toLowerCase()}`);
    expect(explained.retry).toBe(retryAdvice(closeCode, error_code));
  });

  it.each(['ORIGIN_NOT_ALLOWED', 'MESSAGE_RATE_EXCEEDED'] as const)(
    'advises no other token where a token is not at fault: %s',
    (error_code) => {
      const reason = JSON.stringify({ error_code, message: 'm', correlation_id: 'c' });
      expect(explainClose(1008, reason).retry).toBe('never');
      expect(explainClose(1008, '').retry).toBe('with_new_token');
    },
  );

  it('falls back on the code where the reason is not of this service', () => {
    expect(explainClose(1006, '')).toMatchObject({
      reason: undefined,
      cause: undefined,
      advice: closeCodes[1006].advice,
      href: '/reference/close-codes/1006/',
    });
    expect(explainClose(1008, 'proxy says no')).toMatchObject({ reason: undefined, advice: closeCodes[1008].advice });
  });

  it('says of an unknown code that it is not of this service', () => {
    expect(explainClose(4999, '')).toMatchObject({
      name: 'Unknown code',
      when: expect.stringContaining('never'),
      href: '/protocol/close-codes/',
    });
  });

  it('shows an error code that is newer than this page as it came', () => {
    const reason = { error_code: 'NEW_CAUSE', message: 'New', correlation_id: 'c' };
    expect(explainClose(1008, JSON.stringify(reason))).toMatchObject({ reason, cause: undefined });
  });
});

describe('the claims of a token', () => {
  const now = 1_800_000_000_000;
  const good = { sub: 'u', exp: now / 1000 + 1, iss: defaultIssuer, aud: ['other', defaultAudience] };
  const doubtful = (payload: object) =>
    claimNotes(payload as Record<string, unknown>, now)
      .filter(({ doubt }) => doubt !== undefined)
      .map(({ name }) => name);

  it('raise no doubt when all is well', () => {
    expect(doubtful(good)).toEqual([]);
  });

  it.each([
    ['sub', { ...good, sub: '' }],
    ['sub', { ...good, sub: 7 }],
    ['exp', { ...good, exp: now / 1000 - 1 }],
    ['exp', { ...good, exp: 'soon' }],
    ['iss', { ...good, iss: 'x' }],
    ['aud', { ...good, aud: 'x' }],
    ['nbf', { ...good, nbf: now / 1000 + 60 }],
  ])('point at %s in %j', (name, payload) => {
    expect(doubtful(payload)).toEqual([name]);
  });

  it('are not doubted where the service is configured for another issuer and audience', () => {
    const elsewhere = { ...good, iss: 'staging', aud: 'staging' };
    const doubted = (expectedError: ConnectionErrorCode | null) =>
      claimNotes(elsewhere, now, expectedError)
        .filter(({ doubt }) => doubt !== undefined)
        .map(({ name }) => name);
    expect(doubted(null)).toEqual([]);
    expect(doubted('TOKEN_SIGNATURE_INVALID')).toEqual([]);
    expect(doubted('TOKEN_ISSUER_INVALID')).toEqual(['iss']);
    expect(doubted('TOKEN_AUDIENCE_INVALID')).toEqual(['aud']);
  });

  it('are all named where they are missing, and others are marked as not read', () => {
    expect(doubtful({})).toEqual(['sub', 'exp', 'iss', 'aud']);
    expect(claimNotes({ ...good, role: 'teacher' }, now).at(-1)).toMatchObject({ name: 'role', value: '"teacher"' });
  });
});

describe('JSON for the eye', () => {
  const joined = (text: string) =>
    jsonTokens(text)
      .map((token) => token.text)
      .join('');

  it.each(Object.entries(notificationExamples))('loses nothing of %s', (_event, example) => {
    const pretty = prettyJson(JSON.stringify(example));
    expect(joined(pretty)).toBe(pretty);
    expect(JSON.parse(pretty)).toEqual(example);
  });

  it.each(['', 'no JSON at all', '{"a": "b', '"\\"" : \\', '"\\', '"a\\\nb"', '<script>alert(1)</script>'])(
    'loses nothing of %j',
    (text) => {
      expect(joined(prettyJson(text))).toBe(text);
    },
  );

  it('is split in linear time where a string does not end', () => {
    const text = `"${'\\"'.repeat(100_000)}`;
    const started = performance.now();
    expect(joined(text)).toBe(text);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('is cut where it is too long, never within a character', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abcd', 3)).toBe('abc');
    expect(cutText('ab\u{1F600}', 3)).toBe('ab');
  });

  it('tells keys, strings, numbers and words apart', () => {
    const kinds = jsonTokens('{"a": "x:1", "b": -1.5e3, "c": null}')
      .filter(({ kind }) => kind !== 'plain')
      .map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds).toEqual(['key "a"', 'string "x:1"', 'key "b"', 'number -1.5e3', 'key "c"', 'word null']);
  });
});
