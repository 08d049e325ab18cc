import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type HttpErrorCode, httpErrors, type ProblemDocument } from '../contract/http-errors.ts';
import { ConnectionError, HttpError, problemDocument } from '../errors.ts';
import { noteProblem } from './told-problems.ts';

/** Answers with a problem document (RFC 9457). */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: HttpErrorCode,
  detail: string,
  extra?: Pick<ProblemDocument, 'endpoint' | 'migration_guide'>,
): FastifyReply {
  // Under the id that the caller is shown. The address and the detail are left out: they may hold a token.
  const { method, routeOptions } = request;
  request.log.info({ method, endpoint: routeOptions.url ?? 'none', error_code: code }, 'request refused');
  noteProblem(request.raw, { code, correlationId: request.id });
  return reply
    .code(httpErrors[code].status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(problemDocument(code, detail, request.id, extra));
}

/** Says that nothing is there. The query is left out: it may hold a token. */
export function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [path] = request.url.split('?');
  return sendProblem(request, reply, 'NOT_FOUND', `There is no ${request.method} ${path}.`);
}

/** Turns every error of a route into a problem document; only the log hears what went wrong inside. */
export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof HttpError) return sendProblem(request, reply, error.code, error.message);
    if (error instanceof ConnectionError && error.code === 'BROKER_UNAVAILABLE')
      return sendProblem(request, reply, 'BROKER_UNAVAILABLE', 'The message could not be published.');
    if (error.validation) return sendProblem(request, reply, 'BODY_INVALID', explainValidation(error));
    const code = codeOf(error);
    // Fastify would close while the body still comes: the connection would be reset, and the answer lost with it.
    if (isBodyUnread(code)) reply.removeHeader('connection');
    if (code === 'NOT_FOUND') return sendNotFound(request, reply);
    if (code === 'INTERNAL_ERROR') request.log.error({ stack: error.stack }, 'request failed');
    const detail = code === 'INTERNAL_ERROR' ? 'The request could not be answered.' : sentence(error.message);
    return sendProblem(request, reply, code, detail);
  });
}

function codeOf(error: FastifyError): HttpErrorCode {
  switch (error.statusCode) {
    // A path that leads out of the site, or is none.
    case 403:
      return 'NOT_FOUND';
    case 413:
      return 'BODY_TOO_LARGE';
    case 415:
      return 'MEDIA_TYPE_UNSUPPORTED';
    case 400:
      return error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY'
        ? 'BODY_INVALID'
        : 'REQUEST_INVALID';
    default:
      return error.statusCode !== undefined && error.statusCode < 500 ? 'REQUEST_INVALID' : 'INTERNAL_ERROR';
  }
}

/** Whether the rest of the body is still to come when the error is told. */
function isBodyUnread(code: HttpErrorCode): boolean {
  return code === 'BODY_TOO_LARGE' || code === 'MEDIA_TYPE_UNSUPPORTED';
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}

function explainValidation({ message, validation = [] }: FastifyError): string {
  const { keyword, params } = validation[0] ?? {};
  if (keyword === 'additionalProperties') return `The body may not hold ${JSON.stringify(params?.additionalProperty)}.`;
  if (keyword === 'enum') return `${message}: ${[params?.allowedValues].flat().join(', ')}.`;
  return sentence(message);
}
