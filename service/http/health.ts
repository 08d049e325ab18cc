import type { FastifyInstance } from 'fastify';
import type { Broker } from '../broker/broker.ts';
import type { Hub } from '../connections/hub.ts';
import { endpoints } from '../contract/endpoints.ts';
import type { HealthResponse, RedisHealthResponse, WebsocketHealthResponse } from '../contract/health.ts';
import { jsonAnswer, problemAnswers, tags } from './route-schemas.ts';

/** What the health answers say of the service. */
export interface HealthContext {
  readonly broker: Broker;
  readonly hub: Hub;
  readonly serviceName: string;
  readonly environment: string;
  readonly version: string;
  readonly developmentEndpoints: boolean;
}

/** Registers the three health endpoints. */
export function registerHealth(app: FastifyInstance, context: HealthContext): void {
  const { broker, hub } = context;

  app.get(
    endpoints.health,
    {
      schema: {
        tags: [tags.health.name],
        operationId: 'getHealth',
        summary: 'Tells whether the process is alive. Asks nothing of Redis.',
        response: { 200: jsonAnswer('The process is alive.', 'HealthResponse'), ...problemAnswers() },
      },
    },
    (): HealthResponse => ({
      service: context.serviceName,
      status: 'healthy',
      message: 'The service is running.',
      environment: context.environment,
      timestamp: new Date().toISOString(),
      uptime_seconds: Math.round(process.uptime() * 1000) / 1000,
      version: context.version,
      development_endpoints: context.developmentEndpoints,
    }),
  );

  app.get(
    endpoints.healthRedis,
    {
      schema: {
        tags: [tags.health.name],
        operationId: 'getBrokerHealth',
        summary: 'Tells whether the broker delivers.',
        response: {
          200: jsonAnswer('The broker delivers.', 'RedisHealthResponse'),
          ...problemAnswers(),
          503: jsonAnswer('The broker does not deliver.', 'RedisHealthResponse'),
        },
      },
    },
    async (_request, reply): Promise<RedisHealthResponse> => {
      const { healthy, message, address, channels } = await broker.health();
      reply.code(healthy ? 200 : 503);
      return {
        service: 'redis',
        status: healthy ? 'healthy' : 'unhealthy',
        message,
        broker: broker.kind,
        address,
        channels,
        timestamp: new Date().toISOString(),
      };
    },
  );

  app.get(
    endpoints.healthWebsocket,
    {
      schema: {
        tags: [tags.health.name],
        operationId: 'getConnectionCount',
        summary: 'Counts the open connections of this instance.',
        response: { 200: jsonAnswer('The count.', 'WebsocketHealthResponse'), ...problemAnswers() },
      },
    },
    (): WebsocketHealthResponse => ({
      service: 'websocket_manager',
      status: 'healthy',
      total_connections: hub.size,
      max_connections_per_user: hub.limits.maxPerUser,
    }),
  );
}
