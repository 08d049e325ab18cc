/**
 * How the service is put together from a `Config`: the one place that knows all its parts, and that picks a
 * broker.
 *
 * @pageTitle Building the app
 * @packageDocumentation
 */

import { join } from 'node:path';
import cors from '@fastify/cors';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import packageJson from '../package.json' with { type: 'json' };
import { mintSettings } from './auth/mint.ts';
import { createVerifier, type VerifyToken } from './auth/verify.ts';
import type { Broker } from './broker/broker.ts';
import { createMemoryBroker } from './broker/memory.ts';
import { type Config, ConfigError } from './config.ts';
import { Hub } from './connections/hub.ts';
import { endpoints } from './contract/endpoints.ts';
import { newCorrelationId } from './http/correlation.ts';
import { registerDevelopment } from './http/development.ts';
import { collectRoutes, registerDocuments } from './http/documents.ts';
import { HandshakeMemory } from './http/handshake-memory.ts';
import { registerHealth } from './http/health.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { countTokens, createObserver } from './http/observe.ts';
import { rememberOtherAnswers } from './http/other-answers.ts';
import { registerProblems } from './http/problems.ts';
import { writeProblem } from './http/raw-problem.ts';
import { addContractSchemas, documentAnswer, problemAnswers, tags } from './http/route-schemas.ts';
import { requestSerializer, serverOptions } from './http/server-options.ts';
import { registerSite } from './http/site.ts';
import { dropUnusedConnections } from './http/unused-connections.ts';
import { createUpgradeHandler, isHandshake } from './http/upgrade.ts';
import { registerWebsocketRoutes } from './http/websocket-routes.ts';
import { type LogStream, loggerOptions } from './log.ts';

/** What may be given in place of the usual, for tests. */
export interface AppOptions {
  /** Where log lines go; the standard output unless given. */
  readonly logStream?: LogStream;
  /** Where the built site lies; `dist/` unless given. */
  readonly siteDirectory?: string;
}

/**
 * Builds the service. It does not listen yet: `listen` makes it, `close` ends every connection with 1001 and lets go of the broker.
 *
 * @param config - What `loadConfig` made of the environment.
 * @param options - Left out but in tests.
 * @returns A Fastify instance with every route, ready to listen.
 * @throws ConfigError when the public key cannot be read.
 */
export async function buildApp(config: Config, options: AppOptions = {}): Promise<FastifyInstance> {
  const verifyToken = await prepareVerifier(config);
  const app = Fastify({
    ...serverOptions,
    logger: { ...(await loggerOptions(config, options.logStream)), serializers: { req: requestSerializer } },
  }) as unknown as FastifyInstance;

  const broker = await createBroker(config, app.log);
  const metrics = createMetrics(() => hub.size);
  const observer = createObserver(metrics, app.log);
  const hub = new Hub(broker, config.connections, config.channelPrefix, observer);
  const { corsOrigins, developmentEndpoints } = config;
  const memory = developmentEndpoints ? new HandshakeMemory() : undefined;

  countRequests(app, metrics);
  registerProblems(app);
  addContractSchemas(app);
  await collectRoutes(app, packageJson.version);
  await app.register(cors, { origin: [...corsOrigins], methods: ['GET', 'POST'], strictPreflight: false });
  registerHealth(app, {
    broker,
    hub,
    serviceName: config.serviceName,
    environment: config.environment,
    version: packageJson.version,
    developmentEndpoints,
  });
  if (config.metrics) registerMetrics(app, metrics);
  if (memory) {
    registerDevelopment(app, { broker, hub, corsOrigins, mint: mintSettings(config.jwt), memory });
    rememberOtherAnswers(app.server, memory);
  }
  registerWebsocketRoutes(app);
  registerDocuments(app);
  await registerSite(app, options.siteDirectory ?? join(import.meta.dirname, '..', 'dist'));

  const upgrade = createUpgradeHandler({
    verifyToken: countTokens(verifyToken, metrics),
    hub,
    observer,
    corsOrigins,
    memory,
  });
  app.server.on('upgrade', (request, socket, head) => {
    // A Node before 24.9 brings every upgrade here, whatever its path.
    if (!isHandshake(request)) {
      writeProblem(socket, 'REQUEST_INVALID', 'There is nothing to upgrade to at this address.', newCorrelationId());
      return;
    }
    upgrade(request, socket, head).catch((error: Error) => {
      app.log.error({ stack: error.stack }, 'handshake failed');
      socket.destroy();
    });
  });
  app.addHook('onReady', async () => hub.start());
  app.addHook('preClose', () => hub.drain(config.connections.shutdownTimeoutMs));
  // After the hub: while it waits for clients, a handshake is answered with 1001.
  dropUnusedConnections(app);
  app.addHook('onClose', () => broker.close());
  return app;
}

async function prepareVerifier(config: Config): Promise<VerifyToken> {
  try {
    return await createVerifier(config.jwt);
  } catch (error) {
    if (config.jwt.key.kind !== 'public_key') throw error;
    const size = config.jwt.algorithm === 'RS256' ? ' of 2048 bits or more' : '';
    const expected = `a PEM block, BEGIN PUBLIC KEY, of a key for ${config.jwt.algorithm}${size}`;
    throw new ConfigError([`JWT_PUBLIC_KEY holds something that cannot be used; it may hold ${expected}.`]);
  }
}

/** Picks the broker: this module alone does. */
async function createBroker({ redis, channelPrefix }: Config, log: FastifyBaseLogger): Promise<Broker> {
  if (redis === undefined) return createMemoryBroker(log);
  // Imported only where it is used: without Redis the service starts sooner.
  const { createRedisBroker } = await import('./broker/redis.ts');
  return createRedisBroker({ ...redis, channelPrefix }, log);
}

function countRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the path: paths would be as many time series as callers can think of.
    const endpoint = request.routeOptions.url ?? 'none';
    metrics.httpRequests.inc({ method: request.method, endpoint, http_status: reply.statusCode });
    metrics.httpDuration.observe({ method: request.method, endpoint }, reply.elapsedTime / 1000);
    request.log.debug({ method: request.method, endpoint, http_status: reply.statusCode }, 'request answered');
  });
}

function registerMetrics(app: FastifyInstance, { registry }: Metrics): void {
  const schema = {
    tags: [tags.metrics.name],
    operationId: 'getMetrics',
    summary: 'The metrics of this instance, for Prometheus. Absent with `ENABLE_METRICS=false`.',
    response: { 200: documentAnswer('The text format of Prometheus.', 'text/plain'), ...problemAnswers() },
  };
  app.get(endpoints.metrics, { schema }, (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
}
