import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { endpoints, legacyWebsocketPrefix, pages } from '../../service/contract/endpoints.ts';
import type { HealthResponse, RedisHealthResponse, WebsocketHealthResponse } from '../../service/contract/health.ts';
import { connect } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { expectProblem, expectProblemResponse } from '../support/problem.ts';
import { sendRaw } from '../support/raw-http.ts';
import { startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';

const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

let service: TestService;
beforeAll(async () => {
  service = await startService({ SERVICE_NAME: 'a name of its own', WEBSOCKET_MAX_CONNECTIONS_PER_USER: '7' });
});
afterAll(() => service.close());

async function getJson<T>(url: string, status = 200): Promise<T> {
  const response = await fetch(url);
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  return (await response.json()) as T;
}

describe('GET /healthz', () => {
  it('says what runs, where and for how long', async () => {
    const before = await getJson<HealthResponse>(service.url + endpoints.health);
    const { timestamp, uptime_seconds, ...fixed } = before;
    expect(fixed).toEqual({
      service: 'a name of its own',
      status: 'healthy',
      message: expect.stringMatching(/\.$/),
      environment: 'development',
      version: packageJson.version,
      development_endpoints: true,
    });
    expect(timestamp).toMatch(isoDate);
    expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(5000);
    expect(uptime_seconds).toBeGreaterThan(0);
    const after = await getJson<HealthResponse>(service.url + endpoints.health);
    expect(after.uptime_seconds).toBeGreaterThan(uptime_seconds);
  });

  it('answers HEAD, for those who only want to know', async () => {
    expect((await fetch(service.url + endpoints.health, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('GET /healthz/websocket', () => {
  it('counts the connections that are open', async () => {
    const read = () => getJson<WebsocketHealthResponse>(service.url + endpoints.healthWebsocket);
    const fixed = { service: 'websocket_manager', status: 'healthy', max_connections_per_user: 7 };
    expect(await read()).toEqual({ ...fixed, total_connections: 0 });
    const { token } = await service.mint({ user_id: 'teacher' });
    const clients = await Promise.all([1, 2].map(() => connect(`${service.wsUrl}?token=${token}`)));
    expect(await read()).toEqual({ ...fixed, total_connections: 2 });
    for (const client of clients) await client.close();
    await eventually(async () => (await read()).total_connections === 0, 'both have left');
  });
});

describe('GET /healthz/redis', () => {
  it('is healthy with the embedded broker, and says that there is no Redis', async () => {
    const { timestamp, ...fixed } = await getJson<RedisHealthResponse>(service.url + endpoints.healthRedis);
    expect(fixed).toEqual({
      service: 'redis',
      status: 'healthy',
      message: expect.stringMatching(/\.$/),
      broker: 'embedded',
      address: null,
      channels: { confirmed: 0, wanted: 0 },
    });
    expect(timestamp).toMatch(isoDate);
  });

  it('follows Redis down with 503 and up again, and never shows credentials, in its answer or in the log', async () => {
    const password = 'p4ss/word %#?@';
    const redis = await startRedis({ password });
    cleanups.push(() => redis.close());
    const guarded = await startService({
      REDIS_URL: redis.urlWith('default', password),
      REDIS_CONNECT_TIMEOUT: '0.5',
      REDIS_SOCKET_TIMEOUT: '1',
      LOG_LEVEL: 'trace',
    });
    cleanups.push(() => guarded.close());
    const url = guarded.url + endpoints.healthRedis;
    const answers: string[] = [];
    const untilStatus = (status: number) =>
      eventually(async () => {
        const response = await fetch(url);
        answers.push(await response.text());
        return response.status === status;
      }, `Redis answers ${status}`);

    await untilStatus(200);
    expect(JSON.parse(answers.at(-1) as string)).toMatchObject({
      status: 'healthy',
      broker: 'redis',
      address: `127.0.0.1:${redis.port}/0`,
    });
    await redis.kill();
    await untilStatus(503);
    const { timestamp, ...down } = JSON.parse(answers.at(-1) as string) as RedisHealthResponse;
    expect(down).toEqual({
      service: 'redis',
      status: 'unhealthy',
      message: expect.stringMatching(/^Redis is unavailable: .+\.$/),
      broker: 'redis',
      address: `127.0.0.1:${redis.port}/0`,
      channels: { confirmed: 0, wanted: 0 },
    });
    // The others do not depend on Redis: a container that is restarted for its sake would lose every client.
    expect((await fetch(guarded.url + endpoints.health)).status).toBe(200);
    expect((await fetch(guarded.url + endpoints.healthWebsocket)).status).toBe(200);
    await redis.restart({ password: 'another' });
    await eventually(() => guarded.log.some(({ reason }) => /WRONGPASS/.test(String(reason))), 'the refusal is logged');
    await untilStatus(503);
    await redis.restart({ password });
    await untilStatus(200);
    const shown = JSON.stringify(guarded.log) + answers.join('');
    for (const secret of [password, encodeURIComponent(password), 'p4ss']) expect(shown).not.toContain(secret);
  });
});

describe('the endpoint without an upgrade', () => {
  it.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH'])('answers %s with 426 and says how to connect', async (method) => {
    for (const path of [endpoints.websocket, `${endpoints.websocket}/`]) {
      const answer = await sendRaw(service.url, `${method} ${path}?token=secret HTTP/1.1`);
      expect(expectProblem(answer, 'UPGRADE_REQUIRED').endpoint).toBe(endpoints.websocket);
      expect(answer.headers.get('upgrade')).toBe('websocket');
      expect(answer.body).not.toContain('secret');
    }
  });

  it('answers with 426 whatever the body is', async () => {
    const request = { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<a/>' };
    await expectProblemResponse(await fetch(service.url + endpoints.websocket, request), 'UPGRADE_REQUIRED');
  });
});

const upgrade =
  'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: Upgrade, close';

describe('the old endpoint', () => {
  const paths = [
    '',
    '/',
    '/user-1',
    '/user-1?token=secret',
    '/a/b/c',
    `/${'x'.repeat(2000)}`,
    '/%zz',
    '/%2e%2e/x',
    '?x',
  ];

  function expectGone(answer: Awaited<ReturnType<typeof sendRaw>>): void {
    const problem = expectProblem(answer, 'ENDPOINT_GONE');
    expect(problem).toMatchObject({ endpoint: endpoints.websocket, migration_guide: pages.migrationGuide });
    expect(answer.headers.get('link')).toBe(`<${pages.migrationGuide}>; rel="help"`);
    expect(answer.body).not.toContain('secret');
  }

  it.each(paths)('is gone below the path, too: %s', async (path) => {
    expectGone(await sendRaw(service.url, `GET ${legacyWebsocketPrefix}${path} HTTP/1.1`));
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'MKCOL', 'QUERY'])(
    'is gone for %s',
    async (method) => {
      expectGone(await sendRaw(service.url, `${method} ${legacyWebsocketPrefix}/user-1 HTTP/1.1`));
    },
  );

  it('is gone for HEAD, which has no body', async () => {
    const answer = await sendRaw(service.url, `HEAD ${legacyWebsocketPrefix}/user-1 HTTP/1.1`);
    expect(answer).toMatchObject({ status: 410, body: '' });
  });

  it.each([
    ['text/xml', '<a/>'],
    ['application/json', '{broken'],
  ])('is gone whatever the body is: %s', async (type, body) => {
    const head = `POST ${legacyWebsocketPrefix}/user-1 HTTP/1.1\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}`;
    expectGone(await sendRaw(service.url, head, body));
  });

  it.each(['', 'Authorization: Bearer secret\r\n', 'Origin: https://elsewhere.example\r\n'])(
    'is gone for a WebSocket handshake: %j',
    async (header) => {
      expectGone(await sendRaw(service.url, `GET ${legacyWebsocketPrefix}/user-1 HTTP/1.1\r\n${header}${upgrade}`));
    },
  );

  it('can be seen to be gone by a page of a configured origin', async () => {
    const response = await fetch(`${service.url}${legacyWebsocketPrefix}/u`, {
      headers: { origin: 'http://localhost:3000' },
    });
    expect(response.status).toBe(410);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
  });

  it('ends where its path ends', async () => {
    await expectProblemResponse(await fetch(`${service.url}${legacyWebsocketPrefix}es`), 'NOT_FOUND');
  });
});

describe('a request that cannot be served', () => {
  it.each([
    ['an unknown path', 'GET /nothing HTTP/1.1', 'NOT_FOUND'],
    ['an unknown path of a known method', 'DELETE /healthz HTTP/1.1', 'NOT_FOUND'],
    ['a rare method', 'PROPFIND /healthz HTTP/1.1', 'NOT_FOUND'],
    ['a path that is no percent-encoding', 'GET /%zz?token=secret HTTP/1.1', 'REQUEST_INVALID'],
    ['a NUL in the path', 'GET /%00?token=secret HTTP/1.1', 'NOT_FOUND'],
    ['an upgrade of another path', `GET /elsewhere HTTP/1.1\r\n${upgrade}`, 'NOT_FOUND'],
    [
      'an upgrade to another protocol',
      'GET /ws HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade, close',
      'UPGRADE_REQUIRED',
    ],
    ['a handshake of another version', `GET /ws HTTP/1.1\r\n${upgrade.replace('13', '7')}`, 'HANDSHAKE_INVALID'],
    ['headers of 20 kB', `GET / HTTP/1.1\r\nCookie: ${'x'.repeat(20_000)}`, 'HEADERS_TOO_LARGE'],
    ['a token of 20 kB', `GET /ws?token=${'x'.repeat(20_000)} HTTP/1.1\r\n${upgrade}`, 'HEADERS_TOO_LARGE'],
    ['what is no HTTP', 'hello', 'REQUEST_INVALID'],
  ] as const)('is answered with a problem document: %s', async (_what, head, code) => {
    const answer = await sendRaw(service.url, head);
    expectProblem(answer, code);
    expect(answer.body).not.toContain('secret');
  });

  it('cannot hold its connection for ever', () => {
    expect(service.app.server.requestTimeout).toBeGreaterThan(0);
    expect(service.app.server.headersTimeout).toBeGreaterThan(0);
  });

  it('answers an upgrade of a health endpoint as the plain request that it also is', async () => {
    expect((await sendRaw(service.url, `GET ${endpoints.health} HTTP/1.1\r\n${upgrade}`)).status).toBe(200);
  });

  it('is not logged with its path or its query', () => {
    expect(JSON.stringify(service.log)).not.toMatch(/secret|nothing|user-1|xxxx/);
  });
});

describe('pages of other origins', () => {
  it.each(['http://localhost:3000', 'https://elsewhere.example'])(
    'may read answers only where configured: %s',
    async (origin) => {
      const response = await fetch(service.url + endpoints.health, { headers: { origin } });
      expect(response.status).toBe(200);
      const isConfigured = origin === 'http://localhost:3000';
      expect(response.headers.get('access-control-allow-origin')).toBe(isConfigured ? origin : null);
      expect(response.headers.get('vary')).toMatch(/origin/i);
    },
  );

  it('may ask first', async () => {
    const response = await fetch(service.url + endpoints.devTokens, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:3000',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toContain('content-type');
  });
});
