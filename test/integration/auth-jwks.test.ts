import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';
import { busyMachineMs } from '../support/busy-machine.ts';
import { connect, dial } from '../support/client.ts';
import { closedPort } from '../support/closed-port.ts';
import { type JwksServer, startJwksServer } from '../support/jwks-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { createSigningKey, rightClaims, type SigningKey, token } from '../support/tokens.ts';

const first = await createSigningKey('ES256', 'first');
const second = await createSigningKey('ES256', 'second');
const nameless = await createSigningKey('ES256');
const otherNameless = await createSigningKey('ES256');

let jwks: JwksServer;
let service: TestService;

beforeEach(async () => {
  jwks = await startJwksServer([first.jwk]);
  service = await startService({ JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: jwks.url });
});
afterEach(async () => {
  vi.useRealTimers();
  await service.close();
  await jwks.close();
});

async function expectAcceptance(jwt: string) {
  const client = await connect(`${service.wsUrl}?token=${jwt}`);
  await client.close();
}

async function expectRefusal(jwt: string, code: number, cause: ConnectionErrorCode) {
  const closed = await dial(`${service.wsUrl}?token=${jwt}`).closed;
  expect(closed).toMatchObject({ code, reason: { error_code: cause } });
}

describe.each(['RS256', 'ES256', 'EdDSA'] as const)('keys of %s at a URL', (JWT_ALGORITHM) => {
  it('verify tokens, with and without a `kid`', async () => {
    const key = await createSigningKey(JWT_ALGORITHM, 'one');
    const server = await startJwksServer([key.jwk]);
    const other = await startService({ JWT_ALGORITHM, JWT_JWKS_URL: server.url });
    for (const jwt of [await key.sign(), await key.sign(rightClaims(), { kid: undefined })]) {
      const client = await connect(`${other.wsUrl}?token=${jwt}`);
      await client.close();
    }
    await other.close();
    await server.close();
  });
});

it('fetches the keys once for many tokens, also when they come at once', async () => {
  jwks.hang();
  const jwts = await Promise.all(['a', 'b', 'c', 'd'].map((sub) => first.sign(rightClaims({ sub }))));
  const clients = Promise.all(jwts.map((jwt) => connect(`${service.wsUrl}?token=${jwt}`)));
  await vi.waitFor(() => expect(jwks.requests).toHaveLength(1));
  jwks.release([first.jwk]);
  for (const client of await clients) await client.close();
  await expectAcceptance(await first.sign());
  expect(jwks.requests).toHaveLength(1);
});

it('asks for the keys with no token in the request', async () => {
  const jwt = await first.sign();
  await expectAcceptance(jwt);
  const [request] = jwks.requests;
  expect(JSON.stringify([request?.url, request?.headers])).not.toContain(jwt.split('.')[1]);
});

describe('a token', () => {
  it('of an unknown `kid` is refused as such, and a flood of them does not become a flood of fetches', async () => {
    await expectAcceptance(await first.sign());
    for (let count = 0; count < 5; count++) await expectRefusal(await second.sign(), 1008, 'TOKEN_KEY_UNKNOWN');
    expect(jwks.requests).toHaveLength(1);
  });

  it('of a known `kid` that another key signed is refused for its signature', async () => {
    await expectRefusal(await second.sign(rightClaims(), { kid: 'first' }), 1008, 'TOKEN_SIGNATURE_INVALID');
  });

  it('of another algorithm is refused without a fetch', async () => {
    await expectRefusal(token(), 1008, 'TOKEN_ALGORITHM_NOT_ALLOWED');
    await expectRefusal('not-a-token', 1008, 'TOKEN_MALFORMED');
    expect(jwks.requests).toHaveLength(0);
  });

  it('is not verified with a key for encryption', async () => {
    jwks.serve([{ ...first.jwk, use: 'enc' }]);
    await expectRefusal(await first.sign(), 1008, 'TOKEN_KEY_UNKNOWN');
  });
});

