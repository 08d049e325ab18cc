import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Identity, VerifyToken } from '../auth/verify.ts';
import { Connection } from '../connections/connection.ts';
import type { Hub, Seat } from '../connections/hub.ts';
import type { ConnectionObserver } from '../connections/observer.ts';
import { endpoints, maxClientMessageBytes } from '../contract/endpoints.ts';
import { type ConnectionErrorCode, connectionErrors } from '../contract/error-codes.ts';
import { httpErrors } from '../contract/http-errors.ts';
import { ConnectionError } from '../errors.ts';
import { newCorrelationId } from './correlation.ts';
import { type DecidedHandshake, type HandshakeMemory, handshakeRequest } from './handshake-memory.ts';
import { isOriginAllowed } from './origins.ts';
import { writeProblem } from './raw-problem.ts';

/** How long a peer may take to answer a close before its socket is freed, in milliseconds. */
const closeTimeoutMs = 2000;

/** How many fragments one message of a client may come in. */
const maxFragments = 1024;

/** What the handshake needs of the rest of the service. */
export interface UpgradeContext {
  readonly verifyToken: VerifyToken;
  readonly hub: Hub;
  readonly observer: ConnectionObserver;
  readonly corsOrigins: readonly string[];
  /** In development alone. */
  readonly memory?: HandshakeMemory | undefined;
}

type Server = InstanceType<typeof WebSocketServer<typeof Connection>>;

/** Answers one upgrade request. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;

/**
 * Whether a request is a WebSocket handshake at our endpoint. Every other request with an `Upgrade` header is answered as the
 * plain request that it also is (RFC 9110, 7.8), so that none of them is left open.
 */
export function isHandshake(request: IncomingMessage): boolean {
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
  const [path] = splitUrl(request);
  return path === endpoints.websocket || path === `${endpoints.websocket}/`;
}

/** Makes the handler of WebSocket handshakes. */
export function createUpgradeHandler(context: UpgradeContext): UpgradeHandler {
  // A variable rather than an argument: @types/ws does not know `closeTimeout` yet.
  const options = {
    noServer: true,
    WebSocket: Connection,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxClientMessageBytes,
    maxFragments,
    closeTimeout: closeTimeoutMs,
    // ws would select the first protocol that is offered, and so echo a token that a client put there.
    handleProtocols: () => false as const,
  };
  const server: Server = new WebSocketServer(options);
  const invalid = new WeakMap<IncomingMessage, string>();
  server.on('wsClientError', ({ message }, _socket, request) => invalid.set(request, `${message}.`));

  return async (request, socket, head) => {
    socket.on('error', ignore);
    const correlationId = newCorrelationId();
    const verdict = await judge(context, request);
    const isAnswered = accept(server, request, socket, head, (connection) => {
      connection.correlationId = correlationId;
      if ('seat' in verdict) verdict.seat.fill(connection, verdict.identity.expiresAt);
      else connection.end(verdict.refusal.code);
    });
    if ('seat' in verdict && !isAnswered) verdict.seat.leave();
    const { origin } = request.headers;
    const fault = invalid.get(request);
    if (fault !== undefined) {
      writeProblem(socket, 'HANDSHAKE_INVALID', fault, correlationId);
      context.observer.refused({ correlationId, cause: 'HANDSHAKE_INVALID', origin });
    } else if ('refusal' in verdict) {
      const { code, cause } = verdict.refusal;
      context.observer.refused({ correlationId, cause: code, userId: verdict.userId, origin, error: cause });
    }
    context.memory?.remember(handshakeRequest(request), {
      ...(fault === undefined ? answerTo(verdict, isAnswered) : invalidAnswer),
      correlation_id: correlationId,
      userId: 'seat' in verdict ? verdict.identity.userId : verdict.userId,
    });
  };
}

type Answer = Omit<DecidedHandshake, 'correlation_id' | 'userId'>;

const invalidAnswer: Answer = {
  outcome: 'not_upgraded',
  error_code: 'HANDSHAKE_INVALID',
  http_status: httpErrors.HANDSHAKE_INVALID.status,
  close_code: null,
};

/** What the client got. */
function answerTo(verdict: Verdict, isAnswered: boolean): Answer {
  const cause: ConnectionErrorCode | null = 'refusal' in verdict ? verdict.refusal.code : null;
  if (!isAnswered) return { outcome: 'abandoned', error_code: cause, http_status: null, close_code: null };
  if (cause === null) return { outcome: 'accepted', error_code: null, http_status: 101, close_code: null };
  const { closeCode } = connectionErrors[cause];
  return { outcome: 'refused', error_code: cause, http_status: 101, close_code: closeCode };
}

type Verdict =
  | { readonly seat: Seat; readonly identity: Identity }
  | { readonly refusal: ConnectionError; readonly userId?: string | undefined };

/** Decides before the handshake is answered, so that an open connection is a subscribed one. Never throws. */
async function judge({ verifyToken, hub, corsOrigins }: UpgradeContext, request: IncomingMessage): Promise<Verdict> {
  let userId: string | undefined;
  try {
    if (hub.closing) throw new ConnectionError('SERVER_SHUTDOWN');
    if (!isOriginAllowed(request, corsOrigins)) throw new ConnectionError('ORIGIN_NOT_ALLOWED');
    const identity = await verifyToken(tokenOf(request));
    userId = identity.userId;
    return { identity, seat: await hub.take(userId) };
  } catch (error) {
    const isKnown = error instanceof ConnectionError;
    return { refusal: isKnown ? error : new ConnectionError('INTERNAL_ERROR', { cause: error }), userId };
  }
}

/**
 * Answers the handshake. A refusal is answered like an acceptance: a browser shows nothing of an HTTP error but 1006.
 *
 * @returns Whether there is a connection; not where the client has gone or its handshake is invalid.
 */
function accept(
  server: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  onConnection: (connection: Connection) => void,
): boolean {
  let isAnswered = false;
  // Calls back at once or never, so nothing that the client sends can come before the listeners.
  server.handleUpgrade(request, socket, head, (connection) => {
    isAnswered = true;
    connection.on('error', ignore);
    socket.removeListener('error', ignore);
    onConnection(connection);
  });
  return isAnswered;
}

/** Errors of a socket are followed by its `close`, which is where they are dealt with; unheard they would end the process. */
function ignore(): void {}

function splitUrl(request: IncomingMessage): [path: string, query: string] {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function tokenOf(request: IncomingMessage): string {
  const [, query] = splitUrl(request);
  const tokens = new URLSearchParams(query).getAll('token');
  if (tokens.length > 1) throw new ConnectionError('TOKEN_REPEATED');
  const [token] = tokens;
  if (token) return token;
  throw new ConnectionError(request.headers.authorization === undefined ? 'TOKEN_MISSING' : 'TOKEN_IN_HEADER');
}
