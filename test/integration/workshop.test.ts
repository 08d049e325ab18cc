import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { developmentSecret } from '../../service/config-variables.ts';
import type { TokenRequest, TokenResponse } from '../../service/contract/development.ts';
import { endpoints, websocketUrl } from '../../service/contract/endpoints.ts';
import type { HealthResponse } from '../../service/contract/health.ts';
import { connect } from '../support/client.ts';
import { closedPort } from '../support/closed-port.ts';
import { eventually } from '../support/eventually.ts';
import { type RunProgram, runCommand, run as runProgram } from '../support/service-process.ts';

/** The service is to listen within a second. A loaded machine takes longer, so only a multiple of it is a failure. */
const startBoundMs = 5000;

const running: RunProgram[] = [];

function run(script: string, environment?: Record<string, string>): RunProgram {
  const program = runProgram(script, [], environment);
  running.push(program);
  return program;
}

/** Starts the service on a free port and waits until it says where it is. */
async function startService(): Promise<RunProgram & { url: string }> {
  const program = run('service/main.ts', { WEBSOCKET_PORT: '0' });
  const address = () => program.stdout().match(/http:\/\/localhost:\d+\//)?.[0];
  await eventually(() => address() !== undefined, 'the service says where it is');
  return { ...program, url: String(address()) };
}

async function mint(url: string): Promise<TokenResponse> {
  const response = await fetch(new URL(endpoints.devTokens, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'teacher-1' } satisfies TokenRequest),
  });
  return (await response.json()) as TokenResponse;
}

afterEach(async () => {
  for (const { child } of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ exit }) => exit));
});

describe('the service as a process', () => {
  it('listens soon, and says where to look', async () => {
    const started = performance.now();
    const { url, stdout } = await startService();
    const startMs = Math.round(performance.now() - started);
    console.log(`the service listened after ${startMs} ms`);

    expect(startMs).toBeLessThan(startBoundMs);
    expect(stdout()).toContain(`${url}playground/`);
    expect(stdout()).toContain(websocketUrl(url));
    expect((await fetch(new URL(endpoints.health, url))).status).toBe(200);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with exit code 0 on %s', async (signal) => {
    const { child, exit, stdout } = await startService();
    child.kill(signal);
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(stdout()).not.toMatch(/error|warn/i);
  });

  it('tells connected clients 1001 on SIGTERM, and ends with exit code 0', async () => {
    const { url, child, exit } = await startService();
    const { token } = await mint(url);
    const client = await connect(websocketUrl(url, token));

    child.kill('SIGTERM');
    expect((await client.closed).code).toBe(1001);
    expect(await exit).toEqual({ code: 0, signal: null });
  });
});

describe('npm start', () => {
  it('ends the service when npm is told to end, and tells its clients 1001', async () => {
    const program = runCommand('npm', ['start'], { WEBSOCKET_PORT: '0', HOME: process.env.HOME ?? '' });
    running.push(program);
    const address = () => program.stdout().match(/http:\/\/localhost:\d+\//)?.[0];
    await eventually(() => address() !== undefined, 'the service says where it is', 120_000);
    const url = String(address());
    const { token } = await mint(url);
    const client = await connect(websocketUrl(url, token));
    program.child.kill('SIGTERM');
    expect((await client.closed).code).toBe(1001);
    await program.exit;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  }, 150_000);
});

describe('npm run dev', () => {
  it('serves the site, reaches the service through it, and ends both together', async () => {
    const [servicePort, sitePort] = [await closedPort(), await closedPort()];
    const program = runProgram('scripts/dev.ts', ['--port', String(sitePort)], { WEBSOCKET_PORT: String(servicePort) });
    running.push(program);
    await eventually(() => program.stdout().includes('Look here'), 'both say that they run', 60_000);
    const site = `http://localhost:${sitePort}/`;
    expect(program.stdout()).toContain(site);
    expect(await (await fetch(site)).text()).toContain('HuleEdu');
    const health = (await (await fetch(new URL(endpoints.health, site))).json()) as HealthResponse;
    expect(health.status).toBe('healthy');

    program.child.kill('SIGTERM');
    expect(await program.exit).toEqual({ code: 0, signal: null });
    for (const port of [servicePort, sitePort])
      await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow('fetch failed');
  }, 90_000);
});

describe('a start that cannot succeed', () => {
  it('names every wrong variable on a line of its own', async () => {
    const { stderr, exit } = run('service/main.ts', {
      WEBSOCKET_PORT: 'eight',
      LOG_LEVEL: 'loud',
      JWT_ALGORITHM: 'none',
    });
    expect(await exit).toEqual({ code: 1, signal: null });
    for (const name of ['WEBSOCKET_PORT holds "eight"', 'LOG_LEVEL holds "loud"', 'JWT_ALGORITHM holds "none"']) {
      expect(
        stderr()
          .split('\n')
          .filter((line) => line.includes(name)),
      ).toHaveLength(1);
    }
    expectNoStackTrace(stderr());
  });

  it.each(['service/main.ts', 'scripts/dev.ts'])(
    'says which port is taken and how to choose another: %s',
    async (script) => {
      const holder = createServer();
      holder.listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const { port } = holder.address() as { port: number };
      try {
        const { stderr, exit } = run(script, { WEBSOCKET_PORT: String(port) });
        expect(await exit).toEqual({ code: 1, signal: null });
        expect(stderr()).toContain(`ort ${port} is taken`);
        expect(stderr()).toContain(`WEBSOCKET_PORT=${port + 1} npm`);
        expectNoStackTrace(stderr());
      } finally {
        holder.close();
      }
    },
  );
});

describe('in production', () => {
  const right = {
    ENVIRONMENT: 'production',
    JWT_SECRET_KEY: 'a secret of the test alone, long enough to sign with',
    REDIS_URL: 'redis://127.0.0.1:1',
    WEBSOCKET_HOST: '127.0.0.1',
    WEBSOCKET_PORT: '0',
  };

  it.each([
    ['the development secret', 'JWT_SECRET_KEY', { ...right, JWT_SECRET_KEY: developmentSecret }],
    ['no secret', 'JWT_SECRET_KEY', { ...right, JWT_SECRET_KEY: '' }],
    ['no Redis', 'REDIS_URL', { ...right, REDIS_URL: '' }],
    ['development endpoints', 'ENABLE_DEV_ENDPOINTS', { ...right, ENABLE_DEV_ENDPOINTS: 'true' }],
  ])('refuses to start with %s', async (_what, name, env) => {
    const { stderr, exit } = run('service/main.ts', env);
    expect(await exit).toEqual({ code: 1, signal: null });
    const faults = stderr()
      .split('\n')
      .filter((line) => line.startsWith('  '));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
    expect(stderr()).not.toContain(right.JWT_SECRET_KEY);
    expect(stderr()).not.toContain(developmentSecret);
  });

  it('starts where nothing is wrong, and logs one JSON object a line', async () => {
    const { child, stdout, exit } = run('service/main.ts', right);
    await eventually(() => stdout().includes('"listening"'), 'the service listens');
    child.kill('SIGTERM');
    expect(await exit).toEqual({ code: 0, signal: null });
    const lines = stdout().trimEnd().split('\n');
    expect(lines.map((text) => typeof JSON.parse(text))).toEqual(lines.map(() => 'object'));
  });
});

function expectNoStackTrace(output: string): void {
  expect(output).not.toMatch(/^\s+at /m);
}
