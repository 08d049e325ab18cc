import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { developmentSecret } from '../../service/config-variables.ts';
import type { TokenRequest, TokenResponse } from '../../service/contract/development.ts';
import { endpoints, websocketUrl } from '../../service/contract/endpoints.ts';
import { connect } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The service is to listen within a second. A loaded machine takes longer, so only a multiple of it is a failure. */
const startBoundMs = 5000;

/** A program as it is run from the shell, with an environment of its own. */
interface Program {
  child: ChildProcess;
  /** All that it has written so far. */
  output(): string;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

const running: ChildProcess[] = [];

function run(script: string, env: Record<string, string> = {}): Program {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [script], {
    cwd: root,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output, ended: once(child, 'close').then(([code, signal]) => code ?? signal) };
}

/** Starts the service on a free port and waits until it says where it is. */
async function startService(): Promise<Program & { url: string }> {
  const program = run('service/main.ts', { WEBSOCKET_PORT: '0' });
  const address = () => program.output().match(/http:\/\/localhost:\d+\//)?.[0];
  await eventually(() => address() !== undefined, 'the service says where it is');
  return { ...program, url: String(address()) };
}

afterEach(async () => {
  const left = running.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(left.map((child) => once(child, 'close')));
});

describe('the service as a process', () => {
  it('listens soon, and says where to look', async () => {
    const started = performance.now();
    const { url, output } = await startService();
    const startMs = Math.round(performance.now() - started);
    console.log(`the service listened after ${startMs} ms`);

    expect(startMs).toBeLessThan(startBoundMs);
    expect(output()).toContain(`${url}playground/`);
    expect(output()).toContain(websocketUrl(url));
    expect((await fetch(new URL(endpoints.health, url))).status).toBe(200);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with exit code 0 on %s', async (signal) => {
    const { child, ended, output } = await startService();
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(output()).not.toMatch(/error|warn/i);
  });

  it('tells connected clients 1001 on SIGTERM, and ends with exit code 0', async () => {
    const { url, child, ended } = await startService();
    const response = await fetch(new URL(endpoints.devTokens, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 'teacher-1' } satisfies TokenRequest),
    });
    const { token } = (await response.json()) as TokenResponse;
    const client = await connect(websocketUrl(url, token));

    child.kill('SIGTERM');
    expect((await client.closed).code).toBe(1001);
    expect(await ended).toBe(0);
  });
});

describe('a start that cannot succeed', () => {
  it('names every wrong variable on a line of its own', async () => {
    const { output, ended } = run('service/main.ts', {
      WEBSOCKET_PORT: 'eight',
      LOG_LEVEL: 'loud',
      JWT_ALGORITHM: 'none',
    });
    expect(await ended).toBe(1);
    for (const name of ['WEBSOCKET_PORT holds "eight"', 'LOG_LEVEL holds "loud"', 'JWT_ALGORITHM holds "none"']) {
      expect(
        output()
          .split('\n')
          .filter((line) => line.includes(name)),
      ).toHaveLength(1);
    }
    expectNoStackTrace(output());
  });

  it.each(['service/main.ts', 'scripts/dev.ts'])(
    'says which port is taken and how to choose another: %s',
    async (script) => {
      const holder = createServer();
      holder.listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const { port } = holder.address() as { port: number };
      try {
        const { output, ended } = run(script, { WEBSOCKET_PORT: String(port) });
        expect(await ended).toBe(1);
        expect(output()).toContain(`ort ${port} is taken`);
        expect(output()).toContain(`WEBSOCKET_PORT=${port + 1} npm`);
        expectNoStackTrace(output());
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
    const { output, ended } = run('service/main.ts', env);
    expect(await ended).toBe(1);
    const faults = output()
      .split('\n')
      .filter((line) => line.startsWith('  '));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
    expect(output()).not.toContain(right.JWT_SECRET_KEY);
    expect(output()).not.toContain(developmentSecret);
  });

  it('starts where nothing is wrong, and logs one JSON object a line', async () => {
    const { child, output, ended } = run('service/main.ts', right);
    await eventually(() => output().includes('"listening"'), 'the service listens');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const lines = output().trimEnd().split('\n');
    expect(lines.map((text) => typeof JSON.parse(text))).toEqual(lines.map(() => 'object'));
  });
});

function expectNoStackTrace(output: string): void {
  expect(output).not.toMatch(/^\s+at /m);
}
