import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultAudience, defaultIssuer } from '../../service/contract/claims.ts';
import {
  defaultTokenLifetimeSeconds,
  maxTokenLifetimeSeconds,
  type NotificationResponse,
  type TokenDefect,
  type TokenResponse,
  tokenDefects,
} from '../../service/contract/development.ts';
import { endpoints } from '../../service/contract/endpoints.ts';
import { busyMachineMs } from '../support/busy-machine.ts';
import { connect, dial } from '../support/client.ts';
import { expectProblemResponse } from '../support/problem.ts';
import { dialRaw } from '../support/raw-client.ts';
import { startService, type TestService } from '../support/service.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

async function start(environment: Record<string, string>): Promise<TestService> {
  const started = await startService(environment);
  cleanups.push(() => started.close());
  return started;
}

function post(path: string, body: unknown, headers: Record<string, string> = {}, on = service): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(on.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
}

const now = () => Math.floor(Date.now() / 1000);

describe('POST /dev/tokens', () => {
  it('mints a token for an hour that the service accepts', async () => {
    const response = await post(endpoints.devTokens, { user_id: 'teacher' });
    expect(response.status).toBe(200);
    const { token, expected_error } = (await response.json()) as TokenResponse;
    expect(expected_error).toBeNull();
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    const { iat, exp, ...claims } = decodeJwt(token);
    expect(claims).toEqual({ sub: 'teacher', iss: defaultIssuer, aud: defaultAudience });
    expect(Math.abs(Number(iat) - now())).toBeLessThan(5);
    expect(Number(exp) - Number(iat)).toBe(defaultTokenLifetimeSeconds);
    await (await connect(`${service.wsUrl}?token=${token}`)).close();
  });

  it.each([1, 90, maxTokenLifetimeSeconds])('gives it a lifetime of %i s', async (lifetime_seconds) => {
    const { exp, iat } = decodeJwt((await service.mint({ user_id: 'teacher', lifetime_seconds })).token);
    expect(Number(exp) - Number(iat)).toBe(lifetime_seconds);
  });

  it('adds claims, puts them in place of the usual ones, and removes those that are null', async () => {
    const claims = {
      role: 'admin',
      nested: { a: [1] },
      iss: 'another',
      aud: ['x', defaultAudience],
      nbf: 5,
      iat: null,
    };
    const { token } = await service.mint({ user_id: 'teacher', claims });
    const { exp, ...held } = decodeJwt(token);
    expect(exp).toBeTypeOf('number');
    const { iat, ...expected } = claims;
    expect(held).toEqual({ sub: 'teacher', ...expected });
  });

  it('lets claims make a token wrong, too', async () => {
    for (const [claims, error_code] of [
      [{ exp: null }, 'TOKEN_EXPIRY_MISSING'],
      [{ sub: null }, 'TOKEN_SUBJECT_INVALID'],
      [{ nbf: now() + 600 }, 'TOKEN_NOT_YET_VALID'],
      [{ exp: now() - 1 }, 'TOKEN_EXPIRED'],
    ] as const) {
      const { token } = await service.mint({ user_id: 'teacher', claims });
      expect(await dial(`${service.wsUrl}?token=${token}`).closed).toMatchObject({
        code: 1008,
        reason: { error_code },
      });
    }
  });

  it.each(Object.keys(tokenDefects) as TokenDefect[])(
    'says which refusal to expect, and it comes: %s',
    async (defect) => {
      const { token, expected_error } = await service.mint({ user_id: 'teacher', defect });
      expect(expected_error).toBe(tokenDefects[defect].error);
      const { reason } = await dial(`${service.wsUrl}?token=${encodeURIComponent(token)}`).closed;
      expect(reason?.error_code).toBe(expected_error);
    },
  );

  it.each([
    [{}, "'user_id'"],
    [{ user_id: '' }, 'user_id'],
    [{ user_id: 42 }, 'user_id'],
    [{ user_id: null }, 'user_id'],
    [{ user_id: 'x'.repeat(257) }, 'user_id'],
    [{ user_id: 'u', lifetime_seconds: 0 }, 'lifetime_seconds'],
    [{ user_id: 'u', lifetime_seconds: maxTokenLifetimeSeconds + 1 }, 'lifetime_seconds'],
    [{ user_id: 'u', lifetime_seconds: 1.5 }, 'lifetime_seconds'],
    [{ user_id: 'u', lifetime_seconds: '60' }, 'lifetime_seconds'],
    [{ user_id: 'u', claims: 'admin' }, 'claims'],
    [{ user_id: 'u', claims: ['admin'] }, 'claims'],
    [{ user_id: 'u', defect: 'ugly' }, 'defect'],
    [{ user_id: 'u', userid: 'v' }, '"userid"'],
    [[], 'body'],
    ['"text"', 'body'],
    ['null', 'body'],
  ])('names what is wrong with %j', async (body, named) => {
    const problem = await expectProblemResponse(await post(endpoints.devTokens, body), 'BODY_INVALID');
    expect(problem.detail).toContain(named);
  });

  it('names every defect that there is to one who asks for another', async () => {
    const problem = await expectProblemResponse(
      await post(endpoints.devTokens, { user_id: 'u', defect: 'ugly' }),
      'BODY_INVALID',
    );
    for (const defect of Object.keys(tokenDefects)) expect(problem.detail).toContain(defect);
  });
});

