import type { Socket } from 'node:net';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { newCorrelationId } from './correlation.ts';
import { sendProblem } from './problems.ts';
import { writeProblem } from './raw-problem.ts';
import { isHandshake } from './upgrade.ts';
import { isLegacyUrl, sendGone } from './websocket-routes.ts';

/** How long a request may take to arrive whole, in milliseconds. Fastify would wait for ever. */
const requestTimeoutMs = 30_000;

/** How the HTTP server is made. */
export const serverOptions = {
  http: { shouldUpgradeCallback: isHandshake },
  requestTimeout: requestTimeoutMs,
  // The default line for each request holds its URL, and so the token.
  logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'correlation_id' }),
  requestIdHeader: false as const,
  genReqId: newCorrelationId,
  // Requests under way during a shutdown are answered as ever; new connections are not accepted any more.
  return503OnClosing: false,
  ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
  // Errors before there is a route. Fastify's own answer would quote the address, and so the token.
  frameworkErrors(_error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    if (isLegacyUrl(request.url)) sendGone(request, reply);
    else sendProblem(request, reply, 'REQUEST_INVALID', 'The path is not valid percent-encoding.');
  },
  clientErrorHandler(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket) {
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    const error_code = isTooLarge ? 'HEADERS_TOO_LARGE' : 'REQUEST_INVALID';
    const detail = isTooLarge
      ? 'The address and the headers exceed 16 KiB.'
      : 'This is not an HTTP request, or it did not arrive whole in time.';
    const correlation_id = newCorrelationId();
    this.log.info({ correlation_id, error_code }, 'request refused');
    writeProblem(socket, error_code, detail, correlation_id);
  },
} satisfies FastifyServerOptions & { http: object; clientErrorHandler: unknown; frameworkErrors: unknown };

/** What the log may hold of a request: never its query, which can be a token. */
export const requestSerializer = (request: FastifyRequest) => ({
  method: request.method,
  route: request.routeOptions?.url,
});
