import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../service/config.ts';
import { type TokenDefect, tokenDefects } from '../../service/contract/development.ts';
import { endpoints } from '../../service/contract/endpoints.ts';
import type { ProblemDocument } from '../../service/contract/http-errors.ts';
import { connect, dial } from '../support/client.ts';
import { closedPort } from '../support/closed-port.ts';
import { eventually } from '../support/eventually.ts';
import { startJwksServer } from '../support/jwks-server.ts';
import { dialRaw, handshake } from '../support/raw-client.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type LogLine, startService, type TestService } from '../support/service.ts';
import { run, startServiceProcess } from '../support/service-process.ts';
import { createSigningKey, rightClaims, signText, token } from '../support/tokens.ts';

const secret = 'a-secret-of-the-identity-service-for-this-test';
const redisPassword = 'hunter2-of-redis';

/** A client that answers no ping, and a service that drops it soon. */
const deaf = { autoPong: false };
const shortLives = { WEBSOCKET_PING_INTERVAL: '0.1', WEBSOCKET_IDLE_TIMEOUT: '0.3' };

const signed = (claims = rightClaims()) => signText({ payload: JSON.stringify(claims), secret });

/** Calls a service in every way in which a token can reach it, and returns what its log must not hold. */
async function callWithTokens(url: string): Promise<string[]> {
  const wsUrl = `${url.replace('http', 'ws')}${endpoints.websocket}`;
  const right = signed();
  const shown = [right, 'opaque-but-secret-token'];
  const ask = async (target: string, headers: Record<string, string | undefined> = {}, method = 'GET', body = '') => {
    const client = dialRaw(
      url,
      handshake(target, { connection: 'close', upgrade: undefined, ...headers }, method) + body,
    );
    await client.response();
    client.socket.destroy();
  };

  await dial(`${wsUrl}?token=${right}`, deaf).closed;
  for (const wrong of [signed(rightClaims({ exp: 1 })), signed(rightClaims({ sub: '' })), token(), `${right}x`]) {
    await dial(`${wsUrl}?token=${wrong}`).closed;
    shown.push(wrong);
  }
  await dial(`${wsUrl}?token=opaque-but-secret-token`).closed;
  await dial(`${wsUrl}?token=${right}&token=${right}`).closed;
  await dial(wsUrl, { headers: { authorization: `Bearer ${right}` } }).closed;
  await dial(wsUrl, { headers: { 'sec-websocket-protocol': `huleedu.v1, huleedu.bearer.${right}` } }).closed;

  const query = `?token=${right}`;
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
  for (const path of ['/nowhere', '/%zz', '/ws', '/ws/v1/status/alice', '/healthz', '/dev/tokens', '//', `/${right}`]) {
    await ask(path + query, { authorization: `Bearer ${right}` });
    await ask(path + query, { 'content-length': '1', 'content-type': 'application/json' }, 'POST', '{');
  }
  await ask(`/nowhere${query}`, upgrade);
  await ask(`/ws${query}`, { ...upgrade, 'sec-websocket-key': undefined });
  await ask(`/ws${query}&x=${'x'.repeat(17_000)}`);
  await ask(`/ws${query}`, { 'bad header': 'x' });
  const body = JSON.stringify({ user_id: 'alice', token: right });
  await ask('/dev/tokens', { 'content-type': 'application/json', 'content-length': String(body.length) }, 'POST', body);
  return shown;
}

/** The parts of a token that are long enough to be one. */
const partsOf = (jwt: string) => jwt.split('.').filter((part) => part.length > 3);

