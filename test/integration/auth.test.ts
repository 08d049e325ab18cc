import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../service/app.ts';
import { ConfigError, type Environment, loadConfig } from '../../service/config.ts';
import { endpoints, legacyWebsocketPrefix } from '../../service/contract/endpoints.ts';
import { type ConnectionErrorCode, connectionErrors } from '../../service/contract/error-codes.ts';
import { connect, dial } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';
import { createSigningKey, rightClaims, signText, token } from '../support/tokens.ts';

/** Connects, and expects to be refused for a cause. */
async function expectRefusal(url: string, cause: ConnectionErrorCode, headers: Record<string, string> = {}) {
  const { code, reason } = await dial(url, { headers }).closed;
  expect(reason?.error_code).toBe(cause);
  expect(code).toBe(connectionErrors[cause].closeCode);
}

/** Connects, and expects that what is published for a user arrives. */
async function expectAcceptance(service: TestService, jwt: string, userId = 'alice', headers = {}) {
  const client = await connect(`${service.wsUrl}?token=${encodeURIComponent(jwt)}`, { headers });
  await service.publish(userId, 'hello');
  expect(String((await client.messages(1))[0])).toBe('hello');
  await client.close();
}

async function withService(environment: Environment, use: (service: TestService) => Promise<void>) {
  const service = await startService(environment);
  try {
    await use(service);
  } finally {
    await service.close();
  }
}

// What a token can be wrong in, and right, is one table with the playground: auth-matrix.test.ts runs it.
describe('with a shared secret', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  const url = (query: string) => `${service.wsUrl}${query}`;

  it('connects whoever has a right token, as the user in its `sub`', async () => {
    const { token: minted, expected_error } = await service.mint({ user_id: 'bob' });
    expect(expected_error).toBeNull();
    await expectAcceptance(service, minted, 'bob');
    await expectAcceptance(service, token());
  });

  it.each([
    ['{"exp":1e999}', 'body/claims/exp'],
    ['{"act":{"depth":[-1e999]}}', 'body/claims/act/depth/0'],
  ])('mints no token with a number that JSON cannot hold, and says which: %s', async (claims, path) => {
    const response = await fetch(`${service.url}${endpoints.devTokens}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"user_id":"alice","claims":${claims}}`,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error_code: 'BODY_INVALID',
      detail: expect.stringContaining(path),
    });
  });

  it.each([
    ['there is no token in the query', '?user=alice'],
    ['the parameter is called Token', `?Token=${token()}`],
  ])('says that the token is missing where %s', async (_where, query) => {
    await expectRefusal(url(query), 'TOKEN_MISSING');
  });

  it.each([
    ['two empty ones', '?token=&token='],
    ['two different ones', `?token=${token()}&token=${token({ sub: 'bob' })}`],
  ])('refuses %s as more than one token', async (_what, query) => {
    await expectRefusal(url(query), 'TOKEN_REPEATED');
  });

  it('reads the token of the query alone where the header has one, too', async () => {
    const bearer = (jwt: string) => ({ authorization: `Bearer ${jwt}` });
    await expectAcceptance(service, token({ sub: 'query' }), 'query', bearer(token({ sub: 'header' })));
    await expectRefusal(url(`?token=${token({ exp: 1 })}`), 'TOKEN_EXPIRED', bearer(token()));
  });

  it('never reads a user id out of a path: the old endpoint is gone whoever calls', async () => {
    const opened = () => service.log.filter(({ msg }) => msg === 'connection opened').length;
    const before = opened();
    const { socket } = dial(`${service.url.replace('http', 'ws')}${legacyWebsocketPrefix}/alice?token=${token()}`, {
      headers: { authorization: `Bearer ${token()}` },
    });
    const status = await new Promise<number | undefined>((resolve) => {
      socket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode);
        request.destroy();
      });
    });
    expect(status).toBe(410);
    expect(opened()).toBe(before);
  });
});

