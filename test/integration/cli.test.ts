import { Redis } from 'ioredis';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type TokenDefect, tokenDefects } from '../../service/contract/development.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import { connect, dial, type TestClient } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { run as runScript } from '../support/service-process.ts';

const secret = 'a secret of these tests alone, long enough';
const environment = { JWT_SECRET_KEY: secret };

/** One that runs on although it should have ended: not left behind, and a failure with no exit code. */
const longestRunMs = 15_000;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a shell would. */
async function run(
  args: readonly string[],
  more: Record<string, string> = {},
  input: string | Buffer = '',
): Promise<Outcome> {
  const program = runScript('service/cli.ts', args, { ...environment, ...more }, input);
  const deadline = setTimeout(() => program.child.kill('SIGKILL'), longestRunMs);
  const { code } = await program.exit;
  clearTimeout(deadline);
  const outcome = { code, stdout: program.stdout(), stderr: program.stderr() };
  expect(outcome.stdout + outcome.stderr).not.toContain(secret);
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
  return outcome;
}

let service: TestService;
beforeAll(async () => {
  service = await startService(environment);
});
afterAll(() => service.close());

const clients: TestClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

async function join(userId: string, to = service): Promise<TestClient> {
  const { token } = await to.mint({ user_id: userId });
  const client = await connect(`${to.wsUrl}?token=${token}`);
  clients.push(client);
  return client;
}

