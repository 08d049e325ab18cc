import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { Connection, type ConnectionEvent } from '../../../playground/connections/connection.svelte.ts';
import { eventually } from '../../support/eventually.ts';

let ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A WebSocket server that does with each socket what it is told. */
async function serve(onSocket: (socket: ServerSocket, url: string) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws' });
  server.on('connection', (socket, request) => onSocket(socket, request.url ?? ''));
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that accepts bytes and never answers. */
async function silence(): Promise<string> {
  const sockets = new Set<import('node:net').Socket>();
  const server: TcpServer = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function recorded(deadlines = { openMs: 5000, closeMs: 3000 }) {
  const events: ConnectionEvent[] = [];
  const connection = new Connection((event) => events.push(event), deadlines);
  ends.unshift(() => connection.disconnect());
  return { connection, events };
}

describe('a connection', () => {
  it('opens with the token, and shows its address without it', async () => {
    const urls: string[] = [];
    const base = await serve((_socket, url) => urls.push(url));
    const { connection, events } = recorded();
    await connection.connect(base, 'head.pay.sig');
    expect(connection.state.name).toBe('connecting');
    await eventually(() => connection.state.name === 'open', 'open');
    expect(urls).toEqual(['/ws?token=head.pay.sig']);
    expect(connection.state).toMatchObject({
      address: `${base.replace('http', 'ws')}/ws?token=…`,
      handshakeMs: expect.any(Number),
    });
    expect(JSON.stringify([connection.state, events])).not.toContain('head.pay.sig');
  });

  it('counts what arrives, in bytes of UTF-8', async () => {
    const base = await serve((socket) => socket.send('"Åsa"'));
    const { connection, events } = recorded();
    await connection.connect(base, 't');
    await eventually(() => connection.framesIn === 1, 'a frame');
    expect(connection.bytesIn).toBe(6);
    expect(events.at(-1)).toEqual({ kind: 'frame', text: '"Åsa"', bytes: 6 });
  });

  it('closes with 1000 when it is asked to', async () => {
    const codes: number[] = [];
    const base = await serve((socket) => socket.on('close', (code) => codes.push(code)));
    const { connection, events } = recorded();
    await connection.connect(base, 't');
    await eventually(() => connection.state.name === 'open', 'open');
    const ended = connection.disconnect();
    expect(connection.state.name).toBe('closing');
    await ended;
    expect(connection.state).toMatchObject({ name: 'closed', ending: { code: 1000, reason: '', opened: true } });
    expect(events.map(({ kind }) => kind)).toEqual(['connecting', 'open', 'closing', 'closed']);
    await eventually(() => codes.length === 1, 'the server to see the close');
    expect(codes).toEqual([1000]);
  });

  it('tells code and reason of a refusal, which opens first', async () => {
    const reason = '{"error_code":"TOKEN_EXPIRED","message":"The token has expired","correlation_id":"0123456789ab"}';
    const base = await serve((socket) => socket.close(1008, reason));
    const { connection } = recorded();
    await connection.connect(base, 't');
    await eventually(() => connection.state.name === 'closed', 'closed');
    expect(connection.state).toMatchObject({ ending: { code: 1008, reason, opened: true } });
    expect(connection.isLive).toBe(false);
  });

  it('ends with 1006, never opened, where nothing answers', async () => {
    const base = await serve(() => {});
    await ends.pop()?.();
    const { connection } = recorded();
    await connection.connect(base, 't');
    await eventually(() => connection.state.name === 'closed', 'closed');
    expect(connection.state).toMatchObject({ ending: { code: 1006, opened: false, openMs: 0 } });
  });

  it('gives up a handshake that is never answered', async () => {
    const { connection } = recorded({ openMs: 50, closeMs: 50 });
    await connection.connect(await silence(), 't');
    await eventually(() => connection.state.name === 'closed', 'closed');
    expect(connection.state).toMatchObject({ ending: { code: 1006, opened: false } });
  });

  it('lets go of a peer that never answers the close', async () => {
    const base = await serve((socket) => socket.pause());
    const { connection } = recorded({ openMs: 5000, closeMs: 50 });
    await connection.connect(base, 't');
    await eventually(() => connection.state.name === 'open', 'open');
    await connection.disconnect();
    expect(connection.state).toMatchObject({ name: 'closed', ending: { code: 1006, opened: true } });
  });

  it('dials exactly the address that it is given, and shows no value of a token in it', async () => {
    const urls: string[] = [];
    const base = await serve((_socket, url) => urls.push(url));
    const { connection, events } = recorded();
    await connection.dial(`${base.replace('http', 'ws')}/ws?token=one&token=two&x=1`);
    await connection.until(({ name }) => name === 'open');
    expect(urls).toEqual(['/ws?token=one&token=two&x=1']);
    expect(connection.state).toMatchObject({ address: `${base.replace('http', 'ws')}/ws?token=…&token=…&x=1` });
    expect(JSON.stringify(events)).not.toMatch(/one|two/);
  });

  it('closes without a code when it hangs up, as socket.close() does', async () => {
    const codes: number[] = [];
    const base = await serve((socket) => socket.on('close', (code) => codes.push(code)));
    const { connection } = recorded();
    await connection.connect(base, 't');
    await connection.until(({ name }) => name === 'open');
    await connection.hangUp();
    expect(connection.state).toMatchObject({ name: 'closed', ending: { code: 1005, reason: '', opened: true } });
    await eventually(() => codes.length === 1, 'the server to see the close');
    expect(codes).toEqual([1005]);
  });

  it('sends text and bytes, as often as it is told, and tells of it once', async () => {
    const received: [string, boolean][] = [];
    const base = await serve((socket) =>
      socket.on('message', (data, isBinary) => received.push([String(data), isBinary])),
    );
    const { connection, events } = recorded();
    await connection.connect(base, 't');
    connection.send('too early');
    await connection.until(({ name }) => name === 'open');
    connection.send('Å', 2);
    connection.send(new Uint8Array([65, 66, 67]));
    await eventually(() => received.length === 3, 'three messages');
    expect(received).toEqual([
      ['Å', false],
      ['Å', false],
      ['ABC', true],
    ]);
    expect(events.filter(({ kind }) => kind === 'sent')).toEqual([
      { kind: 'sent', binary: false, bytes: 2, count: 2, text: 'Å' },
      { kind: 'sent', binary: true, bytes: 3, count: 1, text: undefined },
    ]);
  });

  it('lets several wait for what becomes of it, each for its own', async () => {
    const base = await serve((socket) => socket.close(1008, 'no'));
    const { connection } = recorded();
    const waiting = [
      connection.until(({ name }) => name === 'open'),
      connection.until(({ name }) => name === 'closed'),
      connection.until(({ name }) => name === 'idle'),
    ];
    await connection.connect(base, 't');
    expect((await Promise.all(waiting)).map(({ name }) => name)).toEqual(['open', 'closed', 'idle']);
  });

  it('opens one socket where it is told to connect twice at once, and leaves none open', async () => {
    const urls: string[] = [];
    let open = 0;
    const base = await serve((socket, url) => {
      urls.push(url);
      open += 1;
      socket.on('close', () => {
        open -= 1;
      });
      socket.send('x');
    });
    const { connection } = recorded();
    await connection.connect(base, 'first');
    await eventually(() => connection.framesIn === 1, 'a frame');
    await Promise.all([connection.connect(base, 'second'), connection.connect(base, 'third')]);
    await eventually(() => connection.framesIn > 0, 'a frame on the newest');
    await connection.disconnect();
    await eventually(() => open === 0, 'no socket left', 2000);
    expect(urls).toEqual(['/ws?token=first', '/ws?token=third']);
    expect(connection.framesIn).toBe(1);
  });

  it('stays closed where a disconnect follows upon the connect', async () => {
    const urls: string[] = [];
    const base = await serve((_socket, url) => urls.push(url));
    const { connection } = recorded();
    await connection.connect(base, 'first');
    await eventually(() => connection.state.name === 'open', 'open');
    await Promise.all([connection.connect(base, 'second'), connection.disconnect()]);
    expect(connection.state).toMatchObject({ name: 'closed', ending: { code: 1000 } });
    expect(urls).toEqual(['/ws?token=first']);
  });

  it('ends the one before when it connects anew, and starts counting afresh', async () => {
    const base = await serve((socket) => socket.send('x'));
    const { connection, events } = recorded();
    await connection.connect(base, 't');
    await eventually(() => connection.framesIn === 1, 'a frame');
    await connection.connect(base, 't');
    expect(connection.framesIn).toBe(0);
    await eventually(() => connection.framesIn === 1, 'a frame on the second');
    expect(events.map(({ kind }) => kind)).toEqual([
      'connecting',
      'open',
      'frame',
      'closing',
      'closed',
      'connecting',
      'open',
      'frame',
    ]);
  });
});