it('lets the configured issuer, audience and secret decide', async () => {
  const settings = { JWT_SECRET_KEY: 'another secret, of 32 bytes or more', JWT_ISSUER: 'them', JWT_AUDIENCE: 'there' };
  await withService(settings, async (service) => {
    const payload = JSON.stringify(rightClaims({ iss: 'them', aud: ['there'] }));
    await expectAcceptance(service, signText({ payload, secret: settings.JWT_SECRET_KEY }));
    await expectRefusal(`${service.wsUrl}?token=${signText({ payload })}`, 'TOKEN_SIGNATURE_INVALID');
    const usual = signText({ payload: JSON.stringify(rightClaims()), secret: settings.JWT_SECRET_KEY });
    await expectRefusal(`${service.wsUrl}?token=${usual}`, 'TOKEN_ISSUER_INVALID');
  });
});

describe.each(['RS256', 'ES256', 'EdDSA'] as const)('with a public key of %s', (JWT_ALGORITHM) => {
  it.each([
    ['line breaks', (pem: string) => pem],
    ['\\n for line breaks, as one line of a .env file holds it', (pem: string) => pem.replaceAll('\n', '\\n')],
  ])('connects whoever it signed for; the PEM has %s', async (_what, written) => {
    const key = await createSigningKey(JWT_ALGORITHM);
    await withService({ JWT_ALGORITHM, JWT_PUBLIC_KEY: written(key.pem) }, async (service) => {
      await expectAcceptance(service, await key.sign());
    });
  });

  it('refuses another key, the HMAC of the public key, `none` and the development secret', async () => {
    const key = await createSigningKey(JWT_ALGORITHM);
    const another = await createSigningKey(JWT_ALGORITHM);
    const payload = JSON.stringify(rightClaims());
    await withService({ JWT_ALGORITHM, JWT_PUBLIC_KEY: key.pem }, async ({ wsUrl }) => {
      const refused: [string, ConnectionErrorCode][] = [
        [await another.sign(), 'TOKEN_SIGNATURE_INVALID'],
        [signText({ payload, secret: key.pem }), 'TOKEN_ALGORITHM_NOT_ALLOWED'],
        [
          signText({ payload, secret: key.pem, header: JSON.stringify({ alg: JWT_ALGORITHM }) }),
          'TOKEN_SIGNATURE_INVALID',
        ],
        [signText({ payload, header: '{"alg":"none"}' }).replace(/[^.]+$/, ''), 'TOKEN_ALGORITHM_NOT_ALLOWED'],
        [token(), 'TOKEN_ALGORITHM_NOT_ALLOWED'],
      ];
      for (const [jwt, cause] of refused) await expectRefusal(`${wsUrl}?token=${jwt}`, cause);
    });
  });
});

describe('the start is refused where JWT_PUBLIC_KEY', () => {
  const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }) as string;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });

  it.each([
    ['is a word', 'RS256', 'hello'],
    ['is cut off', 'RS256', pemOf(rsa.publicKey).slice(0, 200)],
    ['is a private key', 'RS256', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string],
    ['is an RSA key in the old format', 'RS256', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string],
    ['is an RSA key too short to verify any token with', 'RS256', pemOf(shortRsa.publicKey)],
    ['is an EC key, for RS256', 'RS256', pemOf(p384.publicKey)],
    ['is an RSA key, for ES256', 'ES256', pemOf(rsa.publicKey)],
    ['is of another curve, for ES256', 'ES256', pemOf(p384.publicKey)],
    ['is a key for key agreement, for EdDSA', 'EdDSA', pemOf(generateKeyPairSync('x25519').publicKey)],
  ])('%s (%s)', async (_what, JWT_ALGORITHM, JWT_PUBLIC_KEY) => {
    const error: unknown = await buildApp(loadConfig({ JWT_ALGORITHM, JWT_PUBLIC_KEY })).catch((fault) => fault);
    expect(error).toBeInstanceOf(ConfigError);
    const { faults } = error as ConfigError;
    expect(faults).toEqual([expect.stringMatching(/^JWT_PUBLIC_KEY holds .*; it may hold .*\.$/)]);
    expect(faults[0]).not.toContain(JWT_PUBLIC_KEY);
  });
});
