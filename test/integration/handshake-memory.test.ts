import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectationOf, type ScenarioName, scenarioNames, scenarios } from '../../playground/scenarios.ts';
import type { Environment } from '../../service/config.ts';
import {
  type HandshakeDecision,
  type HandshakesResponse,
  rememberedHandshakes,
  rememberedTextLength,
  type TokenDefect,
  tokenDefects,
} from '../../service/contract/development.ts';
import { endpoints, legacyWebsocketPrefix } from '../../service/contract/endpoints.ts';
import { type ConnectionErrorCode, connectionErrors } from '../../service/contract/error-codes.ts';
import { type HttpErrorCode, httpErrors } from '../../service/contract/http-errors.ts';
import { startBrokenService } from '../support/broken-service.ts';
import { connect, dial } from '../support/client.ts';
import { closedPort } from '../support/closed-port.ts';
import { eventually } from '../support/eventually.ts';
import { startJwksServer } from '../support/jwks-server.ts';
import { expectProblemResponse } from '../support/problem.ts';
import { dialRaw, handshake } from '../support/raw-client.ts';
import { startService, type TestService } from '../support/service.ts';
import { createSigningKey, token } from '../support/tokens.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

async function start(environment: Environment): Promise<TestService> {
  const started = await startService(environment);
  cleanups.push(() => started.close());
  return started;
}

async function remembered(of = service): Promise<readonly HandshakeDecision[]> {
  const response = await fetch(of.url + endpoints.devHandshakes);
  return ((await response.json()) as HandshakesResponse).handshakes;
}

/** What stands at the top after one more handshake; that it is the one is known by its path or its time. */
async function newest(of = service): Promise<HandshakeDecision> {
  const [first] = await remembered(of);
  if (first === undefined) throw new Error('nothing is remembered');
  return first;
}

const refusedFor = (cause: ConnectionErrorCode) => ({
  outcome: 'refused',
  error_code: cause,
  http_status: 101,
  close_code: connectionErrors[cause].closeCode,
});

const answeredWith = (code: HttpErrorCode) => ({
  outcome: code === 'ENDPOINT_GONE' ? 'gone' : 'not_upgraded',
  error_code: code,
  http_status: httpErrors[code].status,
  close_code: null,
});

