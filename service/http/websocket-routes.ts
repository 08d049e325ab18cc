import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints, legacyWebsocketPrefix, pages } from '../contract/endpoints.ts';
import { sendProblem } from './problems.ts';

/** What the WebSocket's path, and the old one, answer to requests that are no handshake. */
export function registerWebsocketRoutes(app: FastifyInstance): void {
  const upgradeRequired = (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('upgrade', 'websocket').header('connection', 'upgrade');
    const detail = `${request.method} without an upgrade. Open a WebSocket at ${endpoints.websocket}?token=<jwt> instead.`;
    return sendProblem(request, reply, 'UPGRADE_REQUIRED', detail, { endpoint: endpoints.websocket });
  };
  app.all(endpoints.websocket, upgradeRequired);
  app.all(`${endpoints.websocket}/`, upgradeRequired);

  const gone = (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('link', `<${pages.migrationGuide}>; rel="help"`);
    const detail = `${legacyWebsocketPrefix} is served no more. Connect to ${endpoints.websocket}?token=<jwt>; the token says whose notifications arrive.`;
    const extra = { endpoint: endpoints.websocket, migration_guide: pages.migrationGuide };
    return sendProblem(request, reply, 'ENDPOINT_GONE', detail, extra);
  };
  app.all(legacyWebsocketPrefix, gone);
  app.all(`${legacyWebsocketPrefix}/*`, gone);
}
