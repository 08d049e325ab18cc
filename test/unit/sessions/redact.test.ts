import { describe, expect, it } from 'vitest';
import { redact, redactText, removed } from '../../../service/sessions/redact.ts';
import { fakeToken } from '../../support/fake-token.ts';

const token = fakeToken();
const [header = '', payload = '', signature = ''] = token.split('.');

describe('a token is taken out', () => {
  it.each([
    ['alone', token],
    ['within a sentence', `The token ${token}, please.`],
    ['in quotes', `{"token":"${token}"}`],
    ['behind other characters', `x_${token}`],
    ['in an address', `ws://host/ws?token=${token}&a=b`],
    ['in an address that is encoded', `https://host/?next=%2Fws%3Ftoken%3D${token}`],
    ['with white space in its header', fakeToken('{ "alg": "HS256" }')],
    ['with a line break in its header', fakeToken('{\n"alg":"none"}')],
    ['that is not signed', `${header}.${payload}.`],
    ['without its last part', `${header}.${payload}`],
    ['of five parts', `${header}.a.b.c.${signature}`],
    ['in the next one', `${token}.${token}`],
    ['in a long text', `${'a'.repeat(100_000)} ${token}`],
  ])('%s', (_where, text) => {
    const { value, removals } = redactText(text);
    expect(removals).toBeGreaterThan(0);
    expect(value).toContain(removed);
    expect(value).not.toContain(header);
    expect(value).not.toContain(payload);
  });

  it.each([
    ['a token of another kind in an address', 'ws://host/ws?a=b&token=opaque-secret', 'opaque-secret'],
    ['one in a header', 'Authorization: Bearer 0123456789abcdef', '0123456789abcdef'],
    ['a user and a password', 'redis://user:hunter2@host/0', 'hunter2'],
  ])('and so is %s', (_what, text, secret) => {
    const { value, removals } = redactText(text);
    expect(value).not.toContain(secret);
    expect(removals).toBe(1);
  });

  it('wherever it stands in a value, and is counted', () => {
    const { value, removals } = redact({ a: [token, 1, null], [token]: { b: `x ${token}` } });
    expect(JSON.stringify(value)).not.toContain(header);
    expect(removals).toBe(3);
    expect(value).toMatchObject({ a: [removed, 1, null] });
  });
});

it.each([
  ['ws://localhost:8004/ws?token=…'],
  [`ws://localhost:8004/ws?token=${removed}`],
  ['www.realtime.example.com'],
  ['b5b1c1e0-0000-4000-8000-000000000001'],
  ['{"event":"batch_results_ready","data":{"version":"1.22.333"}}'],
  ['service/sessions/redact.test.ts'],
])('leaves what is no token: %s', (text) => {
  expect(redactText(text)).toEqual({ value: text, removals: 0 });
});

it('takes no longer for texts that were made to make it slow', () => {
  const started = performance.now();
  for (const text of [
    'a'.repeat(1_000_000),
    'eyJ'.repeat(100_000),
    'a.'.repeat(300_000),
    '//a:'.repeat(200_000),
    '-.-'.repeat(200_000),
  ])
    redactText(text);
  expect(performance.now() - started).toBeLessThan(2000);
});
