/**
 * The table of environment variables: what each may hold, what holds where it is unset, and how its text is read.
 *
 * The page [Configuration](/reference/configuration/) shows the table.
 *
 * @pageTitle Configuration variables
 * @packageDocumentation
 */

import { algorithms, defaultAudience, defaultIssuer } from './contract/claims.ts';
import {
  defaultMaxConnectionsPerUser,
  defaultMessagesPerMinute,
  defaultPingIntervalSeconds,
  defaultPort,
} from './contract/endpoints.ts';

/**
 * One environment variable of the service: a row of the configuration table.
 *
 * @typeParam T - What its text becomes.
 */
export interface Variable<T> {
  /** What it decides, in one or two sentences for the reference and `.env.example`. */
  readonly meaning: string;
  /** What kind of value its text stands for. */
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'URL' | 'JSON list';
  /** What a number counts. */
  readonly unit?: 'seconds' | 'bytes' | 'messages' | 'connections';
  /** The text that holds where the variable is unset or empty. Without one, it may stay unset. */
  readonly default?: string;
  /** Where `ENVIRONMENT` is `development`, the text that holds instead of `default`. */
  readonly developmentDefault?: string;
  /** What it may hold, for people. */
  readonly allowed: string;
  /** A text that it may hold, to copy. */
  readonly example: string;
  /** The version of the service that brought it. */
  readonly since: string;
  /** Its value is shown nowhere, not even when it is wrong. */
  readonly secret?: true;
  /**
   * Reads the text of the variable.
   *
   * @param text - Never empty: an empty variable counts as unset.
   * @returns What it means, or `undefined` where it is not allowed.
   */
  readonly parse: (text: string) => T | undefined;
}

type Description = Omit<Variable<unknown>, 'type' | 'allowed' | 'parse' | 'since'>;

const text = (row: Description & { allowed: string }): Variable<string> => ({
  since: '1.0.0',
  ...row,
  type: 'text',
  parse: (value) => value,
});

const choice = <const C extends string>(
  row: Description & { choices: readonly C[]; aliases?: Record<string, C> },
): Variable<C> => {
  const { choices, aliases = {}, ...rest } = row;
  return {
    since: '1.0.0',
    ...rest,
    type: 'choice',
    allowed: `one of ${choices.join(', ')}`,
    parse: (value) => choices.find((one) => one.toLowerCase() === value.toLowerCase()) ?? aliases[value.toLowerCase()],
  };
};

const boolean = (row: Description): Variable<boolean> => ({
  since: '1.0.0',
  ...row,
  type: 'boolean',
  allowed: 'true or false',
  parse: (value) => {
    if (/^(true|1|yes|on)$/i.test(value)) return true;
    return /^(false|0|no|off)$/i.test(value) ? false : undefined;
  },
});

const numeric =
  (type: 'integer' | 'number') =>
  (row: Description & { min: number; max: number }): Variable<number> => {
    const { min, max, ...rest } = row;
    const pattern = type === 'integer' ? /^\d+$/ : /^\d+(\.\d+)?$/;
    return {
      since: '1.0.0',
      ...rest,
      type,
      allowed: `${type === 'integer' ? 'a whole number' : 'a number'} from ${min} to ${max}`,
      parse: (value) => {
        const number = Number(value);
        return pattern.test(value) && number >= min && number <= max ? number : undefined;
      },
    };
  };
const integer = numeric('integer');
const number = numeric('number');

