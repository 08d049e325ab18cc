import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { parseCloseReason } from '../../service/contract/error-codes.ts';
import type { Closed } from './client.ts';
import { eventually } from './eventually.ts';

/** The headers of a WebSocket handshake (RFC 6455, 4.1). `undefined` takes one out. */
const handshakeHeaders = {
  host: '127.0.0.1',
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

type Headers = Record<string, string | undefined>;

/** The text of a request with the headers of a handshake, except where they are changed. */
export function handshake(target: string, headers: Headers = {}, method = 'GET'): string {
  const lines = Object.entries({ ...handshakeHeaders, ...headers })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** The kinds of frames (RFC 6455, 5.2). */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A masked frame, as a client sends it. */
export function frame(opcode: number, payload: Buffer | string = '', { fin = true } = {}): Buffer {
  const data = Buffer.from(payload as string);
  const first = (fin ? 0x80 : 0) | opcode;
  const length = Buffer.alloc(data.length < 126 ? 0 : data.length < 65_536 ? 2 : 8);
  if (length.length === 2) length.writeUInt16BE(data.length);
  if (length.length === 8) length.writeBigUInt64BE(BigInt(data.length));
  const short = length.length === 0 ? data.length : length.length === 2 ? 126 : 127;
  const mask = randomBytes(4);
  const masked = data.map((byte, index) => byte ^ (mask[index % 4] as number));
  return Buffer.concat([Buffer.from([first, 0x80 | short]), length, mask, masked]);
}

/** A client that speaks TCP alone, and so can break every rule. */
export interface RawClient {
  readonly socket: Socket;
  /** Resolves with the time, by `performance.now()`, at which the connection ended. */
  readonly ended: Promise<number>;
  /** Waits for the head of the answer. */
  head(): Promise<string>;
  /** Waits for the head and as many bytes as its `Content-Length` says. */
  response(): Promise<{ readonly status: number; readonly head: string; readonly body: string }>;
  /** Waits for the server's close frame. */
  closeFrame(): Promise<Closed>;
}

/** Connects to a service and sends something at once. */
export function dialRaw(url: string, bytes: string | Buffer): RawClient {
  const { hostname, port } = new URL(url);
  const chunks: Buffer[] = [];
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  const ended = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now())));
  const received = () => Buffer.concat(chunks);
  const headEnd = () => received().indexOf('\r\n\r\n');

  async function head(): Promise<string> {
    await eventually(() => headEnd() !== -1, 'the head of an answer');
    return received().subarray(0, headEnd()).toString();
  }
  return {
    socket,
    ended,
    head,
    async response() {
      const text = await head();
      const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
      const from = headEnd() + 4;
      await eventually(() => received().length >= from + length, 'the body of an answer');
      const body = received().subarray(from, from + length);
      return { status: Number(text.split(' ')[1]), head: text, body: body.toString() };
    },
    async closeFrame() {
      await head();
      let found: Closed | undefined;
      await eventually(() => {
        found = findCloseFrame(received().subarray(headEnd() + 4));
        return found !== undefined;
      }, 'a close frame');
      return found as Closed;
    },
  };
}

/** Walks over the frames of a server, which are not masked. */
function findCloseFrame(bytes: Buffer): Closed | undefined {
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = (bytes[at] as number) & 0x0f;
    let length = bytes[at + 1] as number;
    let from = at + 2;
    if (length >= 126) {
      const size = length === 126 ? 2 : 8;
      if (from + size > bytes.length) return undefined;
      length = size === 2 ? bytes.readUInt16BE(from) : Number(bytes.readBigUInt64BE(from));
      from += size;
    }
    if (from + length > bytes.length) return undefined;
    if (opcode === opcodes.close) {
      const text = bytes.subarray(from + 2, from + length).toString();
      return { code: bytes.readUInt16BE(from), text, reason: parseCloseReason(text) };
    }
    at = from + length;
  }
  return undefined;
}