describe('POST /dev/notifications', () => {
  it('publishes text as it stands, and says where, how much and to how many', async () => {
    const { token } = await service.mint({ user_id: 'Åsa' });
    const client = await connect(`${service.wsUrl}?token=${token}`);
    const response = await post(endpoints.devNotifications, { user_id: 'Åsa', payload: 'not JSON: Ö' });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({
      channel: 'ws:Åsa',
      bytes: 12,
      receivers: 1,
    } satisfies NotificationResponse);
    expect((await client.messages(1)).map(String)).toEqual(['not JSON: Ö']);
    await client.close();
  });

  it('says that nobody listens', async () => {
    expect(await service.publish('nobody', '{}')).toEqual({ channel: 'ws:nobody', bytes: 2, receivers: 0 });
  });

  it.each([
    [{ payload: 'x' }, 'user_id'],
    [{ user_id: 'u' }, 'payload'],
    [{ user_id: '', payload: 'x' }, 'user_id'],
    [{ user_id: 'u', payload: { event: 'x' } }, 'payload'],
    [{ user_id: 'u', payload: 'x', channel: 'ws:v' }, '"channel"'],
  ])('names what is wrong with %j', async (body, named) => {
    const problem = await expectProblemResponse(await post(endpoints.devNotifications, body), 'BODY_INVALID');
    expect(problem.detail).toContain(named);
  });

  it('publishes on the configured prefix', async () => {
    const other = await start({ REDIS_CHANNEL_PREFIX: 'realtime' });
    expect((await other.publish('teacher', '{}')).channel).toBe('realtime:teacher');
  });

  it('answers 503 while Redis is down, quickly', async () => {
    const lonely = await start({ REDIS_URL: 'redis://:hidden@127.0.0.1:1', REDIS_CONNECT_TIMEOUT: '0.5' });
    const startedAt = performance.now();
    const response = await post(endpoints.devNotifications, { user_id: 'u', payload: '{}' }, {}, lonely);
    const problem = await expectProblemResponse(response, 'BROKER_UNAVAILABLE');
    expect(performance.now() - startedAt).toBeLessThan(2000 + busyMachineMs);
    expect(JSON.stringify(problem)).not.toContain('hidden');
    // Minting needs no broker.
    expect((await lonely.mint({ user_id: 'u' })).token).toMatch(/^ey/);
  });
});

describe.each([endpoints.devTokens, endpoints.devNotifications])('%s', (path) => {
  it.each([
    ['broken JSON', '{"user_id":', 'application/json', 'BODY_INVALID'],
    ['no body', '', 'application/json', 'BODY_INVALID'],
    ['a key that poisons objects', '{"user_id":"u","__proto__":{}}', 'application/json', 'BODY_INVALID'],
    ['a form', 'user_id=u', 'application/x-www-form-urlencoded', 'MEDIA_TYPE_UNSUPPORTED'],
    ['text', '{"user_id":"u"}', 'text/plain', 'MEDIA_TYPE_UNSUPPORTED'],
    ['more than 1 MiB', `{"user_id":"${'x'.repeat(1024 * 1024)}"}`, 'application/json', 'BODY_TOO_LARGE'],
  ] as const)('answers %s with a problem document', async (_what, body, type, code) => {
    await expectProblemResponse(await post(path, body, { 'content-type': type }), code);
  });

  it('hears a body out that is too large, so that its answer arrives', async () => {
    const size = 2 * 1024 * 1024;
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;
    const client = dialRaw(service.url, head);
    expect((await client.response()).status).toBe(413);
    client.socket.write(' '.repeat(size));
    client.socket.end(`GET ${endpoints.health} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const received = once(client.socket, 'data');
    expect(String((await received)[0])).toContain('200 OK');
  });

  it.each([
    ['a page of a foreign origin', { origin: 'https://elsewhere.example' }, 403],
    ['a page whose origin is hidden', { origin: 'null' }, 403],
    ['a page of a configured origin', { origin: 'http://localhost:3000' }, 400],
    ['no page', {}, 400],
  ])('judges the caller before the body: %s', async (_what, headers, status) => {
    const response = await post(path, {}, headers);
    await expectProblemResponse(response, status === 403 ? 'CALLER_NOT_ALLOWED' : 'BODY_INVALID');
  });

  it('is not there with ENABLE_DEV_ENDPOINTS=false, nor outside development', async () => {
    for (const environment of [
      { ENABLE_DEV_ENDPOINTS: 'false' },
      {
        ENVIRONMENT: 'testing',
        JWT_SECRET_KEY: 'a secret of this test alone, long enough',
        WEBSOCKET_HOST: '127.0.0.1',
      },
    ]) {
      const closed = await start(environment);
      await expectProblemResponse(await post(path, { user_id: 'u', payload: '' }, {}, closed), 'NOT_FOUND');
      const health = (await (await fetch(closed.url + endpoints.health)).json()) as object;
      expect(health).toMatchObject({ development_endpoints: false });
    }
  });
});

describe('with a public key', () => {
  it('cannot mint, and says so with 409; publishing works', async () => {
    const { publicKey } = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const verifying = await start({ JWT_ALGORITHM: 'EdDSA', JWT_PUBLIC_KEY: publicKey });
    const response = await post(endpoints.devTokens, { user_id: 'u' }, {}, verifying);
    await expectProblemResponse(response, 'MINTING_UNAVAILABLE');
    expect((await verifying.publish('u', '{}')).receivers).toBe(0);
  });
});
