import { describe, expect, it } from 'vitest';
import type { Environment } from '../../service/config.ts';
import type { tokenDefects } from '../../service/contract/development.ts';
import { maxClientMessageBytes, maxCloseReasonBytes } from '../../service/contract/endpoints.ts';
import { type ConnectionErrorCode, connectionErrors } from '../../service/contract/error-codes.ts';
import { startBrokenService } from '../support/broken-service.ts';
import { busyMachineMs } from '../support/busy-machine.ts';
import { type Closed, connect, dial, type TestClient } from '../support/client.ts';
import { closedPort } from '../support/closed-port.ts';
import { eventually } from '../support/eventually.ts';
import { startJwksServer } from '../support/jwks-server.ts';
import { dialRaw, frame, handshake, opcodes, type RawClient } from '../support/raw-client.ts';
import { type LogLine, startService, type TestService } from '../support/service.ts';
import { createSigningKey, token } from '../support/tokens.ts';

/** A connection that ended, and the log of the service that ended it. */
interface Ended extends Closed {
  readonly log: readonly LogLine[];
}

type Provocation = () => Promise<Ended>;

/** Starts a service, does something to it, and waits until the log tells of the end. */
function at(environment: Environment, act: (service: TestService) => Promise<Closed>): Provocation {
  return async () => {
    const service = await startService(environment);
    try {
      const closed = await act(service);
      const tells = () => service.log.some(({ msg }) => msg === 'connection refused' || msg === 'connection closed');
      await eventually(tells, 'the log tells of the end');
      return { ...closed, log: service.log };
    } finally {
      await service.close();
    }
  };
}

/** A handshake that is refused. */
const refused = (query: string, headers: Record<string, string> = {}, environment: Environment = {}) =>
  at(environment, (service) => dial(`${service.wsUrl}${query}`, { headers }).closed);

/** A client that connects and then does something. */
const whileConnected = (act: (client: TestClient, service: TestService) => unknown, environment: Environment = {}) =>
  at(environment, async (service) => {
    const client = await connect(`${service.wsUrl}?token=${token()}`);
    await act(client, service);
    return client.closed;
  });

/** A client that connects and then sends bytes that no WebSocket library would. */
const sendingBytes = (bytes: Buffer) =>
  at({}, async (service) => {
    const client = dialRaw(service.url, handshake(`/ws?token=${token()}`));
    await client.head();
    client.socket.write(bytes);
    return endOf(client);
  });

/** Waits for the close frame and answers it. */
async function endOf(client: RawClient): Promise<Closed> {
  const closed = await client.closeFrame();
  client.socket.end();
  return closed;
}

const defect = (name: keyof typeof tokenDefects) =>
  at({}, async (service) => {
    const minted = await service.mint({ user_id: 'alice', defect: name });
    return dial(`${service.wsUrl}?token=${minted.token}`).closed;
  });