function expectNoneIn(text: string, tokens: readonly string[]) {
  expect(text.length).toBeGreaterThan(500);
  for (const jwt of tokens) for (const part of [jwt, ...partsOf(jwt)]) expect(text).not.toContain(part);
  for (const word of [secret, redisPassword, 'Bearer']) expect(text).not.toContain(word);
  // But for the address that the console is greeted with.
  expect(text).not.toMatch(/token=(?!<jwt>)/);
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(environment: Environment): Promise<TestService> {
  const service = await startService(environment);
  ends.push(() => service.close());
  return service;
}

describe('no token and no secret is logged at level trace', () => {
  it('by a service whose broker cannot be reached', async () => {
    const REDIS_URL = `redis://service:${redisPassword}@127.0.0.1:${await closedPort()}`;
    const settings = { JWT_SECRET_KEY: secret, REDIS_URL, REDIS_CONNECT_TIMEOUT: '0.2', LOG_LEVEL: 'trace' };
    const service = await start(settings);
    const tokens = await callWithTokens(service.url);
    expect(service.log.filter(({ cause }) => cause === 'BROKER_UNAVAILABLE')).not.toEqual([]);
    expectNoneIn(JSON.stringify(service.log), tokens);
  });

  it('as JSON, by a process of its own', async () => {
    const service = await startServiceProcess({ JWT_SECRET_KEY: secret, LOG_LEVEL: 'trace', ...shortLives });
    ends.push(() => service.kill());
    const tokens = await callWithTokens(service.url);
    expect(new Set(service.log().map(({ msg }) => msg))).toContain('connection refused');
    expectNoneIn(service.stdout() + service.stderr(), tokens);
  });

  it('for people to read, by a process of its own', async () => {
    const program = run('service/main.ts', [], {
      WEBSOCKET_PORT: '0',
      LOG_LEVEL: 'trace',
      LOG_FORMAT: 'console',
      JWT_SECRET_KEY: secret,
      ...shortLives,
    });
    ends.push(() => {
      program.child.kill('SIGKILL');
      return program.exit;
    });
    const address = () => /ws:\/\/localhost:(\d+)/.exec(program.stdout())?.[1];
    await eventually(() => address() !== undefined, 'the service says where it listens');
    const url = `http://127.0.0.1:${address()}`;
    const tokens = await callWithTokens(url);
    const forger = 'mallory\n[00:00:00] INFO: forged \u001b[31m';
    await dial(`${url.replace('http', 'ws')}/ws?token=${signed(rightClaims({ sub: forger }))}`, deaf).closed;
    await eventually(() => program.stdout().includes('mallory'), 'the log tells of the last client');
    const text = program.stdout();
    expect(text).toMatch(/INFO: connection opened \{.*"user_id":"alice"/);
    expect(text).toMatch(/INFO: connection refused \{.*"cause":"TOKEN_IN_HEADER"/);
    expect(text).toMatch(/INFO: connection closed \{.*"cause":"PEER_UNRESPONSIVE"/);
    // What a user is called cannot begin a line, nor colour one.
    expect(text).not.toMatch(/^\[00:00:00\] INFO: forged/m);
    expect(text).not.toContain('\u001b');
    expectNoneIn(text + program.stderr(), tokens);
  });

  it('for a fault of the keys', async () => {
    const key = await createSigningKey('ES256', 'one');
    const jwks = await startJwksServer();
    ends.push(() => jwks.close());
    const service = await start({ JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: jwks.url, LOG_LEVEL: 'trace' });
    const jwt = await key.sign();
    for (const [status, body] of [
      [500, jwt],
      [200, jwt],
      [200, '{"keys":[{"kty":"EC"}]}'],
    ] as const) {
      jwks.answer(status, body);
      await dial(`${service.wsUrl}?token=${jwt}`).closed;
    }
    expect(service.log.filter(({ cause }) => cause === 'KEYS_UNAVAILABLE')).not.toEqual([]);
    for (const part of partsOf(jwt)) expect(JSON.stringify(service.log)).not.toContain(part);
  });
});

describe('a request that is answered with a problem', () => {
  it.each<[string, (url: string) => Promise<Response>, string]>([
    ['nothing there', (url) => fetch(`${url}/nothing?token=${token()}`), 'NOT_FOUND'],
    ['the old endpoint', (url) => fetch(`${url}/ws/v1/status/alice?token=${token()}`), 'ENDPOINT_GONE'],
    [
      'a wrong body',
      (url) => fetch(url + endpoints.devTokens, { method: 'POST', body: '{' }),
      'MEDIA_TYPE_UNSUPPORTED',
    ],
  ])('has a line under the id that the answer shows: %s', async (_what, ask, error_code) => {
    const service = await start({ LOG_LEVEL: 'info' });
    const problem = (await (await ask(service.url)).json()) as ProblemDocument;
    expect(problem.error_code).toBe(error_code);
    const about = service.log.filter((line) => line.correlation_id === problem.correlation_id);
    expect(about).toEqual([expect.objectContaining({ level: 'info', msg: 'request refused', error_code })]);
  });

  it('has one where it could not even be parsed', async () => {
    const service = await start({ LOG_LEVEL: 'info' });
    const { body } = await sendRaw(service.url, 'NOT HTTP');
    const { correlation_id, error_code } = JSON.parse(body) as ProblemDocument;
    expect(service.log).toContainEqual(expect.objectContaining({ correlation_id, error_code, msg: 'request refused' }));
  });
});

describe('a connection', () => {
  const about = (log: readonly LogLine[]) => log.filter(({ msg }) => msg.startsWith('connection '));
  const line = { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), service: 'websocket-service' };
  const correlation_id = expect.stringMatching(/^[0-9a-f]{12}$/);

  it('has one line when it opens and one when the client has left, of one correlation id', async () => {
    const service = await start({ LOG_LEVEL: 'info' });
    const client = await connect(`${service.wsUrl}?token=${token()}`);
    await client.close();
    await eventually(() => about(service.log).length > 1, 'two lines');
    const [opened, closed] = about(service.log);
    expect(opened).toEqual({ ...line, msg: 'connection opened', user_id: 'alice', correlation_id });
    expect(closed).toEqual({
      ...line,
      msg: 'connection closed',
      user_id: 'alice',
      correlation_id: opened?.correlation_id,
      code: 1000,
      cause: 'CLIENT_LEFT',
      duration_seconds: expect.any(Number),
    });
    expect(closed?.duration_seconds).toBeLessThan(5);
    await service.close();
    ends.pop();
    expect(about(service.log)).toHaveLength(2);
  });

  it('that the service ends has its cause, its code and how long it lasted', async () => {
    const service = await start({ LOG_LEVEL: 'info' });
    const client = await connect(`${service.wsUrl}?token=${token({ exp: Date.now() / 1000 + 1.2 })}`);
    const { reason } = await client.closed;
    await eventually(() => about(service.log).length > 1, 'two lines');
    const [, closed] = about(service.log);
    expect(closed).toMatchObject({ code: 1008, cause: 'TOKEN_EXPIRED', correlation_id: reason?.correlation_id });
    expect(closed?.duration_seconds).toBeGreaterThan(0);
  });

  it.each(Object.entries(tokenDefects))(
    'that is refused (%s) has one line, with the cause',
    async (defect, { error }) => {
      const service = await start({ LOG_LEVEL: 'info' });
      const { token: minted } = await service.mint({ user_id: 'alice', defect: defect as TokenDefect });
      const { reason } = await dial(`${service.wsUrl}?token=${minted}`, { origin: service.url }).closed;
      await service.close();
      ends.pop();
      expect(about(service.log)).toEqual([
        {
          ...line,
          msg: 'connection refused',
          cause: error,
          origin: service.url,
          correlation_id: reason?.correlation_id,
        },
      ]);
    },
  );

  it('that is refused for a fault of the service is an error, with what went wrong', async () => {
    const key = await createSigningKey('ES256');
    const JWT_JWKS_URL = `http://127.0.0.1:${await closedPort()}/`;
    const service = await start({ JWT_ALGORITHM: 'ES256', JWT_JWKS_URL, LOG_LEVEL: 'error' });
    const { reason } = await dial(`${service.wsUrl}?token=${await key.sign()}`).closed;
    expect(service.log).toEqual([
      {
        ...line,
        level: 'error',
        msg: 'connection refused',
        cause: 'KEYS_UNAVAILABLE',
        correlation_id: reason?.correlation_id,
        error: expect.stringContaining('ECONNREFUSED'),
      },
    ]);
  });

  it('whose handshake is invalid has one line, under the id that the answer shows', async () => {
    const service = await start({ LOG_LEVEL: 'info' });
    const headers = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13';
    const { status, body } = await sendRaw(service.url, `GET /ws?token=${token()} HTTP/1.1\r\n${headers}`);
    expect(status).toBe(400);
    const { error_code, correlation_id } = JSON.parse(body) as ProblemDocument;
    expect(about(service.log)).toEqual([{ ...line, msg: 'connection refused', cause: error_code, correlation_id }]);
  });

  it('has no line of its own for a message', async () => {
    const service = await start({ LOG_LEVEL: 'debug' });
    const client = await connect(`${service.wsUrl}?token=${token()}`);
    await service.publish('alice', '{"event":"private"}');
    await client.messages(1);
    client.socket.send('{"type":"ping","note":"private"}');
    await client.close();
    await eventually(() => about(service.log).length > 1, 'the closing line');
    expect(JSON.stringify(service.log)).not.toContain('private');
  });
});
