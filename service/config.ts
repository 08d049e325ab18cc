/**
 * The environment in, one frozen `Config` out, or every fault at once.
 *
 * @pageTitle Configuration
 * @packageDocumentation
 */

import type { VerifierSettings } from './auth/verify.ts';
import { developmentSecret, type Variable, type VariableName, variables } from './config-variables.ts';

export { variables } from './config-variables.ts';

/** What the service runs on. Times are in milliseconds. */
export interface Config {
  /** `ENVIRONMENT`: decides which defaults hold, and what the start refuses. */
  readonly environment: 'development' | 'testing' | 'staging' | 'production';
  /** What the service calls itself in its log and in `/healthz`. */
  readonly serviceName: string;
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 takes a free one. */
  readonly port: number;
  /** What is demanded of every connection. */
  readonly connections: {
    /** From one protocol ping to the next. */
    readonly pingIntervalMs: number;
    /** How long a peer may leave everything unanswered; always longer than the ping interval. */
    readonly idleTimeoutMs: number;
    /** How many connections one user may have on this instance; the next one gets 4000. */
    readonly maxPerUser: number;
    /** How many messages a client may send in a minute; with the next one it is closed with 1008. */
    readonly messagesPerMinute: number;
    /** How much may wait to be sent to one client, in bytes; beyond it the client is closed with 1013. */
    readonly sendBufferLimitBytes: number;
    /** How long a shutdown waits for clients to answer their close. */
    readonly shutdownTimeoutMs: number;
  };
  /** What comes before the colon and the user id in the name of a channel. */
  readonly channelPrefix: string;
  /** Where Redis is; `undefined` means the embedded broker. */
  readonly redis:
    | {
        /** `redis://` or `rediss://`, with the password in it: not for the log. */
        readonly url: string;
        /** How long connecting may take. */
        readonly connectTimeoutMs: number;
        /** How long a command may stay unanswered. */
        readonly socketTimeoutMs: number;
      }
    | undefined;
  /** How tokens are judged. */
  readonly jwt: VerifierSettings;
  /** The origins that pages may connect and call from, besides the service's own. */
  readonly corsOrigins: readonly string[];
  /** Whether `/metrics` is served. */
  readonly metrics: boolean;
  /** Whether tokens can be minted and notifications published over HTTP: in development alone. */
  readonly developmentEndpoints: boolean;
  /** How the service logs. */
  readonly log: {
    /** The least severe lines that are logged, as pino names levels. */
    readonly level: string;
    /** `json` is one object a line, `console` is for people. */
    readonly format: 'json' | 'console';
  };
}

/** The environment is wrong. The message has one line a fault. */
export class ConfigError extends Error {
  /** One sentence a fault: the variable, what it holds, what it may hold. */
  readonly faults: readonly string[];