/** One provocation for each entry of the table, with nothing replaced but where it says so. */
const provocations: Record<ConnectionErrorCode, Provocation> = {
  TOKEN_MISSING: refused(''),
  TOKEN_IN_HEADER: refused('', { authorization: `Bearer ${token()}` }),
  TOKEN_REPEATED: refused('?token=a&token=b'),
  TOKEN_MALFORMED: defect('malformed'),
  TOKEN_ALGORITHM_NOT_ALLOWED: defect('unsigned'),
  TOKEN_TYPE_INVALID: defect('wrong_type'),
  TOKEN_KEY_UNKNOWN: async () => {
    const [known, unknown] = [await createSigningKey('ES256', 'known'), await createSigningKey('ES256', 'unknown')];
    const jwks = await startJwksServer([known.jwk]);
    const ended = await refused(`?token=${await unknown.sign()}`, {}, es256(jwks.url))();
    await jwks.close();
    return ended;
  },
  TOKEN_SIGNATURE_INVALID: defect('wrong_signature'),
  TOKEN_EXPIRED: defect('expired'),
  TOKEN_EXPIRY_MISSING: defect('no_expiry'),
  TOKEN_NOT_YET_VALID: defect('not_yet_valid'),
  TOKEN_ISSUER_INVALID: defect('wrong_issuer'),
  TOKEN_AUDIENCE_INVALID: defect('wrong_audience'),
  TOKEN_SUBJECT_INVALID: defect('numeric_subject'),
  TOKEN_CLAIM_INVALID: defect('expiry_not_a_number'),
  ORIGIN_NOT_ALLOWED: refused(`?token=${token()}`, { origin: 'https://evil.example' }),
  MESSAGE_RATE_EXCEEDED: whileConnected(
    (client) => {
      for (let count = 0; count < 4; count++) client.socket.send('{"type":"ping"}');
    },
    { WEBSOCKET_MESSAGES_PER_MINUTE: '3' },
  ),
  BINARY_NOT_SUPPORTED: whileConnected((client) => client.socket.send(Buffer.from('{}'))),
  MESSAGE_TOO_LARGE: whileConnected((client) => client.socket.send('x'.repeat(maxClientMessageBytes + 1))),
  MESSAGE_TOO_FRAGMENTED: whileConnected((client) => {
    for (let count = 0; count < 1100; count++) client.socket.send('x', { fin: false });
  }),
  FRAME_INVALID: sendingBytes(Buffer.from([0x81, 0x01, 0x78])), // Not masked.
  TEXT_NOT_UTF8: sendingBytes(frame(opcodes.text, Buffer.from([0xc3, 0x28]))),
  CONNECTION_LIMIT_EXCEEDED: at({ WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1' }, async ({ wsUrl }) => {
    const first = await connect(`${wsUrl}?token=${token()}`);
    const closed = await dial(`${wsUrl}?token=${token()}`).closed;
    expect(first.socket.readyState).toBe(first.socket.OPEN);
    await first.close();
    return closed;
  }),
  BROKER_UNAVAILABLE: async () => {
    const REDIS_URL = `redis://127.0.0.1:${await closedPort()}`;
    return refused(`?token=${token()}`, {}, { REDIS_URL, REDIS_CONNECT_TIMEOUT: '0.3' })();
  },
  SLOW_CONSUMER: at({ WEBSOCKET_SEND_BUFFER_LIMIT: '1024' }, async (service) => {
    const client = dialRaw(service.url, handshake(`/ws?token=${token()}`));
    await client.head();
    client.socket.pause();
    const failed = () => service.log.some(({ error_type }) => error_type === 'slow_consumer');
    await eventually(async () => {
      if (!failed()) await service.publish('alice', 'x'.repeat(512 * 1024));
      return failed();
    }, 'the send buffer is over its limit');
    client.socket.resume();
    return endOf(client);
  }),
  INTERNAL_ERROR: brokenInside,
  KEYS_UNAVAILABLE: async () => {
    const key = await createSigningKey('ES256');
    return refused(`?token=${await key.sign()}`, {}, es256(`http://127.0.0.1:${await closedPort()}/`))();
  },
  SERVER_SHUTDOWN: whileConnected((_client, service) => void service.app.close()),
  PEER_UNRESPONSIVE: at({ WEBSOCKET_PING_INTERVAL: '0.05', WEBSOCKET_IDLE_TIMEOUT: '0.2' }, async (service) => {
    const client = await connect(`${service.wsUrl}?token=${token()}`, { autoPong: false });
    return client.closed;
  }),
};

const es256 = (JWT_JWKS_URL: string) => ({ JWT_ALGORITHM: 'ES256', JWT_JWKS_URL });

async function brokenInside(): Promise<Ended> {
  const { wsUrl, log, close } = await startBrokenService();
  const closed = await dial(`${wsUrl}?token=x`).closed;
  await close();
  expect(log).toContainEqual(expect.objectContaining({ error: expect.stringContaining('off by one') }));
  return { ...closed, log };
}

describe('the table of causes', () => {
  it.each(Object.keys(connectionErrors) as ConnectionErrorCode[])('is right about %s', async (cause) => {
    const { closeCode, message } = connectionErrors[cause];
    const provoke: Provocation | undefined = provocations[cause];
    if (provoke === undefined) throw new Error(`nothing provokes ${cause}`);
    const { code, text, reason, log } = await provoke();
    expect(code).toBe(closeCode);
    const line = log.find((one) => one.cause === cause);
    expect(line?.msg).toMatch(/^connection (refused|closed)$/);
    if (line?.msg === 'connection closed') expect(line).toMatchObject({ code: closeCode, user_id: expect.any(String) });
    if (cause === 'CONNECTION_LIMIT_EXCEEDED' || cause === 'BROKER_UNAVAILABLE')
      expect(line).toMatchObject({ user_id: expect.any(String) });
    if (closeCode === 1006) {
      expect(text).toBe('');
      return;
    }
    expect(JSON.parse(text)).toEqual({ error_code: cause, message, correlation_id: line?.correlation_id });
    expect(reason?.correlation_id).toMatch(/^[0-9a-f]{12}$/);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxCloseReasonBytes);
  });
});

