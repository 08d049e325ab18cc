import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import packageJson from '../package.json' with { type: 'json' };
import { buildApp } from './app.ts';
import { type Config, ConfigError, type Environment, loadConfig } from './config.ts';

/** What closing may take beyond the time that clients are given, in milliseconds, before the process ends anyway. */
const closingGraceMs = 3000;

/** Within how many milliseconds a signal that comes twice is the same one. */
const sameSignalMs = 500;

/** RFC 7518, 3.2: an HMAC key is at least as long as the hash. */
const minSecretBytes = 32;

/** Runs the service until it is told to stop. Sets the exit code: 0 after a shutdown, 1 where it could not start. */
export async function serve(environment: Environment): Promise<void> {
  let config: Config;
  let app: FastifyInstance;
  try {
    config = loadConfig(environment);
    app = await buildApp(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    fail(
      `The service cannot start: the environment is wrong.\n${error.faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    return;
  }
  warnOfWeakness(config, app);
  try {
    // Fastify says that it listens, as a text; `announce` says it with what matters.
    app.log.level = 'warn';
    await app.listen({ port: config.port, host: config.host });
    app.log.level = config.log.level;
  } catch (error) {
    await app.close();
    fail(explainListenError(error, config));
    return;
  }
  // First, because whoever reads that it listens may send a signal at once.
  stopOnSignal(config, app);
  announce(config, app);
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

function explainListenError(error: unknown, { host, port }: Config): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return `The service cannot start: port ${port} is taken. Stop what listens there, or choose another: WEBSOCKET_PORT=${port + 1} npm start`;
    case 'EACCES':
      return `The service cannot start: port ${port} may not be used by this user. Choose one above 1023 with WEBSOCKET_PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `The service cannot start: ${host} is no address of this machine. Change WEBSOCKET_HOST.`;
    default:
      return `The service cannot start: ${message}`;
  }
}

function warnOfWeakness({ jwt, developmentEndpoints, host }: Config, app: FastifyInstance): void {
  if (jwt.key.kind === 'secret' && Buffer.byteLength(jwt.key.secret) < minSecretBytes)
    app.log.warn(`JWT_SECRET_KEY is shorter than ${minSecretBytes} bytes: tokens can be forged by guessing it`);
  if (developmentEndpoints && !/^(localhost|127\.|::1$)/.test(host))
    app.log.warn(`The development endpoints can be reached from other machines: WEBSOCKET_HOST is ${host}`);
}

/** Says where to look: as a line of the log, and for people as addresses to click. */
function announce(config: Config, app: FastifyInstance): void {
  const { port } = app.server.address() as AddressInfo;
  const host = ['0.0.0.0', '127.0.0.1', '::', '::1'].includes(config.host) ? 'localhost' : config.host;
  const broker = config.redis === undefined ? 'embedded' : 'redis';
  app.log.info({ port, environment: config.environment, broker, version: packageJson.version }, 'listening');
  if (config.log.format !== 'console') return;
  process.stdout.write(
    [
      '',
      `  HuleEdu Realtime ${packageJson.version}, ${config.environment}, ${broker} broker`,
      '',
      `  Site        http://${host}:${port}/`,
      `  Playground  http://${host}:${port}/playground/`,
      `  WebSocket   ws://${host}:${port}/ws?token=<jwt>`,
      '',
      '  Press Ctrl+C to stop.',
      '',
      '',
    ].join('\n'),
  );
}

function stopOnSignal(config: Config, app: FastifyInstance): void {
  let stoppingSince: number | undefined;
  const stop = async (signal: NodeJS.Signals) => {
    if (stoppingSince !== undefined) {
      // A second signal is from someone who does not want to wait; at once, it is the same Ctrl+C, passed on by npm as well.
      if (performance.now() - stoppingSince > sameSignalMs) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    app.log.info({ signal }, 'shutting down');
    const deadline = setTimeout(() => {
      app.log.warn('not everything closed in time');
      process.exit(0);
    }, config.connections.shutdownTimeoutMs + closingGraceMs);
    await app.close();
    clearTimeout(deadline);
    app.log.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
