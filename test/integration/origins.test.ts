import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../service/contract/endpoints.ts';
import { isDevelopmentCallerAllowed } from '../../service/http/origins.ts';
import { dialRaw, handshake } from '../support/raw-client.ts';
import { startService, type TestService } from '../support/service.ts';
import { token } from '../support/tokens.ts';

const configured = ['https://app.huleedu.example', 'http://localhost:5173'];

let service: TestService;
let port: string;
beforeAll(async () => {
  service = await startService({
    CORS_ORIGINS: JSON.stringify(configured),
    WEBSOCKET_MAX_CONNECTIONS_PER_USER: '100',
  });
  ({ port } = new URL(service.url));
});
afterAll(() => service.close());

type Headers = Record<string, string | undefined>;

/** `opened`, or the cause of the refusal. */
async function judge(headers: Headers): Promise<string> {
  const client = dialRaw(service.url, handshake(`/ws?token=${token()}`, headers));
  await client.head();
  // An accepted connection says nothing; its own close is answered, and a refusal comes before that.
  client.socket.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
  const { code, reason } = await client.closeFrame();
  client.socket.destroy();
  return code === 1000 ? 'opened' : (reason?.error_code ?? String(code));
}

/** Sends a plain request, with any headers. */
async function call(method: string, path: string, headers: Headers, body = '') {
  const plain = { 'content-length': String(body.length), connection: 'close', upgrade: undefined, ...headers };
  const client = dialRaw(service.url, handshake(path, plain, method) + body);
  const response = await client.response();
  client.socket.destroy();
  return response;
}

describe('a handshake is accepted', () => {
  it.each<[string, Headers]>([
    ['without an origin: no browser sends it', {}],
    ['from the own origin', { host: 'realtime.example', origin: 'http://realtime.example' }],
    ['from the own origin behind TLS', { host: 'realtime.example', origin: 'https://realtime.example' }],
    ['from the own origin with a port', { host: 'realtime.example:8004', origin: 'http://realtime.example:8004' }],
    ['from a configured origin', { origin: configured[0] }],
    ['from another configured origin, with a port', { origin: configured[1] }],
  ])('%s', async (_from, headers) => {
    expect(await judge(headers)).toBe('opened');
  });
});

