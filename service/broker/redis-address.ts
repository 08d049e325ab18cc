import type { RedisOptions } from 'ioredis';

/** A `REDIS_URL`, taken apart. */
export interface RedisTarget {
  readonly connection: Pick<RedisOptions, 'host' | 'port' | 'username' | 'password' | 'db' | 'tls'>;
  /** `host:port/db`, without the user and the password: for logs and health. */
  readonly address: string;
  /** What must never be shown. */
  readonly secrets: readonly string[];
}

const defaultRedisPort = 6379;

/** A stray percent sign stands for itself: a password is not always encoded as it should be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Takes `redis[s]://[user][:password]@host[:port][/db]` apart.
 *
 * @remarks Not left to ioredis: it lets the query of the URL override the options that the broker relies on, and its
 * error for a malformed URL carries the whole of it, password and all.
 * @throws TypeError when it is no such URL; the message does not quote it.
 */
export function parseRedisUrl(text: string): RedisTarget {
  const url = URL.canParse(text) ? new URL(text) : null;
  const database = url === null ? null : /^\/?(\d*)$/.exec(url.pathname);
  if (url === null || database === null || url.hostname === '' || !/^rediss?:$/.test(url.protocol)) {
    throw new TypeError('not a Redis URL: expected redis://[user][:password]@host[:port][/db], or rediss:// for TLS');
  }
  const username = decoded(url.username);
  const password = decoded(url.password);
  const port = url.port === '' ? defaultRedisPort : Number(url.port);
  const db = Number(database[1]);
  return {
    connection: {
      // A URL writes an IPv6 address in brackets; a socket takes it without.
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      db,
      ...(username !== '' && { username }),
      ...(password !== '' && { password }),
      ...(url.protocol === 'rediss:' && { tls: {} }),
    },
    address: `${url.hostname}:${port}/${db}`,
    secrets: [username, password, url.username, url.password].filter((secret) => secret !== ''),
  };
}
