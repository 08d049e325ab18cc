import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../service/app.ts';
import { type Environment, loadConfig } from '../../service/config.ts';
import type { NotificationResponse, TokenRequest, TokenResponse } from '../../service/contract/development.ts';
import { endpoints } from '../../service/contract/endpoints.ts';

/** One line of the service's log. */
export type LogLine = Record<string, unknown> & { readonly msg: string };

/** A real service on a free port of this machine. */
export interface TestService {
  readonly app: FastifyInstance;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>/ws` */
  readonly wsUrl: string;
  /** What it has logged, in order. */
  readonly log: readonly LogLine[];
  mint(request: TokenRequest): Promise<TokenResponse>;
  publish(userId: string, payload: string): Promise<NotificationResponse>;
  close(): Promise<void>;
}

/** What may be given beside the environment. */
export interface ServiceOptions {
  /** Serve this directory as the site; an empty one unless given. */
  readonly siteDirectory?: string;
  /** Changes the app before it listens: to make it fail in a way that nothing from outside can bring about. */
  readonly beforeListening?: (app: FastifyInstance) => unknown;
}

/** Starts a service. The environment is the one given alone, with a free port and a log that can be read. */
export async function startService(environment: Environment = {}, options: ServiceOptions = {}): Promise<TestService> {
  const log: LogLine[] = [];
  const emptySite = await mkdtemp(join(tmpdir(), 'site-'));
  const config = loadConfig({ WEBSOCKET_PORT: '0', LOG_LEVEL: 'debug', ...environment });
  const app = await buildApp(config, {
    logStream: { write: (line) => log.push(JSON.parse(line)) },
    siteDirectory: options.siteDirectory ?? emptySite,
  });
  await options.beforeListening?.(app);
  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  async function post<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    app,
    url,
    wsUrl: `ws://127.0.0.1:${port}${endpoints.websocket}`,
    log,
    mint: (request) => post(endpoints.devTokens, request),
    publish: (user_id, payload) => post(endpoints.devNotifications, { user_id, payload }),
    async close() {
      await app.close();
      await rm(emptySite, { recursive: true });
    },
  };
}
