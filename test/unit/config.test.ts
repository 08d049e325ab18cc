import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, variables } from '../../service/config.ts';
import { developmentSecret, type Variable, type VariableName } from '../../service/config-variables.ts';

const table = Object.entries(variables) as [VariableName, Variable<unknown>][];

/** The names that the platform's deployments set already. */
const keptNames = [
  'ENVIRONMENT',
  'SERVICE_NAME',
  'WEBSOCKET_PORT',
  'WEBSOCKET_PING_INTERVAL',
  'WEBSOCKET_MAX_CONNECTIONS_PER_USER',
  'WEBSOCKET_IDLE_TIMEOUT',
  'REDIS_URL',
  'REDIS_CHANNEL_PREFIX',
  'REDIS_CONNECT_TIMEOUT',
  'REDIS_SOCKET_TIMEOUT',
  'JWT_SECRET_KEY',
  'JWT_ALGORITHM',
  'JWT_AUDIENCE',
  'JWT_ISSUER',
  'CORS_ORIGINS',
  'ENABLE_METRICS',
  'LOG_LEVEL',
  'LOG_FORMAT',
];

/** Examples that tell what to put there rather than being a value. */
const notLiteral = new Set<VariableName>(['JWT_SECRET_KEY', 'JWT_PUBLIC_KEY']);

const secret = 'a secret of the tests alone, long enough';
const production = {
  ENVIRONMENT: 'production',
  JWT_SECRET_KEY: secret,
  REDIS_URL: 'redis://redis:6379',
};

/** The faults of an environment; none where it is right. */
function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).faults;
  }
}

