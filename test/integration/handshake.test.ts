import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../service/broker/memory.ts';
import type { WebsocketHealthResponse } from '../../service/contract/health.ts';
import { busyMachineMs } from '../support/busy-machine.ts';
import { connect, dial } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { startHub } from '../support/hub-server.ts';
import { startJwksServer } from '../support/jwks-server.ts';
import { dialRaw, frame, handshake, opcodes } from '../support/raw-client.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { startService, type TestService } from '../support/service.ts';
import { createSigningKey, token } from '../support/tokens.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({ WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1', WEBSOCKET_MESSAGES_PER_MINUTE: '3' });
});
afterAll(() => service.close());

const total = async (of: TestService) => {
  const response = await fetch(`${of.url}/healthz/websocket`);
  return ((await response.json()) as WebsocketHealthResponse).total_connections;
};

/** A token of a user of its own: the limit of one connection holds for each test by itself. */
let users = 0;
const tokenOfNew = () => {
  users += 1;
  return { user: `user-${users}`, jwt: token({ sub: `user-${users}` }) };
};

describe('the endpoint', () => {
  it.each(['/ws', '/ws/'])('is %s', async (path) => {
    const { user, jwt } = tokenOfNew();
    const client = await connect(`${service.url.replace('http', 'ws')}${path}?token=${jwt}`);
    await service.publish(user, 'hello');
    expect(String((await client.messages(1))[0])).toBe('hello');
    await client.close();
  });

  it('takes the upgrade header in any case, and other parameters beside the token', async () => {
    const { jwt } = tokenOfNew();
    const headers = { upgrade: 'WebSocket', connection: 'keep-alive, Upgrade' };
    const client = dialRaw(service.url, handshake(`/ws?v=2&token=${jwt}&x=`, headers));
    expect(await client.head()).toMatch(/^HTTP\/1\.1 101 /);
    client.socket.destroy();
  });

  it('takes a handshake on a connection that has carried other requests, also when both come at once', async () => {
    const health = handshake('/healthz', { connection: 'keep-alive', upgrade: undefined });
    const { user, jwt } = tokenOfNew();
    const client = dialRaw(service.url, health + handshake(`/ws?token=${jwt}`));
    expect((await client.response()).status).toBe(200);
    await eventually(async () => (await service.publish(user, 'hello')).receivers === 1, 'the handshake is answered');
    client.socket.destroy();
  });
});

describe('every request to upgrade is answered', () => {
  const { jwt } = tokenOfNew();
  const h2c = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA' };

  it.each<[string, string, number, string]>([
    ['an unknown path', handshake(`/nowhere?token=${jwt}`), 404, 'NOT_FOUND'],
    ['the site', handshake('/'), 404, 'NOT_FOUND'],
    ['a path that only begins like the endpoint', handshake(`/wsx?token=${jwt}`), 404, 'NOT_FOUND'],
    ['the endpoint in capitals', handshake(`/WS?token=${jwt}`), 404, 'NOT_FOUND'],
    ['a path with a broken escape', handshake(`/%zz?token=${jwt}`), 400, 'REQUEST_INVALID'],
    ['the old endpoint', handshake(`/ws/v1/status/alice?token=${jwt}`), 410, 'ENDPOINT_GONE'],
    ['the old endpoint without a user', handshake('/ws/v1/status'), 410, 'ENDPOINT_GONE'],
    ['the endpoint, by POST', handshake(`/ws?token=${jwt}`, {}, 'POST'), 400, 'HANDSHAKE_INVALID'],
    ['the endpoint, by HEAD', handshake(`/ws?token=${jwt}`, {}, 'HEAD'), 400, 'HANDSHAKE_INVALID'],
    [
      'the endpoint without a key',
      handshake(`/ws?token=${jwt}`, { 'sec-websocket-key': undefined }),
      400,
      'HANDSHAKE_INVALID',
    ],
    [
      'the endpoint with a key that is none',
      handshake(`/ws?token=${jwt}`, { 'sec-websocket-key': 'x' }),
      400,
      'HANDSHAKE_INVALID',
    ],
    [
      'the endpoint without a version',
      handshake(`/ws?token=${jwt}`, { 'sec-websocket-version': undefined }),
      400,
      'HANDSHAKE_INVALID',
    ],
    [
      'the endpoint in another version',
      handshake(`/ws?token=${jwt}`, { 'sec-websocket-version': '12' }),
      400,
      'HANDSHAKE_INVALID',
    ],
    [
      'the endpoint with the same subprotocol twice',
      handshake(`/ws?token=${jwt}`, { 'sec-websocket-protocol': 'a, a' }),
      400,
      'HANDSHAKE_INVALID',
    ],
    ['HTTP/2 at the endpoint', handshake(`/ws?token=${jwt}`, h2c), 426, 'UPGRADE_REQUIRED'],
    [
      'HTTP/2 or a WebSocket at the endpoint',
      handshake(`/ws?token=${jwt}`, { upgrade: 'h2c, websocket' }),
      426,
      'UPGRADE_REQUIRED',
    ],
    ['HTTP/2 elsewhere', handshake('/nowhere', h2c), 404, 'NOT_FOUND'],
    ['the endpoint with a token beyond 16 KiB', handshake(`/ws?token=${'x'.repeat(17_000)}`), 431, 'HEADERS_TOO_LARGE'],
    ['nothing, in bytes that are no HTTP', '\x16\x03\x01\r\n\r\n', 400, 'REQUEST_INVALID'],
  ])('at %s', async (_where, request, status, error) => {
    const client = dialRaw(service.url, request);
    const answer = await client.response();
    client.socket.destroy();
    expect(answer.status).toBe(status);
    expect(answer.head).toMatch(/content-type: application\/problem\+json/i);
    const problem = JSON.parse(answer.body);
    expect(problem).toMatchObject({ error_code: error, status, remedy: expect.any(String) });
    expect(answer.head + answer.body).not.toContain(jwt);
    if (error === 'HANDSHAKE_INVALID') expect(answer.head).toMatch(/sec-websocket-version: 13/i);
  });

  it('with 400, wherever a Node that knows no shouldUpgradeCallback brings it here', async () => {
    const sent: string[] = [];
    const socket = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        sent.push(String(chunk));
        done();
      },
    });
    const request = Object.assign(new IncomingMessage(new Socket()), {
      url: '/healthz',
      headers: { upgrade: 'websocket' },
    });
    service.app.server.emit('upgrade', request, socket, Buffer.alloc(0));
    expect(sent.join('')).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  it('at /healthz with 200 and not with 101, and the connection goes on', async () => {
    const client = dialRaw(service.url, handshake('/healthz'));
    const { status, body } = await client.response();
    expect({ status, health: JSON.parse(body).status }).toEqual({ status: 200, health: 'healthy' });
    let next = '';
    client.socket.on('data', (chunk) => {
      next += chunk;
    });
    client.socket.write(handshake('/healthz'));
    await eventually(() => next.startsWith('HTTP/1.1 200 '), 'the answer to the next request');
    client.socket.destroy();
  });

  it('and those that are no valid handshake take no seat, and are not left open', async () => {
    const own = tokenOfNew();
    for (let count = 0; count < 3; count++) {
      const invalid = dialRaw(service.url, handshake(`/ws?token=${own.jwt}`, { 'sec-websocket-key': undefined }));
      await invalid.ended;
    }
    const client = await connect(`${service.wsUrl}?token=${own.jwt}`);
    await client.close();
  });
});

