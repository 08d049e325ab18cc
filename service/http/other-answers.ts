import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { endpoints, legacyWebsocketPrefix } from '../contract/endpoints.ts';
import { type HttpErrorCode, httpErrors } from '../contract/http-errors.ts';
import { type HandshakeMemory, type HandshakeRequest, handshakeRequest } from './handshake-memory.ts';
import { problemToldTo } from './told-problems.ts';

/**
 * Remembers requests for a WebSocket that were answered with HTTP before they came to the handshake: at the old endpoint, at a path
 * where there is no WebSocket, or too large to be read.
 */
export function rememberOtherAnswers(server: Server, memory: HandshakeMemory): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return;
    response.once('finish', () => {
      const told = problemToldTo(request);
      remember(memory, handshakeRequest(request), response.statusCode, told?.code, told?.correlationId);
    });
  });
  // After the listener that answers it.
  server.on('clientError', (error: Error & { readonly rawPacket?: Buffer }, socket: Duplex) => {
    const told = problemToldTo(socket);
    const request = told && upgradeIn(error.rawPacket);
    if (request) remember(memory, request, httpErrors[told.code].status, told.code, told.correlationId);
  });
}

function remember(
  memory: HandshakeMemory,
  request: HandshakeRequest,
  status: number,
  code: HttpErrorCode | undefined,
  correlationId: string | undefined,
): void {
  memory.remember(request, {
    correlation_id: correlationId ?? null,
    outcome: code === 'ENDPOINT_GONE' ? 'gone' : 'not_upgraded',
    error_code: code ?? null,
    http_status: status,
    close_code: null,
  });
}

/**
 * Reads what it can of a request that Node gave up on.
 *
 * @returns `undefined` where nothing says that it asked for a WebSocket: neither a header, which may not have come, nor its path.
 */
function upgradeIn(packet: Buffer | undefined): HandshakeRequest | undefined {
  const text = packet?.toString('latin1') ?? '';
  const url = /^[A-Z]+ (\S+)/.exec(text)?.[1];
  if (url === undefined) return undefined;
  const isWebsocketPath = url.startsWith(`${endpoints.websocket}?`) || url.startsWith(`${legacyWebsocketPrefix}/`);
  if (!isWebsocketPath && !/^upgrade: *websocket\s*$/im.test(text)) return undefined;
  return { url, origin: /^origin: *(\S+)\s*$/im.exec(text)?.[1] };
}
