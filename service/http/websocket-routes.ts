import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints, legacyWebsocketPrefix, pages } from '../contract/endpoints.ts';
import { sendProblem } from './problems.ts';

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
  // OPTIONS is answered like every other method.
  const config = { cors: { preflight: false } };
  const answerAll = (path: string, send: typeof sendGone) =>
    // In `onRequest`, so that no body, however wrong, is looked at first.
    app.all(path, { config, onRequest: async (request, reply) => send(request, reply) }, send);

  answerAll(endpoints.websocket, sendUpgradeRequired);
  answerAll(`${endpoints.websocket}/`, sendUpgradeRequired);
  answerAll(legacyWebsocketPrefix, sendGone);
  answerAll(`${legacyWebsocketPrefix}/*`, sendGone);
}