describe('the table of variables', () => {
  it('keeps the names that deployments set', () => {
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(keptNames));
  });

  it.each(table)('is whole: %s', (_name, variable) => {
    expect(variable.meaning).toMatch(/^[A-Z`].*\.$/s);
    expect(variable.since).toMatch(/^\d+\.\d+\.\d+$/);
    expect(variable.allowed).toMatch(/^[a-zA-Z].*[^.]$/);
    expect(variable.example).not.toBe('');
    expect(variable.type).toBeTypeOf('string');
  });

  it.each(table)('has defaults and an example that are allowed: %s', (name, variable) => {
    for (const text of [variable.default, variable.developmentDefault])
      if (text !== undefined) expect(variable.parse(text)).toBeDefined();
    if (!notLiteral.has(name)) expect(variable.parse(variable.example)).toBeDefined();
  });

  it('has the defaults of the contract', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      port: 8004,
      connections: { pingIntervalMs: 30_000, idleTimeoutMs: 300_000, maxPerUser: 5, messagesPerMinute: 100 },
      channelPrefix: 'ws',
      redis: undefined,
      jwt: { algorithm: 'HS256', issuer: 'huleedu-identity-service', audience: 'huleedu-platform' },
      metrics: true,
    });
    expect(loadConfig(production)).toMatchObject({
      redis: { url: 'redis://redis:6379', connectTimeoutMs: 5000, socketTimeoutMs: 5000 },
      developmentEndpoints: false,
      corsOrigins: [],
      log: { level: 'info', format: 'json' },
      host: '0.0.0.0',
    });
  });
});

const wrong: [VariableName, string[]][] = [
  ['ENVIRONMENT', ['prod', 'development production']],
  ['WEBSOCKET_PORT', ['eight', '-1', '65536', '80.5', '0x50', '8e3', '8004 8005']],
  ['WEBSOCKET_PING_INTERVAL', ['0', '-30', '30s', 'NaN', 'Infinity', '1e3']],
  ['WEBSOCKET_IDLE_TIMEOUT', ['0', 'never', '100000']],
  ['WEBSOCKET_MAX_CONNECTIONS_PER_USER', ['0', '2.5', 'many']],
  ['WEBSOCKET_MESSAGES_PER_MINUTE', ['0', '-5']],
  ['WEBSOCKET_SEND_BUFFER_LIMIT', ['1', '1MB']],
  ['WEBSOCKET_SHUTDOWN_TIMEOUT', ['-1', '601']],
  ['REDIS_CONNECT_TIMEOUT', ['0', 'x']],
  ['REDIS_SOCKET_TIMEOUT', ['0', 'x']],
  ['JWT_ALGORITHM', ['none', 'HS512', 'RS256,HS256']],
  [
    'CORS_ORIGINS',
    [
      '*',
      'http://localhost:3000',
      '["*"]',
      '["http://a.example/"]',
      '["ftp://a.example"]',
      '[1]',
      '{}',
      '["a.example"]',
    ],
  ],
  ['ENABLE_METRICS', ['maybe', '2']],
  ['ENABLE_DEV_ENDPOINTS', ['enabled']],
  ['LOG_LEVEL', ['loud', 'info,debug']],
  ['LOG_FORMAT', ['xml']],
];

describe('a wrong value', () => {
  it.each(wrong.flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    'is named with what it holds and what it may hold, in one line: %s=%s',
    (name, value) => {
      const faults = faultsOf({ [name]: value });
      const [fault] = faults;
      expect(faults).toHaveLength(1);
      const { secret: isSecret, allowed }: Variable<unknown> = variables[name];
      const held = isSecret ? 'something else (not shown: it may hold a secret)' : JSON.stringify(value);
      expect(fault).toBe(`${name} holds ${held}; it may hold ${allowed}.`);
      expect(fault).not.toContain('\n');
    },
  );

  it('is told together with all others', () => {
    const environment = Object.fromEntries(wrong.map(([name, [value = '']]) => [name, value]));
    const faults = faultsOf(environment);
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual(wrong.map(([name]) => name).sort());
    expect(new ConfigError(faults).message.split('\n')).toHaveLength(wrong.length);
  });

  it.each<[VariableName, string]>([
    ['REDIS_URL', 'http://redis:6379'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'redis:6379'],
    ['REDIS_URL', 'redis://:hunter2@redis:6379/first'],
    ['REDIS_URL', 'redis://:hunter2@redis:port'],
    ['REDIS_URL', 'hunter2'],
    ['JWT_JWKS_URL', 'identity.example/keys'],
    ['JWT_JWKS_URL', 'file:///etc/hunter2'],
    ['JWT_JWKS_URL', 'https://'],
    ['JWT_JWKS_URL', 'ftp://reader:hunter2@identity.example/keys'],
  ])('is not shown where it may hold a secret: %s=%s', (name, value) => {
    const [fault, ...others] = faultsOf({ [name]: value });
    expect(others).toEqual([]);
    expect(fault).toMatch(new RegExp(`^${name} holds .*not shown.*; it may hold `));
    expect(fault).toContain(variables[name].allowed);
    expect(fault).not.toContain('hunter2');
  });
});

describe('an unset value', () => {
  it.each(['', ' ', '\n'])('is one that is empty, too: %j', (blank) => {
    const empty = Object.fromEntries(table.map(([name]) => [name, blank]));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  it('may be surrounded by space', () => {
    expect(loadConfig({ WEBSOCKET_PORT: ' 9000 ', LOG_LEVEL: 'DEBUG\n' })).toMatchObject({
      port: 9000,
      log: { level: 'debug' },
    });
  });
});

describe('values', () => {
  it.each(['true', '1', 'yes', 'on', 'TRUE'])('are true: %s', (text) => {
    expect(loadConfig({ ENABLE_METRICS: text }).metrics).toBe(true);
  });

  it.each(['false', '0', 'no', 'off', 'False'])('are false: %s', (text) => {
    expect(loadConfig({ ENABLE_METRICS: text }).metrics).toBe(false);
  });

  it.each([
    ['WARNING', 'warn'],
    ['CRITICAL', 'fatal'],
    ['Error', 'error'],
  ])('of LOG_LEVEL may be those of the platform: %s', (text, level) => {
    expect(loadConfig({ LOG_LEVEL: text }).log.level).toBe(level);
  });

  it.each([
    'redis://redis',
    'redis://:p%40ss@redis:6380/2',
    'rediss://user:pass@redis.example:6379/',
    'redis://[::1]:6379',
  ])('of REDIS_URL may be %s', (url) => expect(loadConfig({ REDIS_URL: url }).redis?.url).toBe(url));

  it('are lists of origins', () => {
    const origins = ['https://app.example', 'http://localhost:3000'];
    expect(loadConfig({ CORS_ORIGINS: JSON.stringify(origins) }).corsOrigins).toEqual(origins);
    expect(loadConfig({ CORS_ORIGINS: '[]' }).corsOrigins).toEqual([]);
  });

  it('of a secret are taken to the letter: another service signs with every byte of it', () => {
    const padded = ` ${secret}\n`;
    expect(loadConfig({ JWT_SECRET_KEY: padded }).jwt.key).toEqual({ kind: 'secret', secret: padded });
  });

  it('of a public key may stand in one line', () => {
    const { jwt } = loadConfig({ JWT_ALGORITHM: 'EdDSA', JWT_PUBLIC_KEY: 'BEGIN\\nmiddle\\nEND' });
    expect(jwt).toMatchObject({ algorithm: 'EdDSA', key: { kind: 'public_key', pem: 'BEGIN\nmiddle\nEND' } });
  });

  it('of a JWKS address become the key', () => {
    const { jwt } = loadConfig({ JWT_ALGORITHM: 'RS256', JWT_JWKS_URL: 'https://identity.example/keys' });
    expect(jwt.key).toEqual({ kind: 'jwks', url: 'https://identity.example/keys' });
  });

  it('are frozen, all the way down', () => {
    const config = loadConfig({ ...production, CORS_ORIGINS: '["https://a.example"]' });
    const thaw = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null
        ? [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(thaw)]
        : [];
    expect(thaw(config)).toEqual([]);
  });
});

describe('values that contradict each other', () => {
  const cases: [what: string, environment: Record<string, string>, names: string[]][] = [
    ['the development secret in production', { ...production, JWT_SECRET_KEY: developmentSecret }, ['JWT_SECRET_KEY']],
    [
      'the development secret in disguise',
      { ...production, JWT_SECRET_KEY: `${developmentSecret}\n` },
      ['JWT_SECRET_KEY'],
    ],
    ['no secret in production', { ...production, JWT_SECRET_KEY: '' }, ['JWT_SECRET_KEY']],
    ['no Redis in production', { ...production, REDIS_URL: '' }, ['REDIS_URL']],
    ['development endpoints in production', { ...production, ENABLE_DEV_ENDPOINTS: 'true' }, ['ENABLE_DEV_ENDPOINTS']],
    ['nothing but production', { ENVIRONMENT: 'production' }, ['JWT_SECRET_KEY', 'REDIS_URL']],
    [
      'development endpoints in staging',
      { ENVIRONMENT: 'staging', JWT_SECRET_KEY: secret, ENABLE_DEV_ENDPOINTS: '1' },
      ['ENABLE_DEV_ENDPOINTS'],
    ],
    ['no secret in testing', { ENVIRONMENT: 'testing' }, ['JWT_SECRET_KEY']],
    ['no key for an asymmetric algorithm', { JWT_ALGORITHM: 'RS256' }, ['JWT_PUBLIC_KEY']],
    [
      'two keys',
      { JWT_ALGORITHM: 'ES256', JWT_PUBLIC_KEY: 'pem', JWT_JWKS_URL: 'https://a.example' },
      ['JWT_PUBLIC_KEY'],
    ],
    [
      'less idle time than between two pings',
      { WEBSOCKET_PING_INTERVAL: '60', WEBSOCKET_IDLE_TIMEOUT: '60' },
      ['WEBSOCKET_IDLE_TIMEOUT'],
    ],
    [
      'everything at once, with a wrong value among it',
      {
        ENVIRONMENT: 'production',
        JWT_ALGORITHM: 'RS256',
        JWT_JWKS_URL: 'nowhere',
        ENABLE_DEV_ENDPOINTS: 'true',
        WEBSOCKET_PING_INTERVAL: '60',
        WEBSOCKET_IDLE_TIMEOUT: '30',
      },
      ['JWT_JWKS_URL', 'REDIS_URL', 'ENABLE_DEV_ENDPOINTS', 'WEBSOCKET_IDLE_TIMEOUT'],
    ],
    ['a wrong REDIS_URL in production, told once', { ...production, REDIS_URL: 'redis' }, ['REDIS_URL']],
  ];

  it.each(cases)('are named: %s', (_what, environment, names) => {
    const faults = faultsOf(environment);
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(names);
    for (const fault of faults) {
      expect(fault).toMatch(/^[^\n]+\.$/);
      expect(fault).not.toContain(secret);
      expect(fault).not.toContain(developmentSecret);
    }
  });

  it('are right where they are right', () => {
    expect(faultsOf(production)).toEqual([]);
    expect(faultsOf({ ...production, JWT_SECRET_KEY: '', JWT_ALGORITHM: 'RS256', JWT_PUBLIC_KEY: 'pem' })).toEqual([]);
    expect(faultsOf({ ENVIRONMENT: 'staging', JWT_SECRET_KEY: secret })).toEqual([]);
  });
});