  /**
   * Makes one error of all faults.
   *
   * @param faults - One sentence each; the message is all of them.
   */
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** What each variable's text became; `undefined` where it is unset and has no default, or is wrong. */
type Values = { readonly [N in VariableName]: ReturnType<(typeof variables)[N]['parse']> };

/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment.
 *
 * @param environment - Such as `process.env`. An empty value counts as unset.
 * @returns A frozen configuration.
 * @throws {@link ConfigError} with every fault at once.
 */
export function loadConfig(environment: Environment): Config {
  const { values, faults: wrongValues } = readValues(environment);
  const faults = [...wrongValues, ...contradictions(values, new Set(wrongValues.map(nameOf)))];
  if (faults.length > 0) throw new ConfigError(faults);
  return freeze(toConfig(values));
}

const nameOf = (fault: string): string => fault.slice(0, fault.indexOf(' '));

function readValues(environment: Environment): { values: Values; faults: string[] } {
  const faults: string[] = [];
  const read = (name: VariableName, inDevelopment: boolean): unknown => {
    const variable: Variable<unknown> = variables[name];
    const raw = environment[name] ?? '';
    // An empty value means unset: compose files pass `NAME=` for a variable that is not given. A secret is taken to the
    // letter: whoever signs with it does not strip it either.
    const given = raw.trim() === '' ? undefined : variable.secret ? raw : raw.trim();
    const text = given ?? (inDevelopment ? variable.developmentDefault : undefined) ?? variable.default;
    if (text === undefined) return undefined;
    const value = variable.parse(text);
    if (value === undefined) {
      const holds = variable.secret ? 'something else (not shown: it may hold a secret)' : JSON.stringify(text);
      faults.push(`${name} holds ${holds}; it may hold ${variable.allowed}.`);
    }
    return value;
  };
  const inDevelopment = read('ENVIRONMENT', false) === 'development';
  faults.length = 0;
  const names = Object.keys(variables) as VariableName[];
  const values = Object.fromEntries(names.map((name) => [name, read(name, inDevelopment)]));
  return { values: values as Values, faults };
}

/** What is wrong between variables, each of which is right by itself. */
function contradictions(values: Values, wrong: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const production = values.ENVIRONMENT === 'production';

  if (values.JWT_ALGORITHM === 'HS256') {
    if (values.JWT_SECRET_KEY === undefined && values.ENVIRONMENT !== undefined)
      faults.push('JWT_SECRET_KEY is not set; outside development it must hold the secret of the identity service.');
    if (production && values.JWT_SECRET_KEY?.trim() === developmentSecret)
      faults.push(
        'JWT_SECRET_KEY holds the development secret; in production it must hold the secret of the identity service.',
      );
  } else if (values.JWT_ALGORITHM !== undefined && !wrong.has('JWT_JWKS_URL')) {
    if (values.JWT_PUBLIC_KEY === undefined && values.JWT_JWKS_URL === undefined)
      faults.push(
        `JWT_PUBLIC_KEY is not set; with JWT_ALGORITHM=${values.JWT_ALGORITHM} it or JWT_JWKS_URL must hold a key.`,
      );
    if (values.JWT_PUBLIC_KEY !== undefined && values.JWT_JWKS_URL !== undefined)
      faults.push('JWT_PUBLIC_KEY and JWT_JWKS_URL are both set; only one may say where the keys are.');
  }
  if (production && values.REDIS_URL === undefined && !wrong.has('REDIS_URL'))
    faults.push('REDIS_URL is not set; in production it must hold the address of Redis.');
  if (values.ENABLE_DEV_ENDPOINTS && values.ENVIRONMENT !== undefined && values.ENVIRONMENT !== 'development')
    faults.push(`ENABLE_DEV_ENDPOINTS holds "true"; with ENVIRONMENT=${values.ENVIRONMENT} it may hold only false.`);
  const { WEBSOCKET_IDLE_TIMEOUT: idle, WEBSOCKET_PING_INTERVAL: ping } = values;
  if (idle !== undefined && ping !== undefined && idle <= ping)
    faults.push(
      `WEBSOCKET_IDLE_TIMEOUT holds "${idle}"; it may hold only more than WEBSOCKET_PING_INTERVAL (${ping}), or clients are dropped before they are asked.`,
    );
  return faults;
}

/** Every variable with a default holds a value once no fault was found. */
type Checked = { readonly [N in VariableName]: NonNullable<Values[N]> };

function toConfig(values: Values): Config {
  const checked = values as Checked;
  const ms = (seconds: number) => seconds * 1000;
  return {
    environment: checked.ENVIRONMENT,
    serviceName: checked.SERVICE_NAME,
    host: checked.WEBSOCKET_HOST,
    port: checked.WEBSOCKET_PORT,
    connections: {
      pingIntervalMs: ms(checked.WEBSOCKET_PING_INTERVAL),
      idleTimeoutMs: ms(checked.WEBSOCKET_IDLE_TIMEOUT),
      maxPerUser: checked.WEBSOCKET_MAX_CONNECTIONS_PER_USER,
      messagesPerMinute: checked.WEBSOCKET_MESSAGES_PER_MINUTE,
      sendBufferLimitBytes: checked.WEBSOCKET_SEND_BUFFER_LIMIT,
      shutdownTimeoutMs: ms(checked.WEBSOCKET_SHUTDOWN_TIMEOUT),
    },
    channelPrefix: checked.REDIS_CHANNEL_PREFIX,
    redis:
      values.REDIS_URL === undefined
        ? undefined
        : {
            url: values.REDIS_URL,
            connectTimeoutMs: ms(checked.REDIS_CONNECT_TIMEOUT),
            socketTimeoutMs: ms(checked.REDIS_SOCKET_TIMEOUT),
          },
    jwt: {
      algorithm: checked.JWT_ALGORITHM,
      issuer: checked.JWT_ISSUER,
      audience: checked.JWT_AUDIENCE,
      key: keySource(checked, values),
    },
    corsOrigins: checked.CORS_ORIGINS,
    metrics: checked.ENABLE_METRICS,
    developmentEndpoints: checked.ENABLE_DEV_ENDPOINTS,
    log: { level: checked.LOG_LEVEL, format: checked.LOG_FORMAT },
  };
}

function keySource(checked: Checked, values: Values): VerifierSettings['key'] {
  if (checked.JWT_ALGORITHM === 'HS256') return { kind: 'secret', secret: checked.JWT_SECRET_KEY };
  if (values.JWT_JWKS_URL !== undefined) return { kind: 'jwks', url: values.JWT_JWKS_URL };
  return { kind: 'public_key', pem: checked.JWT_PUBLIC_KEY.replaceAll('\\n', '\n') };
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner);
  return Object.freeze(value);
}