describe('when the issuer rotates its keys', () => {
  it('the new key is fetched for the first token that names it', async () => {
    await expectAcceptance(await first.sign());
    jwks.serve([second.jwk]);
    // The clock alone is set, past the 30 s in which the keys are not asked for again.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    await expectAcceptance(await second.sign());
    await expectRefusal(await first.sign(), 1008, 'TOKEN_KEY_UNKNOWN');
    expect(jwks.requests).toHaveLength(2);
  });

  it('tokens without a `kid` verify with either of two keys: the next key is published before it is used', async () => {
    jwks.serve([nameless.jwk, otherNameless.jwk]);
    await expectAcceptance(await nameless.sign());
    await expectAcceptance(await otherNameless.sign());
    const stranger: SigningKey = await createSigningKey('ES256');
    await expectRefusal(await stranger.sign(), 1008, 'TOKEN_SIGNATURE_INVALID');
    await expectRefusal(await otherNameless.sign(rightClaims({ exp: 1 })), 1008, 'TOKEN_EXPIRED');
    expect(jwks.requests).toHaveLength(1);
  });

  it('tokens still connect while the keys are cached and their server is down', async () => {
    await expectAcceptance(await first.sign());
    jwks.answer(500, '');
    await expectAcceptance(await first.sign());
  });
});

describe("the fault is the service's own, 1011 and not 1008, when the keys", () => {
  it.each<[string, number, string]>([
    ['come with status 500', 500, '{"keys":[]}'],
    ['come with status 404', 404, '{"keys":[]}'],
    ['are not JSON', 200, '<!doctype html>'],
    ['are no key set', 200, '{"error":"maintenance"}'],
    ['are null', 200, 'null'],
    ['cannot be imported', 200, JSON.stringify({ keys: [{ ...first.jwk, x: 'AA' }] })],
  ])('%s', async (_what, status, body) => {
    jwks.answer(status, body);
    await expectRefusal(await first.sign(), 1011, 'KEYS_UNAVAILABLE');
    jwks.serve([first.jwk]);
  });

  it('are behind a redirect, which could lead anywhere', async () => {
    jwks.answer(302, '');
    await expectRefusal(await first.sign(), 1011, 'KEYS_UNAVAILABLE');
  });

  it('are at a port that nobody listens on; the log says so', async () => {
    const port = await closedPort();
    const other = await startService({ JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: `http://127.0.0.1:${port}/jwks.json` });
    const { code, reason } = await dial(`${other.wsUrl}?token=${await first.sign()}`).closed;
    expect({ code, cause: reason?.error_code }).toEqual({ code: 1011, cause: 'KEYS_UNAVAILABLE' });
    const line = other.log.find(({ correlation_id }) => correlation_id === reason?.correlation_id);
    expect(line).toMatchObject({
      level: 'error',
      cause: 'KEYS_UNAVAILABLE',
      error: expect.stringContaining('ECONNREFUSED'),
    });
    await other.close();
  });

  it('do not come within 5 s', async () => {
    jwks.hang();
    const startedAt = performance.now();
    await expectRefusal(await first.sign(), 1011, 'KEYS_UNAVAILABLE');
    expect(performance.now() - startedAt).toBeLessThan(5000 + busyMachineMs);
  });

  it('were unavailable a moment ago, and the next token connects when they are back', async () => {
    jwks.answer(503, '');
    await expectRefusal(await first.sign(), 1011, 'KEYS_UNAVAILABLE');
    jwks.serve([first.jwk]);
    await expectAcceptance(await first.sign());
  });
});

it('sends the credentials of JWT_JWKS_URL as a header, and keeps them out of the log when that fails', async () => {
  const address = jwks.url.replace('http://', 'http://reader:hunt%2Fer2@');
  const other = await startService({ JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: address, LOG_LEVEL: 'trace' });
  jwks.answer(401, '');
  expect((await dial(`${other.wsUrl}?token=${await first.sign()}`).closed).code).toBe(1011);
  expect(jwks.requests[0]?.headers.authorization).toBe(`Basic ${btoa('reader:hunt/er2')}`);
  expect(JSON.stringify(other.log)).not.toMatch(/hunt/);
  await other.close();
});
