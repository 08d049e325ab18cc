import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthCase, authCases } from '../../playground/labs/auth-cases.ts';
import { tokenDefects } from '../../service/contract/development.ts';
import { connectionErrors } from '../../service/contract/error-codes.ts';
import { connect, dial } from '../support/client.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';

/** How a program makes the handshake of a case: the address and the headers. */
async function handshakeOf({ wish, carriage }: AuthCase, service: TestService, userId: string) {
  const now = Math.floor(Date.now() / 1000);
  const minted = await service.mint({ user_id: userId, ...wish(now) });
  const query = carriage.query(minted.token);
  const url = query === '' ? service.wsUrl : `${service.wsUrl}?${query}`;
  return { url, headers: { ...carriage.headers?.(minted.token) }, minted };
}

const groups = (isRight: boolean) =>
  authCases.filter(({ expected }) => (expected === undefined) === isRight).map((one) => [one.id, one] as const);

describe.each(['embedded', 'redis'] as const)('with the %s broker', (kind) => {
  let redis: RedisServer | undefined;
  let service: TestService;
  beforeAll(async () => {
    if (kind === 'redis') redis = await startRedis();
    service = await startService(redis ? { REDIS_URL: redis.url } : {});
  });
  afterAll(async () => {
    await service?.close();
    await redis?.close();
  });

  it.each(groups(true))('%s lets its user in, whom messages then reach', async (id, one) => {
    const { url, headers, minted } = await handshakeOf(one, service, id);
    expect(minted.expected_error).toBeNull();
    const client = await connect(url, { headers });
    await service.publish(id, 'hello');
    expect(String((await client.messages(1))[0])).toBe('hello');
    expect(await client.close()).toMatchObject({ code: 1000 });
  });

  it.each(groups(false))('%s is refused with its cause', async (id, one) => {
    const cause = one.expected as keyof typeof connectionErrors;
    const { url, headers, minted } = await handshakeOf(one, service, id);
    const asDefect = id in tokenDefects ? cause : null;
    expect(minted.expected_error).toBe(asDefect);
    const { code, reason } = await dial(url, { headers }).closed;
    expect(reason).toMatchObject({ error_code: cause, message: connectionErrors[cause].message });
    expect(code).toBe(connectionErrors[cause].closeCode);
  });
});

describe('the table', () => {
  it('names each case once, in a sentence', () => {
    expect(new Set(authCases.map(({ id }) => id)).size).toBe(authCases.length);
    expect(new Set(authCases.map(({ title }) => title)).size).toBe(authCases.length);
    for (const { what } of authCases) expect(what).toMatch(/^[A-Z].*\.$/);
  });

  it('has a case for each cause of a token that a service with a shared secret can give', () => {
    const given = new Set(authCases.map(({ expected }) => expected));
    const causes = Object.keys(connectionErrors).filter((cause) => cause.startsWith('TOKEN_'));
    // A key that is not known takes a service that verifies with public keys: auth-jwks.test.ts.
    expect(causes.filter((cause) => !given.has(cause as never))).toEqual(['TOKEN_KEY_UNKNOWN']);
  });
});
