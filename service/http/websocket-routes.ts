import type { SwaggerTransform } from '@fastify/swagger';
import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  onRequestAsyncHookHandler,
} from 'fastify';
import { endpoints, legacyWebsocketPrefix, pages } from '../contract/endpoints.ts';
import { sendProblem } from './problems.ts';
import { problemAnswers, tags } from './route-schemas.ts';

const legacyUrl = new RegExp(`^${legacyWebsocketPrefix}(?:[/?]|$)`);

/** Whether a request is for the endpoint that this service replaces. */
export function isLegacyUrl(url: string): boolean {
  return legacyUrl.test(url);
}

/** Answers a request for the old endpoint, whatever it is. */
export function sendGone(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('link', `<${pages.migrationGuide}>; rel="help"`);
  const detail = `${legacyWebsocketPrefix} is served no more. Connect to ${endpoints.websocket}?token=<jwt>; the token says whose notifications arrive.`;
  const extra = { endpoint: endpoints.websocket, migration_guide: pages.migrationGuide };
  return sendProblem(request, reply, 'ENDPOINT_GONE', detail, extra);
}

function sendUpgradeRequired(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // `close`, too: with a `Connection` of ours, Node does not look at what the client asked for.
  reply.header('upgrade', 'websocket').header('connection', 'upgrade, close');
  const detail = `${request.method} without an upgrade. Open a WebSocket at ${endpoints.websocket}?token=<jwt> instead.`;
  return sendProblem(request, reply, 'UPGRADE_REQUIRED', detail, { endpoint: endpoints.websocket });
}

/** What the WebSocket's path, and the old one, answer to requests that are no handshake. */
export function registerWebsocketRoutes(app: FastifyInstance): void {
  answerAll(app, endpoints.websocket, sendUpgradeRequired, {
    tags: [tags.websocket.name],
    operationId: 'openWebsocket',
    summary: `Opens the WebSocket. Asked without an upgrade, with any method, says how to connect. \`${endpoints.websocket}/\` is the same place.`,
    querystring: {
      type: 'object',
      properties: { token: { type: 'string', description: 'The JWT. Read in a WebSocket handshake alone.' } },
    },
    response: {
      101: { description: 'A WebSocket handshake: the WebSocket is open.', type: 'null' },
      ...problemAnswers('HANDSHAKE_INVALID', 'UPGRADE_REQUIRED'),
    },
  });
  answerAll(app, `${endpoints.websocket}/`, sendUpgradeRequired);
  answerAll(app, legacyWebsocketPrefix, sendGone);
  answerAll(app, `${legacyWebsocketPrefix}/*`, sendGone, {
    tags: [tags.websocket.name],
    operationId: 'useOldEndpoint',
    summary: 'The old endpoint: gone, for every method, with or without an upgrade. There is no fallback.',
    params: {
      type: 'object',
      properties: { client_id: { type: 'string', description: 'The user id, as the old endpoint had it. Not read.' } },
    },
    response: problemAnswers('ENDPOINT_GONE'),
  });
}

/**
 * Answers every method of a path in the same way.
 *
 * @param schema - Describes the path, as its GET, in the OpenAPI document; without one the path is left out of it.
 */
function answerAll(app: FastifyInstance, url: string, send: typeof sendGone, schema?: FastifySchema): void {
  // OPTIONS is answered like every other method.
  const config: FastifyContextConfig & { cors: object } = { cors: { preflight: false } };
  // In `onRequest`, so that nothing of the request, however wrong, is looked at first.
  const onRequest: onRequestAsyncHookHandler = async (request, reply) => send(request, reply);
  const shared = { url, config, onRequest, handler: send };
  const others = app.supportedMethods.filter((method) => method !== 'GET' && method !== 'HEAD');
  // What the wildcard stands for has a name for people.
  const swaggerTransform: SwaggerTransform = (route) => ({ ...route, url: url.replace('*', ':client_id') });
  const described = { ...config, swaggerTransform };
  app.route({ ...shared, config: described, method: 'GET', schema: schema ?? { hide: true } });
  app.route({ ...shared, method: others, schema: { hide: true } });
}
