import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpErrorCode } from '../contract/http-errors.ts';
import { problemDocument } from '../errors.ts';
import { newCorrelationId } from './correlation.ts';

/** Answers on a bare socket, where there is no response object: a request that could not be parsed, a broken handshake. */
export function writeProblem(socket: Duplex, code: HttpErrorCode, detail: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemDocument(code, detail, newCorrelationId());
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(code === 'HANDSHAKE_INVALID' ? ['Sec-WebSocket-Version: 13'] : []),
  ];
  // A peer that never closes its half would hold the socket: it is destroyed once the answer is out.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
