import { afterEach, describe, expect, it } from 'vitest';
import { ServiceClient } from '../../../playground/service/service-client.ts';
import { endpoints } from '../../../service/contract/endpoints.ts';
import { httpErrors } from '../../../service/contract/http-errors.ts';
import { sendJson, startHttp, type TestServer } from './http-server.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const health = {
  service: 'websocket-service',
  status: 'healthy',
  message: 'Running.',
  environment: 'development',
  timestamp: '2026-03-16T08:00:00.000Z',
  uptime_seconds: 1,
  version: '1.0.0',
  development_endpoints: true,
};

const problem = (error_code: keyof typeof httpErrors) => ({
  type: '',
  ...httpErrors[error_code],
  detail: 'The detail of this request.',
  error_code,
  correlation_id: '0123456789ab',
});

function clientFor(url: string, { origin = url, deadlineMs = 5000 } = {}) {
  return new ServiceClient(
    () => url,
    () => ({ origin }),
    deadlineMs,
  );
}

async function failureOf(call: Promise<{ ok: boolean; failure?: unknown }>) {
  const result = await call;
  expect(result.ok).toBe(false);
  return result.failure;
}

describe('an answer as expected', () => {
  it('is given with the time that it took', async () => {
    server = await startHttp((_request, response) => sendJson(response, 200, health));
    const result = await clientFor(server.url).health();
    expect(result).toEqual({ ok: true, value: health, ms: expect.any(Number) });
  });

  it('comes from the path and the body of the contract', async () => {
    const seen: unknown[] = [];
    server = await startHttp((request, response, body) => {
      seen.push([request.method, request.url, JSON.parse(body)]);
      if (request.url === endpoints.devTokens) sendJson(response, 200, { token: 'a.b.c', expected_error: null });
      else sendJson(response, 202, { channel: 'ws:u', bytes: 2, receivers: 1 });
    });
    const client = clientFor(server.url);
    expect((await client.mintToken({ user_id: 'u' })).ok).toBe(true);
    expect((await client.publish({ user_id: 'u', payload: '{}' })).ok).toBe(true);
    expect(seen).toEqual([
      ['POST', '/dev/tokens', { user_id: 'u' }],
      ['POST', '/dev/notifications', { user_id: 'u', payload: '{}' }],
    ]);
  });

  it('is also an unhealthy broker, although it comes with 503', async () => {
    const unhealthy = { service: 'redis', status: 'unhealthy', broker: 'redis', message: 'Redis does not answer.' };
    server = await startHttp((_request, response) => sendJson(response, 503, unhealthy));
    expect(await clientFor(server.url).brokerHealth()).toMatchObject({ ok: true, value: unhealthy });
  });
});

describe('a failure is told apart', () => {
  it('unreachable: nothing listens, and the remedy says what to run', async () => {
    server = await startHttp(() => {});
    const { url } = server;
    await server.close();
    server = undefined;
    const failure = await failureOf(clientFor(url, { origin: 'http://docs.example' }).health());
    expect(failure).toMatchObject({
      kind: 'unreachable',
      command: `npm ci && WEBSOCKET_PORT=${new URL(url).port} npm start`,
    });
  });

  it('unreachable, with words of its own, where the page itself came from there', async () => {
    server = await startHttp(() => {});
    const { url } = server;
    await server.close();
    server = undefined;
    expect(await failureOf(clientFor(url).health())).toMatchObject({
      kind: 'unreachable',
      detail: expect.stringContaining('This page came from'),
    });
  });

  it.each([
    ['prompt', true, 'The browser asks for your permission'],
    ['denied', true, 'The browser keeps this page from your machine'],
    ['denied', false, 'The browser keeps this page from your machine'],
  ] as const)('local_access: the permission is “%s”, on a secure page: %s', async (state, isSecure, title) => {
    server = await startHttp(() => {});
    const page = { origin: 'https://docs.example', isSecure, permission: async () => state };
    const { url } = server;
    expect(
      await failureOf(
        new ServiceClient(
          () => url,
          () => page,
          50,
        ).health(),
      ),
    ).toMatchObject({ kind: 'local_access', title, link: { href: `${url}/playground/` } });
  });

  it('timeout: something takes the request and keeps silent', async () => {
    server = await startHttp(() => {});
    expect(await failureOf(clientFor(server.url, { deadlineMs: 50 }).health())).toMatchObject({ kind: 'timeout' });
  });

  it('mixed_content: a page from https and a service at http on another machine', async () => {
    // A name that never resolves (RFC 6761, 6.4).
    const client = clientFor('http://realtime.invalid', { origin: 'https://docs.example' });
    expect(await failureOf(client.health())).toMatchObject({ kind: 'mixed_content' });
  });

  it('blocked: the call is refused to this page, but an opaque one goes through', async () => {
    // Node has no CORS; a connection that breaks off is the same TypeError to the caller.
    let calls = 0;
    server = await startHttp((_request, response) => {
      calls += 1;
      if (calls === 1) response.destroy();
      else response.end();
    });
    const failure = await failureOf(clientFor(server.url, { origin: 'http://docs.example' }).health());
    expect(failure).toMatchObject({ kind: 'blocked', command: expect.stringContaining('http://docs.example') });
    expect(calls).toBe(2);
  });

  it('development_off: the service is there, its development endpoints are not', async () => {
    server = await startHttp((_request, response) => sendJson(response, 404, problem('NOT_FOUND')));
    expect(await failureOf(clientFor(server.url).mintToken({ user_id: 'u' }))).toMatchObject({
      kind: 'development_off',
    });
  });

  it("problem: the service's own title, detail and remedy are passed on", async () => {
    server = await startHttp((_request, response) => sendJson(response, 409, problem('MINTING_UNAVAILABLE')));
    expect(await failureOf(clientFor(server.url).mintToken({ user_id: 'u' }))).toEqual({
      kind: 'problem',
      title: httpErrors.MINTING_UNAVAILABLE.title,
      detail: 'The detail of this request.',
      remedy: httpErrors.MINTING_UNAVAILABLE.remedy,
    });
  });

  it('foreign: a page, or JSON of another shape, answers instead', async () => {
    server = await startHttp((request, response) => {
      if (request.method === 'POST') sendJson(response, 200, { token: 7 });
      else response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html>');
    });
    const client = clientFor(server.url);
    expect(await failureOf(client.health())).toMatchObject({
      kind: 'foreign',
      detail: expect.stringContaining('HTML'),
    });
    expect(await failureOf(client.mintToken({ user_id: 'u' }))).toMatchObject({ kind: 'foreign' });
  });

  it('unreachable, too: a proxy answers in place of a service that is down', async () => {
    server = await startHttp((_request, response) => response.writeHead(502).end('Bad gateway'));
    expect(await failureOf(clientFor(server.url).health())).toMatchObject({ kind: 'unreachable' });
  });
});