describe('beside the table', () => {
  it('closes with 1008 when the token expires while connected, within the next sweep', async () => {
    let lateBy = Number.POSITIVE_INFINITY;
    const { code, reason, log } = await at({}, async (service) => {
      const exp = Date.now() / 1000 + 1.2;
      const client = await connect(`${service.wsUrl}?token=${token({ exp })}`);
      const closed = await client.closed;
      lateBy = Date.now() / 1000 - exp;
      return closed;
    })();
    expect({ code, cause: reason?.error_code }).toEqual({ code: 1008, cause: 'TOKEN_EXPIRED' });
    expect(lateBy).toBeGreaterThanOrEqual(0);
    expect(lateBy).toBeLessThan(1 + busyMachineMs / 1000);
    const { correlation_id } = reason ?? {};
    expect(log).toContainEqual(
      expect.objectContaining({ msg: 'connection closed', cause: 'TOKEN_EXPIRED', correlation_id }),
    );
  });

  it.each([
    ['a control frame that is too long', frame(opcodes.ping, 'x'.repeat(126))],
    ['a fragmented control frame', frame(opcodes.ping, '', { fin: false })],
    ['a continuation of nothing', frame(opcodes.continuation, 'x')],
    ['a reserved opcode', frame(3)],
    ['a reserved bit', Buffer.concat([Buffer.from([0xc1]), frame(opcodes.text).subarray(1)])],
    ['a close code that may not be sent', frame(opcodes.close, Buffer.from([0x03, 0xed]))],
    ['an HTTP request', Buffer.from('GET /ws HTTP/1.1\r\n\r\n')],
  ])('closes with 1002 after %s', async (_what, bytes) => {
    expect(await sendingBytes(bytes)()).toMatchObject({ code: 1002, reason: { error_code: 'FRAME_INVALID' } });
  });

  it('closes with 1009 as soon as a frame announces more than 64 KiB, before it has come', async () => {
    const announced = frame(opcodes.text, Buffer.alloc(maxClientMessageBytes + 1)).subarray(0, 14);
    expect(await sendingBytes(announced)()).toMatchObject({ code: 1009, reason: { error_code: 'MESSAGE_TOO_LARGE' } });
  });

  it('closes with 1009 after fragments that are too large together', async () => {
    const half = 'x'.repeat(maxClientMessageBytes / 2 + 1);
    const ended = await sendingBytes(
      Buffer.concat([frame(opcodes.text, half, { fin: false }), frame(opcodes.continuation, half)]),
    )();
    expect(ended.reason?.error_code).toBe('MESSAGE_TOO_LARGE');
  });

  it('drops a client that pings without end and reads nothing, so that the answers do not pile up', async () => {
    const ended = await at({}, async (service) => {
      const client = dialRaw(service.url, handshake(`/ws?token=${token()}`));
      await client.head();
      client.socket.pause();
      const pings = Buffer.concat(Array.from({ length: 1000 }, () => frame(opcodes.ping, 'x'.repeat(125))));
      const dropped = () => service.log.some(({ msg }) => msg === 'connection closed');
      await eventually(() => {
        if (client.socket.writableLength < pings.length) client.socket.write(pings);
        return dropped();
      }, 'the client that does not read is dropped');
      client.socket.destroy();
      return { code: 1006, text: '', reason: undefined };
    })();
    expect(ended.log).toContainEqual(expect.objectContaining({ msg: 'connection closed', code: 1006 }));
  });

  it('answers the close of the client with its own code and no reason', async () => {
    const ended = await whileConnected((client) => client.socket.close(1000))();
    expect(ended).toMatchObject({ code: 1000, text: '' });
    expect(ended.log).toContainEqual(
      expect.objectContaining({ msg: 'connection closed', code: 1000, cause: 'CLIENT_LEFT' }),
    );
  });

  it('answers a close of the client that has a code of our table with that code, and blames it on no cause', async () => {
    const ended = await whileConnected((client) => client.socket.close(1008))();
    expect(ended).toMatchObject({ code: 1008, text: '' });
    expect(ended.log).toContainEqual(expect.objectContaining({ msg: 'connection closed', cause: 'CLIENT_LEFT' }));
  });
});