describe('a handshake is refused', () => {
  const host = 'realtime.example:8004';
  it.each<[string, Headers]>([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['`null`, which is every sandboxed frame and file', { origin: 'null' }],
    ['an empty origin', { origin: '' }],
    ['an origin that ends like a configured one', { origin: 'https://evil-app.huleedu.example' }],
    ['an origin that begins like a configured one', { origin: 'https://app.huleedu.example.evil.example' }],
    ['a configured host by another scheme', { origin: 'http://app.huleedu.example' }],
    ['a configured host at another port', { origin: 'https://app.huleedu.example:8443' }],
    ['a configured host at no port', { origin: 'http://localhost' }],
    ['a configured origin in capitals', { origin: 'https://APP.huleedu.example' }],
    ['a configured origin with a slash', { origin: 'https://app.huleedu.example/' }],
    ['two origins', { origin: `${configured[0]}, https://evil.example` }],
    ['the own host at another port', { host, origin: 'http://realtime.example:3000' }],
    ['the own host by another scheme', { host, origin: 'ws://realtime.example:8004' }],
    ['an origin that ends like the own', { host, origin: 'http://evil-realtime.example:8004' }],
    ['an origin that begins like the own', { host, origin: 'http://realtime.example:80040' }],
    ['a subdomain of the own', { host, origin: 'http://a.realtime.example:8004' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['what a missing Host turns into', { host: undefined, origin: 'http://undefined' }],
  ])('from %s', async (_from, headers) => {
    expect(await judge(headers)).toBe('ORIGIN_NOT_ALLOWED');
  });

  it('whatever the token is: a foreign page learns nothing of it', async () => {
    const client = dialRaw(service.url, handshake('/ws?token=x', { origin: 'https://evil.example' }));
    expect((await client.closeFrame()).reason?.error_code).toBe('ORIGIN_NOT_ALLOWED');
    client.socket.destroy();
    const line = service.log.find(({ origin }) => origin === 'https://evil.example');
    expect(line).toMatchObject({ msg: 'connection refused', cause: 'ORIGIN_NOT_ALLOWED' });
  });
});

describe.each([
  [endpoints.devTokens, { user_id: 'alice' }, 200],
  [endpoints.devNotifications, { user_id: 'alice', payload: '{}' }, 202],
])('%s', (path, body, status) => {
  const post = (headers: Headers) =>
    call('POST', path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));

  it.each<[string, () => Headers]>([
    ['a program on this machine', () => ({ host: `127.0.0.1:${port}` })],
    ['a program on this machine that calls it localhost', () => ({ host: `localhost:${port}` })],
    ['a program on this machine that calls it [::1]', () => ({ host: `[::1]:${port}` })],
    ['the own page', () => ({ host: `localhost:${port}`, origin: `http://localhost:${port}` })],
    ['a page of a configured origin', () => ({ host: 'realtime.example', origin: configured[0] })],
  ])('answers %s', async (_who, headers) => {
    expect((await post(headers())).status).toBe(status);
  });

  it.each<[string, () => Headers]>([
    ['a foreign page', () => ({ host: `localhost:${port}`, origin: 'https://evil.example' })],
    ['a page of another port of this machine', () => ({ host: `localhost:${port}`, origin: 'http://localhost:1' })],
    ['a sandboxed page', () => ({ host: `localhost:${port}`, origin: 'null' })],
    ['a page whose name was rebound to this machine', () => ({ host: 'evil.example', origin: 'http://evil.example' })],
    ['the same, with the port', () => ({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` })],
    ['a rebound page that sends no origin', () => ({ host: `evil.example:${port}` })],
    ['a name that begins like this machine', () => ({ host: `127.0.0.1.evil.example:${port}` })],
    ['a name that begins like localhost', () => ({ host: `localhost.evil.example:${port}` })],
    ['a name that ends like localhost', () => ({ host: `evil-localhost:${port}` })],
    ['a name with this machine as its user', () => ({ host: `localhost:${port}@evil.example` })],
  ])('refuses %s', async (_who, headers) => {
    const { status: answered, body: problem } = await post(headers());
    expect(JSON.parse(problem)).toMatchObject({ status: 403, error_code: 'CALLER_NOT_ALLOWED' });
    expect(answered).toBe(403);
  });

  it('refuses before it reads: a foreign page does not learn what a body must hold', async () => {
    const { status: answered } = await call('POST', path, { origin: 'https://evil.example' }, '{');
    expect(answered).toBe(403);
  });

  it('takes no body that a page can send without asking first', async () => {
    expect((await post({ host: `localhost:${port}`, 'content-type': 'text/plain' })).status).toBe(415);
  });
});

describe('the development endpoints', () => {
  /** Requests of other machines cannot be made on one: only this address is put in place. */
  const from = (remoteAddress: string, headers: Headers) =>
    ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;
  const host = 'localhost:8004';

  it('answer no other machine, whatever it calls this one', () => {
    for (const address of ['10.0.0.5', '::ffff:10.0.0.5', 'fe80::1', '128.0.0.1', '::2', '::11'])
      expect(isDevelopmentCallerAllowed(from(address, { host }), configured), address).toBe(false);
    for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])
      expect(isDevelopmentCallerAllowed(from(address, { host }), configured), address).toBe(true);
  });

  it('answer a configured origin from everywhere', () => {
    expect(isDevelopmentCallerAllowed(from('10.0.0.5', { host, origin: configured[0] }), configured)).toBe(true);
    expect(isDevelopmentCallerAllowed(from('10.0.0.5', { host, origin: `http://${host}` }), configured)).toBe(false);
  });
});

describe('CORS', () => {
  const requests: [string, string][] = [
    ['GET', endpoints.health],
    ['GET', endpoints.metrics],
    ['GET', '/nowhere'],
    ['GET', endpoints.websocket],
    ['POST', endpoints.devTokens],
    ['OPTIONS', endpoints.health],
    ['OPTIONS', endpoints.devTokens],
  ];
  const preflight = (method: string): Headers =>
    method === 'OPTIONS' ? { 'access-control-request-method': 'POST' } : {};

  it.each(requests)('names no foreign origin: %s %s', async (method, path) => {
    for (const origin of ['https://evil.example', 'null', 'https://app.huleedu.example.evil.example']) {
      const { head } = await call(method, path, { origin, ...preflight(method) });
      expect(head).not.toMatch(/access-control-allow-(origin|credentials)/i);
    }
  });

  it.each(requests)('names a configured origin, and it alone: %s %s', async (method, path) => {
    const { head } = await call(method, path, { origin: configured[0], ...preflight(method) });
    expect(/^access-control-allow-origin: (.*)$/im.exec(head)?.[1]).toBe(configured[0]);
    expect(head).toMatch(/^vary: .*origin/im);
    expect(head).not.toMatch(/access-control-allow-credentials/i);
  });
});
