import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { expectationOf, scenarioNames, scenarios } from '../../playground/scenarios.ts';
import { redisServer, requireProgram } from '../../scripts/programs.ts';
import { siteProducts } from '../../scripts/site-inputs.ts';
import { parseCloseReason } from '../../service/contract/error-codes.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import { connect } from '../support/client.ts';
import { closedPort } from '../support/closed-port.ts';
import { startRedis } from '../support/redis-server.ts';
import { runSample, sampleFiles, typeFaults } from '../support/samples.ts';
import { startService, type TestService } from '../support/service.ts';
import { runCommand } from '../support/service-process.ts';

const user = 'teacher-1';
const root = fileURLToPath(new URL('../..', import.meta.url));

let service: TestService;
let address: string;
beforeAll(async () => {
  service = await startService();
  address = service.url.replace('http', 'ws');
});
afterAll(() => service?.close());

const sockets: WebSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** Runs a sample that opens a WebSocket. */
async function open(file: string, freeNames: Record<string, unknown>): Promise<WebSocket> {
  const socket = await runSample(file, address, freeNames);
  if (socket === undefined) throw new Error(`${file} opened no WebSocket`);
  sockets.push(socket);
  return socket;
}

const mint = async () => (await service.mint({ user_id: user })).token;
const event = (name: keyof typeof notificationExamples) =>
  service.publish(user, JSON.stringify({ event: name, data: notificationExamples[name] }));
const batch = notificationExamples.batch_results_ready.batch_id;

/** Publishes what no sample knows before what it acts on: messages arrive in order, so the first has been seen by then. */
async function publishResults(): Promise<void> {
  await event('class_created');
  await service.publish(user, '{"event":"announced_in_the_future","data":{}}');
  await event('batch_results_ready');
}

const tried = new Set<string>(['reconnect.js']); // by test/docs/reconnect.test.ts
function trial(file: string, outcome: string, run: () => Promise<void>): void {
  tried.add(file);
  it(`${file} ${outcome}`, run);
}

describe('a sample does what its page says:', () => {
  trial('the-wire.js', 'shows the results of a batch, and nothing else', async () => {
    const showResults = vi.fn();
    const explain = vi.fn();
    const socket = await open('the-wire.js', { token: await mint(), showResults, explain });
    await once(socket, 'open');
    await publishResults();
    await expect.poll(() => showResults.mock.calls).toEqual([[batch]]);
    socket.close();
    await once(socket, 'close');
    expect(explain).not.toHaveBeenCalled();
  });

  trial('the-wire.js', 'explains the cause of a refusal', async () => {
    const { token } = await service.mint({ user_id: user, defect: 'expired' });
    const explain = vi.fn();
    const socket = await open('the-wire.js', { token, showResults: vi.fn(), explain });
    await once(socket, 'close');
    expect(explain.mock.calls).toEqual([['TOKEN_EXPIRED']]);
  });

  trial('connect.js', 'opens a connection of the user that the token names', async () => {
    const socket = await open('connect.js', { getAccessToken: mint, realtimeUrl: address });
    await once(socket, 'open');
    const arrived = once(socket, 'message');
    await event('batch_results_ready');
    const [{ data }] = await arrived;
    expect(JSON.parse(data).event).toBe('batch_results_ready');
  });

  trial('migrate/connect-before.js', 'gets no connection and learns no cause', async () => {
    const socket = await open('migrate/connect-before.js', { gatewayUrl: address, userId: user, token: await mint() });
    const opened = vi.fn(() => socket.close());
    socket.addEventListener('open', opened);
    const [{ code, reason }] = await once(socket, 'close');
    expect({ code, reason }).toEqual({ code: 1006, reason: '' });
    expect(opened).not.toHaveBeenCalled();
  });

  trial(
    'migrate/dispatch.js',
    'shows the results of a batch, and passes over types that it does not know',
    async () => {
      const socket = new WebSocket(`${service.wsUrl}?token=${await mint()}`);
      sockets.push(socket);
      const showResults = vi.fn();
      await runSample('migrate/dispatch.js', address, { socket, showResults });
      await once(socket, 'open');
      await publishResults();
      await expect.poll(() => showResults.mock.calls).toEqual([[batch]]);
    },
  );

  // What stands in a `.env` of the clone is not to change them.
  const unset = { ENVIRONMENT: '', REDIS_URL: '', JWT_SECRET_KEY: '', REDIS_CHANNEL_PREFIX: '' };

  trial('from-the-shell.sh', 'prints a token, and publishes to the user', async () => {
    const client = await connect(`${service.wsUrl}?token=${await mint()}`);
    const { port } = new URL(service.url);
    const shell = runCommand('sh', ['docs/samples/from-the-shell.sh'], { ...unset, WEBSOCKET_PORT: port });
    expect((await shell.exit).code, shell.stderr()).toBe(0);
    const [token = '', published] = shell.stdout().split('\n');
    expect(decodeJwt(token).sub).toBe(user);
    expect(published).toMatch(/^Published \d+ bytes on ws:teacher-1; instances that listen: 1\.$/);
    const [message] = await client.messages(1);
    expect(JSON.parse(String(message)).event).toBe('batch_results_ready');
    await client.close();
    await (await connect(`${service.wsUrl}?token=${token}`)).close();
  });

  trial('http.sh', 'tells of the service, mints a token and publishes', async () => {
    const client = await connect(`${service.wsUrl}?token=${await mint()}`);
    const script = readFileSync(`${root}docs/samples/http.sh`, 'utf8').replaceAll(
      'localhost:8004',
      new URL(address).host,
    );
    // curl ends no line, so that two answers would stand in one.
    const shell = runCommand('sh', ['-c', `curl() { command curl --fail -w '\\n' "$@"; }\n${script}`]);
    expect((await shell.exit).code, shell.stderr()).toBe(0);
    const [health, minted, published] = shell
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(health).toMatchObject({ status: 'healthy', development_endpoints: true });
    expect(decodeJwt(minted.token).sub).toBe(user);
    expect(published).toMatchObject({ channel: `ws:${user}`, receivers: 1 });
    expect(String((await client.messages(1))[0])).toBe('{"event":"class_created","data":{}}');
    await client.close();
  });

  // Pings come soon, so that leaving them unanswered takes no minutes.
  const impatient = scenarios.PEER_UNRESPONSIVE.outside?.environment;

  for (const name of scenarioNames.filter((one) => scenarios[one].outside?.byProgram)) {
    trial('provoke.js', `provokes ${name}`, async () => {
      const provoked = await startService(name === 'PEER_UNRESPONSIVE' ? impatient : {});
      try {
        const program = runCommand(process.execPath, ['docs/samples/provoke.js', String(name), provoked.url]);
        expect((await program.exit).code, program.stderr()).toBe(0);
        const [, code, reason = ''] = program.stdout().match(/^(\d+) (.*)\n$/) ?? [];
        const expected = expectationOf(name);
        expect({ code: Number(code), cause: parseCloseReason(reason)?.error_code }).toEqual({
          code: expected.code,
          cause: expected.cause,
        });
      } finally {
        await provoked.close();
      }
    });
  }

  it('provoke.js names what it can provoke when it is asked for something else', async () => {
    const program = runCommand(process.execPath, ['docs/samples/provoke.js', 'NONSENSE', service.url]);
    expect((await program.exit).code).toBe(1);
    const names = scenarioNames.filter((one) => scenarios[one].outside?.byProgram);
    for (const name of names) expect(program.stderr()).toContain(name);
    expect(program.stderr().trim().split('\n')).toHaveLength(1);
  });

  it('provoke.js says in a line that no service answers where WEBSOCKET_PORT says', async () => {
    const port = String(await closedPort());
    const program = runCommand(process.execPath, ['docs/samples/provoke.js', 'FRAME_INVALID'], {
      WEBSOCKET_PORT: port,
    });
    expect((await program.exit).code).toBe(1);
    expect(program.stderr().trim()).toBe(`No service answers at http://localhost:${port}.`);
  });

  trial('publish-over-redis.sh', 'arrives as it was published', async () => {
    const redis = await startRedis();
    const withRedis = await startService({ REDIS_URL: redis.url });
    try {
      const { token } = await withRedis.mint({ user_id: user });
      const client = await connect(`${withRedis.wsUrl}?token=${token}`);
      // redis-cli lies beside redis-server. An alias gives it the port, which is not the usual one here.
      const script = `alias redis-cli='redis-cli -p ${redis.port}'\n. ./docs/samples/publish-over-redis.sh`;
      const PATH = `${dirname(requireProgram(redisServer))}:${process.env.PATH}`;
      const shell = runCommand('sh', ['-c', script], { PATH });
      expect(await shell.exit, shell.stderr()).toMatchObject({ code: 0 });
      expect(shell.stdout().trim()).toBe('1');
      const [message] = await client.messages(1);
      expect(String(message)).toBe('{"event":"class_created","data":{"class_designation":"9B"}}');
      await client.close();
    } finally {
      await withRedis.close();
      await redis.close();
    }
  });
});

