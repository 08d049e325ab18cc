import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpErrorCode } from '../contract/http-errors.ts';
import { problemDocument } from '../errors.ts';
import { noteProblem } from './told-problems.ts';

/** How long a peer may go on sending after it was answered, in milliseconds. */
const lingerMs = 1000;

/** Answers on a bare socket, where there is no response object: a request that could not be parsed, a broken handshake. */
export function writeProblem(socket: Duplex, code: HttpErrorCode, detail: string, correlationId: string): void {
  if (!socket.writable) return;
  noteProblem(socket, { code, correlationId });
  const problem = problemDocument(code, detail, correlationId);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(code === 'HANDSHAKE_INVALID' ? ['Sec-WebSocket-Version: 13'] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // What still comes is read and dropped: destroyed with bytes unread, the socket would be reset, and the answer lost with it.
  socket.resume();
  const deadline = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(deadline));
}