async function token(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(['token', '--user', 'teacher', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^\S+\n$/);
  return stdout.trim();
}

// Each is a process of its own: the cores are used.
describe.concurrent('token', () => {
  it('prints a token that the service accepts, and nothing else', async () => {
    await (await connect(`${service.wsUrl}?token=${await token()}`)).close();
  });

  it.each([
    ['90', 90],
    ['90s', 90],
    ['15m', 900],
    ['8h', 28_800],
    ['30d', 2_592_000],
  ])('lasts as long as it was asked to: %s', async (lifetime, seconds) => {
    const { iat, exp } = decodeJwt(await token('--lifetime', lifetime));
    expect(Number(exp) - Number(iat)).toBe(seconds);
  });

  it('holds the claims that were given, and lacks those that are null', async () => {
    const claims = decodeJwt(await token('--claim', 'role="admin"', '--claim', 'n={"a":"b=c"}', '--claim', 'iat=null'));
    expect(claims).toMatchObject({ sub: 'teacher', role: 'admin', n: { a: 'b=c' } });
    expect(claims).not.toHaveProperty('iat');
  });

  it.each(Object.keys(tokenDefects) as TokenDefect[])('is wrong in the way that was asked for: %s', async (defect) => {
    const wrong = await token('--defect', defect);
    const { reason } = await dial(`${service.wsUrl}?token=${wrong}`).closed;
    expect(reason?.error_code).toBe(tokenDefects[defect].error);
  });

  it('cannot be made where only a public key is known', async () => {
    const { code, stdout, stderr } = await run(['token', '--user', 'u'], {
      JWT_ALGORITHM: 'RS256',
      JWT_JWKS_URL: 'https://identity.example/keys',
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('HS256');
  });
});

describe('publish, through a running service', () => {
  const at = () => ['--url', service.url];

  it('sends the example of an event, made fresh', async () => {
    const client = await join('teacher');
    const { code, stdout } = await run(['publish', '--user', 'teacher', '--event', 'class_created', ...at()]);
    expect(code).toBe(0);
    const [message] = (await client.messages(1)).map(String);
    expect(stdout).toBe(
      `Published ${Buffer.byteLength(String(message))} bytes on ws:teacher; instances that listen: 1.\n`,
    );
    const { event, data } = JSON.parse(String(message));
    const { correlation_id, timestamp, ...fixed } = notificationExamples.class_created;
    expect(event).toBe('class_created');
    expect(data).toMatchObject(fixed);
    expect(data.correlation_id).not.toBe(correlation_id);
    expect(Math.abs(Date.parse(data.timestamp) - Date.now())).toBeLessThan(30_000);
    expect(timestamp).not.toBe(data.timestamp);
  });

  it('sends data of any kind, from an argument or the standard input', async () => {
    const client = await join('teacher');
    await run(['publish', '--user', 'teacher', '--event', 'new_one', '--data', '{"a":"Ö"}', ...at()]);
    await run(['publish', '--user', 'teacher', '--event', 'new_one', '--data', '-', ...at()], {}, '[1, 2]\n');
    expect((await client.messages(2)).map(String)).toEqual([
      '{"event":"new_one","data":{"a":"Ö"}}',
      '{"event":"new_one","data":[1,2]}',
    ]);
  });

  it('sends a payload as it stands, valid or not', async () => {
    const client = await join('teacher');
    await run(['publish', '--user', 'teacher', '--payload', 'not { JSON', ...at()]);
    await run(['publish', '--user', 'teacher', '--payload', '-', ...at()], {}, '\uFEFF two\nlines\n');
    expect((await client.messages(2)).map(String)).toEqual(['not { JSON', '\uFEFF two\nlines\n']);
  });

  it('does not pretend that JSON could carry bytes that are no text', async () => {
    const args = ['publish', '--user', 'u', '--payload', '-', ...at()];
    const { code, stderr } = await run(args, {}, Buffer.from([0xff]));
    expect(code).toBe(2);
    expect(stderr).toContain('REDIS_URL');
  });

  it('takes the port of the service from the environment', async () => {
    const { stdout } = await run(['publish', '--user', 'nobody', '--payload', ''], {
      WEBSOCKET_PORT: new URL(service.url).port,
    });
    expect(stdout).toBe('Published 0 bytes on ws:nobody; instances that listen: 0.\n');
  });

  it('says what to do where no service answers', async () => {
    const gone = await startService();
    await gone.close();
    const { code, stdout, stderr } = await run(['publish', '--user', 'u', '--payload', 'x', '--url', gone.url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/No service answers at .+npm start/);
  });

  it('says what to do where the service has no development endpoints', async () => {
    const closed = await startService({ ENABLE_DEV_ENDPOINTS: 'false' });
    const { code, stderr } = await run(['publish', '--user', 'u', '--payload', 'x', '--url', closed.url]);
    await closed.close();
    expect(code).toBe(1);
    expect(stderr).toContain('has no development endpoints');
  });

  it('does not show what stands before the @ of an address', async () => {
    const { code, stdout, stderr } = await run([
      'publish',
      '--user',
      'u',
      '--payload',
      'x',
      '--url',
      'http://u:hunter2@127.0.0.1',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--url');
    expect(stdout + stderr).not.toContain('hunter2');
  });
});

describe('publish, over Redis', () => {
  const password = 'hunter2/%';
  let redis: RedisServer;
  let onRedis: TestService;
  let settings: Record<string, string>;
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });
  beforeAll(async () => {
    redis = await startRedis({ password });
    settings = { REDIS_URL: redis.urlWith('default', password), REDIS_CHANNEL_PREFIX: 'live' };
    onRedis = await startService({ ...environment, ...settings });
    await eventually(async () => (await fetch(`${onRedis.url}/healthz/redis`)).ok, 'Redis is healthy');
  });
  afterAll(async () => {
    await onRedis.close();
    await redis.close();
  });

  it('is received by clients of the service', async () => {
    const client = await join('teacher', onRedis);
    const { code, stdout, stderr } = await run(
      ['publish', '--user', 'teacher', '--event', 'batch_results_ready'],
      settings,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Published \d+ bytes on live:teacher; instances that listen: 1\.\n$/);
    const [message] = await client.messages(1);
    expect(JSON.parse(String(message)).data.batch_id).toBe(notificationExamples.batch_results_ready.batch_id);
  });

  it('sends the bytes of the standard input', async () => {
    const subscriber = new Redis(redis.urlWith('default', password));
    closers.push(() => subscriber.disconnect());
    await subscriber.subscribe('live:raw');
    const received = new Promise<Buffer>((resolve) => subscriber.on('messageBuffer', (_, bytes) => resolve(bytes)));
    const { code } = await run(
      ['publish', '--user', 'raw', '--payload', '-'],
      settings,
      Buffer.from([0x7b, 0xff, 0x0a]),
    );
    expect(code).toBe(0);
    expect(await received).toEqual(Buffer.from([0x7b, 0xff, 0x0a]));
  });

  it('fails with where and why, and without the password, where Redis refuses or is away', async () => {
    for (const url of [
      redis.urlWith('default', `${password}wrong`),
      `redis://:${encodeURIComponent(password)}@127.0.0.1:1`,
    ]) {
      const { code, stdout, stderr } = await run(['publish', '--user', 'u', '--payload', 'x'], { REDIS_URL: url });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^Redis at 127\.0\.0\.1:\d+\/0 cannot be used: .+\.\n$/);
      expect(stderr).not.toContain('hunter2');
    }
  });
});

describe.concurrent('called wrongly', () => {
  it.each([
    ['an unknown command', ['fly'], 'fly'],
    ['a command of every object', ['constructor'], 'constructor'],
    ['no user', ['token'], '--user'],
    ['an empty user', ['publish', '--user', '', '--payload', 'x'], '--user'],
    ['an unknown option', ['token', '--user', 'u', '--colour', 'red'], '--colour'],
    ['an argument too many', ['token', '--user', 'u', 'v'], "'v'"],
    ['an argument that serving does not take', ['serve', '--port=80'], '--port'],
    ['an option without its value', ['token', '--user'], '--user'],
    ['no lifetime', ['token', '--user', 'u', '--lifetime', '0'], '--lifetime'],
    ['a lifetime over 30 days', ['token', '--user', 'u', '--lifetime', '31d'], '--lifetime'],
    ['a lifetime in words', ['token', '--user', 'u', '--lifetime', 'an hour'], 'an hour'],
    ['an unknown defect', ['token', '--user', 'u', '--defect', 'ugly'], 'wrong_signature'],
    ['a claim without a value', ['token', '--user', 'u', '--claim', 'role'], '--claim'],
    ['a claim that is no JSON', ['token', '--user', 'u', '--claim', 'role=admin'], 'role'],
    ['neither event nor payload', ['publish', '--user', 'u'], '--event'],
    ['an event without an example', ['publish', '--user', 'u', '--event', 'nope'], 'class_created'],
    ['data that is no JSON', ['publish', '--user', 'u', '--event', 'x', '--data', '{'], '--data'],
    ['an address that is none', ['publish', '--user', 'u', '--payload', 'x', '--url', 'localhost:8004'], '--url'],
  ])('exits with 2 and says what is wrong: %s', async (_what, args, named) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [sentence, hint] = stderr.split('\n');
    expect(sentence).toContain(named);
    expect(hint).toContain('--help');
  });

  it('exits with 1 and names every fault of the environment, without secrets', async () => {
    const wrong = { LOG_LEVEL: 'loud', REDIS_URL: 'redis//:hunter2@redis', WEBSOCKET_PORT: 'x' };
    for (const args of [['token', '--user', 'u'], ['publish', '--user', 'u', '--payload', 'x'], ['serve']]) {
      const { code, stdout, stderr } = await run(args, wrong);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      for (const name of Object.keys(wrong)) expect(stderr).toMatch(new RegExp(`^ *${name} holds .+\\.$`, 'm'));
      expect(stderr).not.toContain('hunter2');
    }
  });

  it.each([[], ['--help'], ['help'], ['token', '--help'], ['publish', '--help'], ['serve', '--help']])(
    'shows how to call it: %j %j',
    async (...args) => {
      const { code, stdout, stderr } = await run(args.filter((one) => one !== undefined));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const command of ['serve', 'token --user', 'publish --user']) expect(stdout).toContain(command);
    },
  );
});