const url = (row: Description & { protocols: readonly string[]; form?: string; path?: RegExp }): Variable<string> => {
  const { protocols, form, path = /^/, ...rest } = row;
  return {
    since: '1.0.0',
    ...rest,
    type: 'URL',
    allowed: form ?? `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    parse: (value) => {
      if (!URL.canParse(value)) return undefined;
      const { protocol, host, pathname } = new URL(value);
      return protocols.includes(protocol) && host !== '' && path.test(pathname) ? value : undefined;
    },
  };
};

function parseOrigins(value: string): readonly string[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(value);
  } catch {
    return undefined;
  }
  const isOrigin = (one: unknown): one is string =>
    typeof one === 'string' && /^https?:/.test(one) && URL.canParse(one) && new URL(one).origin === one;
  return Array.isArray(list) && list.every(isOrigin) ? list : undefined;
}

/** The secret that `ENVIRONMENT=development` signs with. Known to everyone, so production refuses it. */
export const developmentSecret = 'huleedu-development-secret-known-to-everyone';

const minute = 60;
const day = 86_400;

/** Every environment variable that the service reads. */
export const variables = {
  ENVIRONMENT: choice({
    meaning:
      'Where the service runs. `development` brings defaults that need nothing else, and the development endpoints; `production` refuses to start on them.',
    choices: ['development', 'testing', 'staging', 'production'],
    default: 'development',
    example: 'production',
  }),
  SERVICE_NAME: text({
    meaning: 'The name that the service gives itself in its health answer and its log.',
    allowed: 'any text',
    default: 'websocket-service',
    example: 'websocket-service-eu',
  }),
  WEBSOCKET_HOST: text({
    meaning: 'The address to listen on.',
    allowed: 'an IP address or a host name of this machine',
    default: '0.0.0.0',
    developmentDefault: '127.0.0.1',
    example: '127.0.0.1',
  }),
  WEBSOCKET_PORT: integer({
    meaning: 'The port of the WebSocket, the HTTP endpoints and the site. 0 takes a free one.',
    min: 0,
    max: 65_535,
    default: String(defaultPort),
    example: String(defaultPort),
  }),
  WEBSOCKET_PING_INTERVAL: number({
    meaning: 'How often each client is sent a protocol ping.',
    unit: 'seconds',
    min: 0.05,
    max: day,
    default: String(defaultPingIntervalSeconds),
    example: '20',
  }),
  WEBSOCKET_IDLE_TIMEOUT: number({
    meaning: 'How long a client may leave everything unanswered before it is dropped. Longer than the ping interval.',
    unit: 'seconds',
    min: 0.1,
    max: day,
    default: '300',
    example: '120',
  }),
  WEBSOCKET_MAX_CONNECTIONS_PER_USER: integer({
    meaning: 'How many connections one user may have on one instance. The next one is refused with 4000.',
    unit: 'connections',
    min: 1,
    max: 10_000,
    default: String(defaultMaxConnectionsPerUser),
    example: '10',
  }),
  WEBSOCKET_MESSAGES_PER_MINUTE: integer({
    meaning: 'How many messages a client may send in a minute before it is closed with 1008.',
    unit: 'messages',
    min: 1,
    max: 1_000_000,
    default: String(defaultMessagesPerMinute),
    example: '60',
  }),
  WEBSOCKET_SEND_BUFFER_LIMIT: integer({
    meaning: 'How much may wait to be sent to one client before it is closed with 1013 as too slow.',
    unit: 'bytes',
    min: 1024,
    max: 1024 ** 3,
    default: String(1024 ** 2),
    example: '4194304',
  }),
  WEBSOCKET_SHUTDOWN_TIMEOUT: number({
    meaning: 'How long a shutdown waits for clients to answer their close before it cuts them off.',
    unit: 'seconds',
    min: 0,
    max: 10 * minute,
    default: '5',
    example: '10',
  }),
  REDIS_URL: url({
    meaning:
      'The Redis that the platform publishes on. Unset, the broker is embedded: in memory, for this process alone.',
    protocols: ['redis:', 'rediss:'],
    form: 'redis://[user][:password]@host[:port][/database number], or rediss:// for TLS',
    path: /^\/?\d*$/,
    example: 'redis://redis:6379',
    secret: true,
  }),
  REDIS_CHANNEL_PREFIX: text({
    meaning: 'What comes before the colon and the user id in the name of a channel.',
    allowed: 'any text',
    default: 'ws',
    example: 'staging-ws',
  }),
  REDIS_CONNECT_TIMEOUT: number({
    meaning: 'How long connecting to Redis may take.',
    unit: 'seconds',
    min: 0.05,
    max: 5 * minute,
    default: '5',
    example: '2',
  }),
  REDIS_SOCKET_TIMEOUT: number({
    meaning: 'How long Redis may leave a command unanswered.',
    unit: 'seconds',
    min: 0.05,
    max: 5 * minute,
    default: '5',
    example: '2',
  }),
  JWT_ALGORITHM: choice({
    meaning: 'How tokens are signed. It is taken from here alone, never from the token.',
    choices: algorithms,
    default: 'HS256',
    example: 'RS256',
  }),
  JWT_SECRET_KEY: text({
    meaning:
      'The secret shared with the identity service, for HS256. It should have 32 bytes or more; a shorter one is warned of at the start.',
    allowed: 'any text',
    developmentDefault: developmentSecret,
    example: 'the output of `openssl rand -base64 48`',
    secret: true,
  }),
  JWT_PUBLIC_KEY: text({
    meaning: "The identity service's public key, for RS256, ES256 and EdDSA. `\\n` may stand for a line break.",
    allowed: 'a PEM block, BEGIN PUBLIC KEY',
    example: '-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2Vw…\\n-----END PUBLIC KEY-----',
  }),
  JWT_JWKS_URL: url({
    meaning: "Where the identity service's public keys are fetched, instead of `JWT_PUBLIC_KEY`.",
    protocols: ['https:', 'http:'],
    example: 'https://identity.example/.well-known/jwks.json',
    secret: true,
  }),
  JWT_ISSUER: text({
    meaning: 'What the `iss` claim of every token must be.',
    allowed: 'any text',
    default: defaultIssuer,
    example: defaultIssuer,
  }),
  JWT_AUDIENCE: text({
    meaning: 'What the `aud` claim of every token must contain.',
    allowed: 'any text',
    default: defaultAudience,
    example: defaultAudience,
  }),
  CORS_ORIGINS: {
    meaning:
      "The origins of pages, besides the service's own, that may connect and call. A client that sends no `Origin` is no browser and is let through.",
    type: 'JSON list',
    allowed: 'a JSON list of origins, each a scheme, a host and perhaps a port, without a slash at the end',
    default: '[]',
    developmentDefault: '["http://localhost:3000","http://localhost:4321","http://localhost:5173"]',
    example: '["https://app.huleedu.example"]',
    since: '1.0.0',
    parse: parseOrigins,
  } satisfies Variable<readonly string[]> as Variable<readonly string[]>,
  ENABLE_METRICS: boolean({
    meaning: 'Whether `/metrics` is served.',
    default: 'true',
    example: 'false',
  }),
  ENABLE_DEV_ENDPOINTS: boolean({
    meaning: 'Whether tokens can be minted and notifications published over HTTP. Possible in development alone.',
    default: 'false',
    developmentDefault: 'true',
    example: 'false',
  }),
  LOG_LEVEL: choice({
    meaning: 'The least severe lines that are logged.',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    aliases: { warning: 'warn', critical: 'fatal' },
    default: 'info',
    example: 'debug',
  }),
  LOG_FORMAT: choice({
    meaning: '`json` for machines, one object a line; `console` for people.',
    choices: ['json', 'console'],
    default: 'json',
    developmentDefault: 'console',
    example: 'json',
  }),
} as const satisfies Readonly<Record<string, Variable<unknown>>>;

/** The name of an environment variable that the service reads. */
export type VariableName = keyof typeof variables;