describe('a refused client', () => {
  it('that never answers the close is gone after 2 s', async () => {
    const startedAt = performance.now();
    const client = dialRaw(service.url, handshake('/ws'));
    expect((await client.closeFrame()).reason?.error_code).toBe('TOKEN_MISSING');
    const seconds = ((await client.ended) - startedAt) / 1000;
    expect(seconds).toBeGreaterThan(1.5);
    expect(seconds).toBeLessThan(2 + busyMachineMs / 1000);
  });

  it('that answers the close is gone at once', async () => {
    const startedAt = performance.now();
    const client = dialRaw(service.url, handshake('/ws'));
    const { code } = await client.closeFrame();
    client.socket.write(frame(opcodes.close, Buffer.from([code >> 8, code & 0xff])));
    expect((await client.ended) - startedAt).toBeLessThan(busyMachineMs);
  });

  it('that has sent something already learns the cause all the same', async () => {
    const early = [frame(opcodes.text, '{"type":"ping"}'), frame(opcodes.binary, 'x'), Buffer.from([0xff, 0xff])];
    for (const bytes of early) {
      const client = dialRaw(service.url, Buffer.concat([Buffer.from(handshake('/ws')), bytes]));
      expect((await client.closeFrame()).reason?.error_code).toBe('TOKEN_MISSING');
      client.socket.destroy();
    }
  });

  it('is not counted as connected', async () => {
    const before = await total(service);
    const client = dialRaw(service.url, handshake('/ws'));
    await client.closeFrame();
    expect(await total(service)).toBe(before);
    client.socket.destroy();
  });
});

describe('a message that comes in the packet of the handshake', () => {
  it('is heard: a binary one ends the connection', async () => {
    const { jwt } = tokenOfNew();
    const bytes = Buffer.concat([Buffer.from(handshake(`/ws?token=${jwt}`)), frame(opcodes.binary, 'x')]);
    const client = dialRaw(service.url, bytes);
    expect((await client.closeFrame()).reason?.error_code).toBe('BINARY_NOT_SUPPORTED');
    client.socket.destroy();
  });

  it('is counted: three that are allowed and a fourth that is not', async () => {
    const { jwt } = tokenOfNew();
    const ping = frame(opcodes.text, '{"type":"ping"}');
    const client = dialRaw(service.url, Buffer.concat([Buffer.from(handshake(`/ws?token=${jwt}`)), ping, ping, ping]));
    await client.head();
    client.socket.write(ping);
    expect((await client.closeFrame()).reason?.error_code).toBe('MESSAGE_RATE_EXCEEDED');
    client.socket.destroy();
  });

  it('harms nothing: what is published afterwards arrives', async () => {
    const { user, jwt } = tokenOfNew();
    const ping = frame(opcodes.text, '{"type":"ping"}');
    const client = dialRaw(service.url, Buffer.concat([Buffer.from(handshake(`/ws?token=${jwt}`)), ping]));
    await client.head();
    expect((await service.publish(user, 'hello')).receivers).toBe(1);
    client.socket.write(frame(opcodes.binary, 'the end'));
    expect((await client.closeFrame()).code).toBe(1003);
    client.socket.destroy();
  });
});