const freeNames = `
  declare const token: string, userId: string, gatewayUrl: string, realtimeUrl: string;
  declare const socket: WebSocket;
  declare function getAccessToken(): Promise<string>;
  declare function showResults(batchId: string): void;
  declare function explain(cause: string): void;
  declare function show(notification: { event: string; data: unknown }): void;
  declare function reload(): void;
`;

describe('the files in docs/samples', () => {
  // Not those that TypeDoc writes: their examples stand in comments, and are no programs by themselves.
  const exclude = siteProducts.map((folder) => `${folder}/**`);
  const pages = globSync(['docs/content/**/*.{md,mdx}', 'docs/pages/**/*.astro'], { cwd: root, exclude }).map(
    (file) => ({
      file,
      text: readFileSync(`${root}${file}`, 'utf8'),
    }),
  );

  it('are each run by a test above', () => {
    expect([...tried].sort()).toEqual(sampleFiles);
  });

  it('are each shown on a page', () => {
    const imported = pages.flatMap(({ text }) => [...text.matchAll(/\/samples\/(\S+)\?raw/g)].map(([, file]) => file));
    expect([...new Set(imported)].sort()).toEqual(sampleFiles);
  });

  it('have no fault of type, but for the headers that no browser sends', () => {
    expect(typeFaults(freeNames)).toEqual([expect.stringMatching(/^migrate\/connect-before\.js: .*'headers'/)]);
  });

  it('are all programs that the pages show: what stands in a page itself is npm in a shell', () => {
    const blocks = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/^```(.*)\n([\s\S]*?)^```/gm)].map(([, language, code = '']) => ({ file, language, code })),
    );
    expect(blocks.length).toBeGreaterThan(2);
    const isNpm = (line: string) => /^(?:[A-Z_]+=\S+ )?npm /.test(line);
    expect(
      blocks.filter(({ language, code }) => language !== 'sh' || !code.trimEnd().split('\n').every(isNpm)),
    ).toEqual([]);
  });

  it('stand among pages that name npm scripts which exist', () => {
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run (?:-s )?([a-z-]+)/g)].map(([, name]) => name));
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => !(String(name) in packageJson.scripts))).toEqual([]);
  });
});