describe('GET /dev/handshakes', () => {
  it('tells of each handshake what the client got and why, the newest first', async () => {
    const own = await start({});
    expect(await remembered(own)).toEqual([]);
    const { token: right } = await own.mint({ user_id: 'Åsa' });
    const { token: wrong } = await own.mint({ user_id: 'Åsa', defect: 'expired' });
    const before = Date.now();
    const client = await connect(`${own.wsUrl}?token=${right}`, { origin: own.url });
    const { reason } = await dial(`${own.wsUrl}/?token=${wrong}`).closed;
    await dial(`ws://${new URL(own.url).host}${legacyWebsocketPrefix}/teacher-1?token=${right}`).closed;
    const [gone, refused, accepted, ...others] = await remembered(own);
    expect(others).toEqual([]);
    expect(gone).toEqual({
      ...answeredWith('ENDPOINT_GONE'),
      path: `${legacyWebsocketPrefix}/teacher-1`,
      origin: null,
      user_id: null,
      at: expect.any(String),
      correlation_id: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(refused).toEqual({
      ...refusedFor('TOKEN_EXPIRED'),
      path: '/ws/',
      origin: null,
      user_id: null,
      at: expect.any(String),
      correlation_id: reason?.correlation_id,
    });
    expect(accepted).toEqual({
      outcome: 'accepted',
      error_code: null,
      http_status: 101,
      close_code: null,
      path: '/ws',
      origin: own.url,
      user_id: 'Åsa',
      at: expect.any(String),
      correlation_id: own.log.find(({ msg }) => msg === 'connection opened')?.correlation_id,
    });
    for (const { at } of [gone, refused, accepted] as HandshakeDecision[]) {
      expect(new Date(at).toISOString()).toBe(at);
      expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    }
    await client.close();
  });

  it('says what time it is, and is kept by no cache', async () => {
    const response = await fetch(service.url + endpoints.devHandshakes);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { now } = (await response.json()) as HandshakesResponse;
    expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(5000);
  });

  it('answers this machine and the configured origins, like the other development endpoints', async () => {
    const own = await start({ CORS_ORIGINS: '["https://app.example"]' });
    const ask = (origin: string) => fetch(own.url + endpoints.devHandshakes, { headers: { origin } });
    const allowed = await ask('https://app.example');
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    await expectProblemResponse(await ask('https://evil.example'), 'CALLER_NOT_ALLOWED');
  });

  it.each<[string, Environment]>([
    ['in production', { ENVIRONMENT: 'production', JWT_SECRET_KEY: 'x'.repeat(64), REDIS_URL: 'redis://127.0.0.1:1' }],
    ['with the development endpoints off', { ENABLE_DEV_ENDPOINTS: 'false' }],
  ])('does not exist %s', async (_where, environment) => {
    const own = await start(environment);
    await expectProblemResponse(await fetch(own.url + endpoints.devHandshakes), 'NOT_FOUND');
    expect(own.app.server.listenerCount('clientError')).toBe(1);
  });
});

/** Does at the handshake what a scenario says. Nothing where it is about a connection that is open, or needs more. */
async function perform(name: ScenarioName): Promise<HandshakeDecision> {
  const { act, outside } = scenarios[name];
  switch (act.kind) {
    case 'wrong_token': {
      const minted = await service.mint({ user_id: 'teacher-1', defect: act.defect });
      await dial(`${service.wsUrl}?token=${minted.token}`).closed;
      return newest();
    }
    case 'tokens_in_url': {
      await dial(`${service.wsUrl}?${act.tokens.map((one) => `token=${one}`).join('&')}`).closed;
      return newest();
    }
    case 'crowd': {
      const own = await start({ WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1' });
      const first = await connect(`${own.wsUrl}?token=${token()}`);
      await dial(`${own.wsUrl}?token=${token()}`).closed;
      await first.close();
      return newest(own);
    }
    case 'dial': {
      const { host, port } = new URL(service.url);
      if (act.place === 'old_path') await dial(`ws://${host}${legacyWebsocketPrefix}/teacher-1`).closed;
      else await dial(service.wsUrl, { origin: `http://localhost:${port}` }).closed;
      return newest();
    }
    case 'watch':
      return judged(name, outside?.environment ?? {});
    default: {
      const client = await connect(`${service.wsUrl}?token=${token()}`);
      await client.close();
      return newest();
    }
  }
}

/** The scenarios that take a service of their own, or a client that is no browser. */
async function judged(name: ScenarioName, environment: Environment): Promise<HandshakeDecision> {
  switch (name) {
    case 'TOKEN_IN_HEADER':
      await dial(service.wsUrl, { headers: { authorization: `Bearer ${token()}` } }).closed;
      return newest();
    case 'TOKEN_KEY_UNKNOWN': {
      const jwks = await startJwksServer([]);
      cleanups.push(() => jwks.close());
      return refusedAt({ ...environment, JWT_JWKS_URL: jwks.url }, await (await createSigningKey('ES256')).sign());
    }
    case 'KEYS_UNAVAILABLE':
      return refusedAt(environment, await (await createSigningKey('ES256')).sign());
    case 'BROKER_UNAVAILABLE': {
      const REDIS_URL = `redis://127.0.0.1:${await closedPort()}`;
      return refusedAt({ ...environment, REDIS_URL, REDIS_CONNECT_TIMEOUT: '0.3' }, token());
    }
    case 'INTERNAL_ERROR': {
      const broken = await startBrokenService();
      cleanups.push(() => broken.close());
      await dial(`${broken.wsUrl}?token=x`).closed;
      return broken.memory.newestFirst[0] as HandshakeDecision;
    }
    case 'SERVER_SHUTDOWN':
      return refusedWhileClosing();
    default: {
      const client = await connect(`${service.wsUrl}?token=${token()}`);
      await client.close();
      return newest();
    }
  }
}

async function refusedAt(environment: Environment, bearer: string): Promise<HandshakeDecision> {
  const own = await start(environment);
  await dial(`${own.wsUrl}?token=${bearer}`).closed;
  return newest(own);
}

/** While the service waits for a client that never answers, it takes what had begun to come, and nothing new. */
async function refusedWhileClosing(): Promise<HandshakeDecision> {
  const own = await startService({ WEBSOCKET_SHUTDOWN_TIMEOUT: '5' });
  const silent = dialRaw(own.url, handshake(`/ws?token=${token()}`));
  await silent.head();
  const split = (text: string) => [text.slice(0, -2), text.slice(-2)] as const;
  const [late, lateRest] = split(handshake('/ws?token=x'));
  const [ask, askRest] = split(`GET ${endpoints.devHandshakes} HTTP/1.1\r\nHost: ${new URL(own.url).host}\r\n\r\n`);
  const [refused, asking] = [dialRaw(own.url, late), dialRaw(own.url, ask)];
  await connections(own, 3);
  const closing = own.close();
  await silent.closeFrame();
  refused.socket.write(lateRest);
  expect(await refused.closeFrame()).toMatchObject({ reason: { error_code: 'SERVER_SHUTDOWN' } });
  asking.socket.write(askRest);
  const { body } = await asking.response();
  for (const { socket } of [silent, refused, asking]) socket.destroy();
  await closing;
  return (JSON.parse(body) as HandshakesResponse).handshakes[0] as HandshakeDecision;
}

async function connections(of: TestService, count: number): Promise<void> {
  const open = () => new Promise<number>((resolve) => of.app.server.getConnections((_error, n) => resolve(n)));
  await eventually(async () => (await open()) === count, `${count} sockets`);
}

/** What ends a connection that was accepted is no decision about a handshake. */
const whileConnected: ReadonlySet<ScenarioName> = new Set<ScenarioName>([
  'TOKEN_EXPIRED',
  'MESSAGE_RATE_EXCEEDED',
  'BINARY_NOT_SUPPORTED',
  'MESSAGE_TOO_LARGE',
  'MESSAGE_TOO_FRAGMENTED',
  'FRAME_INVALID',
  'TEXT_NOT_UTF8',
  'SLOW_CONSUMER',
  'PEER_UNRESPONSIVE',
  1000,
  1005,
]);

describe('the memory of handshakes', () => {
  it.each(scenarioNames)('is right about the scenario %s', async (name) => {
    const decision = await perform(name);
    const { cause } = expectationOf(name);
    if (whileConnected.has(name)) expect(decision).toMatchObject({ outcome: 'accepted', error_code: null });
    else if (name === 1006) expect(decision).toMatchObject(answeredWith('ENDPOINT_GONE'));
    else expect(decision).toMatchObject(refusedFor(cause as ConnectionErrorCode));
  });

  it.each(Object.keys(tokenDefects) as TokenDefect[])('is right about a token that is wrong so: %s', async (defect) => {
    const minted = await service.mint({ user_id: 'teacher-1', defect });
    await dial(`${service.wsUrl}?token=${encodeURIComponent(minted.token)}`).closed;
    expect(await newest()).toMatchObject({ ...refusedFor(tokenDefects[defect].error), user_id: null });
  });

  it.each<[string, string, HttpErrorCode, string]>([
    [
      'the old path',
      handshake(`${legacyWebsocketPrefix}/u-1?token=x`),
      'ENDPOINT_GONE',
      `${legacyWebsocketPrefix}/u-1`,
    ],
    ['the old path alone', handshake(legacyWebsocketPrefix), 'ENDPOINT_GONE', legacyWebsocketPrefix],
    ['the old path, not decodable', handshake(`${legacyWebsocketPrefix}/%zz`), 'ENDPOINT_GONE', '/ws/v1/status/%zz'],
    ['a half-migrated path', handshake('/ws/teacher-1?token=x'), 'NOT_FOUND', '/ws/teacher-1'],
    ['a path that does not exist', handshake('/socket'), 'NOT_FOUND', '/socket'],
    ['a path that is not decodable', handshake('/%zz'), 'REQUEST_INVALID', '/%zz'],
    ['no key', handshake('/ws', { 'sec-websocket-key': undefined }), 'HANDSHAKE_INVALID', '/ws'],
    ['an old version', handshake('/ws?token=x', { 'sec-websocket-version': '7' }), 'HANDSHAKE_INVALID', '/ws'],
    ['a POST', handshake('/ws', {}, 'POST'), 'HANDSHAKE_INVALID', '/ws'],
    ['a token too long', handshake(`/ws?token=${'x'.repeat(17_000)}`), 'HEADERS_TOO_LARGE', '/ws'],
    ['cookies too long', handshake('/elsewhere', { cookie: 'x'.repeat(17_000) }), 'HEADERS_TOO_LARGE', '/elsewhere'],
  ])('holds what is answered with HTTP: %s', async (_what, bytes, code, path) => {
    const { status, body } = await dialRaw(
      service.url,
      bytes.replace('\r\n\r\n', '\r\norigin: http://a.example\r\n\r\n'),
    ).response();
    expect(status).toBe(httpErrors[code].status);
    const { correlation_id } = JSON.parse(body);
    const origin = code === 'HEADERS_TOO_LARGE' ? expect.anything() : 'http://a.example';
    expect(await newest()).toMatchObject({ ...answeredWith(code), path, correlation_id, origin });
  });

  it('holds a request for a WebSocket where something else is, which is answered without an error', async () => {
    await dialRaw(service.url, handshake(endpoints.health)).response();
    expect(await newest()).toMatchObject({
      path: endpoints.health,
      outcome: 'not_upgraded',
      http_status: 200,
      error_code: null,
      correlation_id: null,
    });
  });

  it('holds no request that asks for no WebSocket', async () => {
    const before = await remembered();
    await fetch(`${service.url}/nothing`);
    await fetch(service.url + legacyWebsocketPrefix);
    await fetch(service.url + endpoints.websocket);
    await dialRaw(service.url, 'no HTTP\r\n\r\n').response();
    await dialRaw(service.url, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`).response();
    expect(await remembered()).toEqual(before);
  });

  it('says that a client had left before it was answered', async () => {
    const jwks = await startJwksServer([]);
    cleanups.push(() => jwks.close());
    jwks.hang();
    const own = await start({ JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: jwks.url });
    const key = await createSigningKey('ES256');
    const client = dialRaw(own.url, handshake(`/ws?token=${await key.sign()}`));
    await eventually(() => jwks.requests.length === 1, 'the keys are asked for');
    client.socket.resetAndDestroy();
    await connections(own, 0);
    jwks.release([key.jwk]);
    await eventually(async () => (await remembered(own)).length === 1, 'the handshake is decided');
    expect(await newest(own)).toMatchObject({ outcome: 'abandoned', http_status: null, close_code: null });
  });

  it('is bounded: the oldest makes room', async () => {
    const own = await start({});
    const paths = Array.from({ length: rememberedHandshakes + 20 }, (_, n) => `/number/${n}`);
    for (const path of paths) await dialRaw(own.url, handshake(path)).head();
    const kept = (await remembered(own)).map(({ path }) => path);
    expect(kept).toEqual(paths.slice(20).toReversed());
  });

  it('cuts what is long', async () => {
    await dialRaw(
      service.url,
      handshake(`/${'long/'.repeat(1000)}`, { origin: `http://${'a.'.repeat(1000)}` }),
    ).response();
    const { path, origin } = await newest();
    expect(path).toHaveLength(rememberedTextLength);
    expect(path).toMatch(/…$/);
    expect(origin).toHaveLength(rememberedTextLength);
  });
});

describe('no token is remembered', () => {
  const secret = token({ sub: 'secret-user' });
  const parts = secret.split('.');
  const spelled = (text: string) => [...text].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');
  /** Every spelling of six characters of it. */
  const pieces = parts.flatMap((part) =>
    Array.from({ length: part.length - 5 }, (_, at) => part.slice(at, at + 6)).flatMap((six) => [six, spelled(six)]),
  );

  it.each<[string, string, Record<string, string>]>([
    ['the query', `/ws?token=${secret}`, {}],
    ['the query of the old path', `${legacyWebsocketPrefix}/u?token=${secret}`, {}],
    ['two queries', `/ws?token=${secret}&token=${secret}`, {}],
    ['the path, after a sign of its own', `/ws&token=${secret}`, {}],
    ['the path, as a parameter', `/ws;token=${secret}`, {}],
    ['the path, with the query encoded', `/ws%3Ftoken%3D${secret}`, {}],
    ['the path, as a parameter that is no JWT', `/ws%3Ftoken%3D${parts[2]?.slice(0, 20)}`, {}],
    ['the path, with the query encoded twice', `/ws%253Ftoken%253D${secret}`, {}],
    ['a segment of the old path', `${legacyWebsocketPrefix}/${secret}`, {}],
    ['a segment of an unknown path', `/socket/${secret}/x`, {}],
    ['a segment, behind a word', `/socket/Bearer%20${secret}`, {}],
    ['a segment, percent-encoded', `/socket/${spelled(secret)}`, {}],
    ['a segment, encoded twice', `/socket/${spelled(secret).replaceAll('%', '%25')}`, {}],
    ['segments of its parts', `/socket/${parts.join('/')}`, {}],
    ['a segment of its signature', `/socket/${parts[2]}`, {}],
    ['a fragment', `/socket#${secret}`, {}],
    ['a whole address', `http://user:${secret}@host/ws`, {}],
    ['the user of an address', `ws://${secret}@host/socket`, {}],
    ['the header', '/ws', { authorization: `Bearer ${secret}` }],
    ['the protocols', '/ws', { 'sec-websocket-protocol': `huleedu.bearer.${secret}` }],
    ['a cookie', '/ws', { cookie: `token=${secret}` }],
    ['the origin', '/ws', { origin: `http://${secret}` }],
    ['the origin, which is none', '/ws', { origin: `Bearer ${secret}` }],
    ['a request too large', `/ws/${secret}?token=${secret}`, { cookie: 'x'.repeat(17_000) }],
    ['a path too long', `/${'x/'.repeat(rememberedTextLength / 2 - 4)}${secret}`, {}],
  ])('that comes in %s', async (_where, target, headers) => {
    const before = (await remembered())[0]?.at;
    const client = dialRaw(service.url, handshake(target, headers));
    await client.head();
    await eventually(async () => (await remembered())[0]?.at !== before, 'the handshake is decided');
    client.socket.destroy();
    const { user_id, ...decision } = await newest();
    const kept = JSON.stringify(decision);
    expect(pieces.filter((piece) => kept.toLowerCase().includes(piece.toLowerCase()))).toEqual([]);
    expect([null, 'secret-user']).toContain(user_id);
    expect(JSON.stringify(await remembered())).not.toMatch(/eyJ/);
  });

  it('leaves the ids of users and ordinary paths as they are', async () => {
    const kept = [
      '/ws/v1/status/0b6f4f5e-0d1c-4b7e-9a55-1f2c3d4e5f60',
      '/socket.io/',
      '/keyboard/eyelid',
      '/ws/K%C3%B6nig',
    ];
    for (const path of kept) await dialRaw(service.url, handshake(path)).response();
    expect((await remembered()).slice(0, kept.length).map(({ path }) => path)).toEqual(kept.toReversed());
  });

  it('keeps a user id that is a token from the one who asks', async () => {
    const { token: odd } = await service.mint({ user_id: 'x', claims: { sub: secret } });
    await (await connect(`${service.wsUrl}?token=${odd}`)).close();
    expect(await newest()).toMatchObject({ outcome: 'accepted', user_id: '…' });
  });
});