describe('what the handshake negotiates', () => {
  it.each([
    ['huleedu.v1'],
    [`huleedu.bearer.${token()}`],
    [`huleedu.v1, huleedu.bearer.${token()}`],
    ['graphql-ws, mqtt'],
  ])('is no subprotocol, whatever is offered', async (offered) => {
    for (const query of ['', `?token=${tokenOfNew().jwt}`]) {
      const client = dialRaw(service.url, handshake(`/ws${query}`, { 'sec-websocket-protocol': offered }));
      const head = await client.head();
      expect(head).toMatch(/^HTTP\/1\.1 101 /);
      expect(head).not.toMatch(/sec-websocket-protocol|huleedu|eyJ/i);
      client.socket.destroy();
    }
  });

  it('is no compression', async () => {
    const offer = { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits' };
    const raw = dialRaw(service.url, handshake(`/ws?token=${tokenOfNew().jwt}`, offer));
    expect(await raw.head()).not.toMatch(/sec-websocket-extensions/i);
    raw.socket.destroy();
    const client = await connect(`${service.wsUrl}?token=${tokenOfNew().jwt}`, { perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
    await client.close();
  });
});

describe('while the token is judged', () => {
  const leaving = [
    ['resets the connection', (socket: { resetAndDestroy(): unknown }) => socket.resetAndDestroy()],
    ['ends the connection', (socket: { destroy(): unknown }) => socket.destroy()],
  ] as const;

  it.each(leaving)('a client that %s holds no seat', async (_how, leave) => {
    const key = await createSigningKey('ES256');
    const jwks = await startJwksServer();
    const slow = await startService({
      JWT_ALGORITHM: 'ES256',
      JWT_JWKS_URL: jwks.url,
      WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1',
    });
    jwks.hang();
    const client = dialRaw(slow.url, handshake(`/ws?token=${await key.sign()}`));
    await eventually(() => jwks.requests.length === 1, 'the keys are asked for');
    leave(client.socket);
    await client.ended;
    jwks.release([key.jwk]);
    await eventually(async () => (await total(slow)) === 0, 'nobody is connected');
    // A refusal would have been closed by the service, with 4000.
    const next = await connect(`${slow.wsUrl}?token=${await key.sign()}`);
    expect((await next.close()).code).toBe(1000);
    await slow.close();
    await jwks.close();
  });

  it('what a client sends is kept until it is heard', async () => {
    const key = await createSigningKey('ES256');
    const jwks = await startJwksServer();
    const slow = await startService({ JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: jwks.url });
    jwks.hang();
    const client = dialRaw(slow.url, handshake(`/ws?token=${await key.sign()}`));
    await eventually(() => jwks.requests.length === 1, 'the keys are asked for');
    client.socket.write(frame(opcodes.text, 'first'));
    client.socket.write(frame(opcodes.binary, 'second'));
    jwks.release([key.jwk]);
    expect((await client.closeFrame()).reason?.error_code).toBe('BINARY_NOT_SUPPORTED');
    client.socket.destroy();
    await slow.close();
    await jwks.close();
  });
});

describe('while the channel is subscribed', () => {
  it.each(['resetAndDestroy', 'destroy'] as const)('a client that leaves (%s) gives its seat back', async (leave) => {
    const broker = createMemoryBroker(recordedLog());
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    const slowBroker = {
      ...broker,
      async subscribe(channel: string) {
        asked += 1;
        await gate.promise;
        await broker.subscribe(channel);
      },
    };
    const server = await startHub({ maxPerUser: 1 }, slowBroker);
    const client = dialRaw(server.urlOf('alice').replace('ws:', 'http:'), handshake('/ws?token=alice'));
    await eventually(() => asked === 1, 'the channel is being subscribed');
    client.socket[leave]();
    await client.ended;
    // Meanwhile the seat is taken: of many handshakes at once no more than the limit get one.
    expect((await dial(server.urlOf('alice')).closed).code).toBe(4000);
    gate.resolve();
    await eventually(
      () => server.observed.opened.length === server.observed.closed.length,
      'the one that left is gone',
    );
    await eventually(async () => (await server.openSockets()) === 0, 'no socket stands');
    const next = await connect(server.urlOf('alice'));
    expect((await next.close()).code).toBe(1000);
    await server.close();
  });
});
