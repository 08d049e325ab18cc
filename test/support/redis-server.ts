import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisServer, requireProgram } from '../../scripts/programs.ts';
import { closedPort } from './closed-port.ts';

export interface RedisServerOptions {
  readonly password?: string;
  /** Further arguments of redis-server. */
  readonly args?: readonly string[];
}

/** A Redis of one's own, without persistence, on a free port of loopback. */
export interface RedisServer {
  /** Without a password; see `urlWith`. */
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now; another one after `restart`. */
  readonly pid: number;
  urlWith(user: string, password: string): string;
  /** Ends it without warning. */
  kill(): Promise<void>;
  /** Stops it without closing a connection. */
  pause(): void;
  resume(): void;
  /** Starts it again on the same port, empty. Kills it first where it runs. */
  restart(options?: RedisServerOptions): Promise<void>;
  close(): Promise<void>;
}

const startDeadlineMs = 10_000;
const portAttempts = 5;

class PortTaken extends Error {}

/** @throws Error when redis-server is missing (with the command that installs it) or does not start. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  for (let attempt = 1; ; attempt++) {
    const port = await closedPort();
    try {
      return handle(folder, port, await launch(folder, port, options), options);
    } catch (error) {
      if (error instanceof PortTaken && attempt < portAttempts) continue;
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

function handle(folder: string, port: number, first: ChildProcess, initial: RedisServerOptions): RedisServer {
  let child = first;
  // A test run that ends in an exception closes nothing.
  const lastResort = () => child.kill('SIGKILL');
  process.once('exit', lastResort);

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid as number;
    },
    urlWith: (user, password) =>
      `redis://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    kill,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart(options = initial) {
      await kill();
      child = await launch(folder, port, options);
    },
    async close() {
      process.off('exit', lastResort);
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(folder: string, port: number, options: RedisServerOptions): Promise<ChildProcess> {
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'];
  const secret = options.password === undefined ? [] : ['--requirepass', options.password];
  const child = spawn(requireProgram(redisServer), [...settings, ...secret, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    output += text;
  });
  const exited = once(child, 'exit').then(() => {
    if (/in use/i.test(output)) throw new PortTaken();
    throw new Error(`redis-server ended at its start:\n${output}`);
  });
  // After a good start nobody waits for it any more.
  exited.catch(() => {});
  try {
    await Promise.race([exited, untilItAnswers(port)]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return child;
}

async function untilItAnswers(port: number): Promise<void> {
  const deadline = Date.now() + startDeadlineMs;
  while (!(await answersPing(port))) {
    if (Date.now() > deadline) throw new Error(`redis-server did not answer within ${startDeadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Any answer will do: one without a password is NOAUTH, one while it reads its data is LOADING. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('data', (answer) => {
      resolve(/^[+-]/.test(answer.toString()));
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(false));
  });
}
