import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endpoints } from '../../service/contract/endpoints.ts';
import { eventually } from './eventually.ts';
import type { LogLine } from './service.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a program ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that was run from a shell. */
export interface RunProgram {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exit: Promise<Exit>;
}

/** Runs a script of this repository with the environment given, and nothing of the caller's but `PATH`. */
export function run(
  script: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
  input: string | Buffer = '',
): RunProgram {
  return runCommand(process.execPath, [script, ...args], environment, input);
}

/** Runs a program in the repository with the environment given, and nothing of the caller's but `PATH`. */
export function runCommand(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  input: string | Buffer = '',
): RunProgram {
  const { PATH = '' } = process.env;
  const child = spawn(command, args, { cwd: root, env: { PATH, ...environment } });
  // A test run that ends in an exception ends nothing.
  const lastResort = () => child.kill('SIGKILL');
  process.once('exit', lastResort);
  child.once('close', () => process.off('exit', lastResort));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    exit: once(child, 'close').then(([code, signal]) => ({ code, signal })),
  };
}

/** A service in a process of its own. */
export interface ServiceProcess extends RunProgram {
  readonly port: number;
  readonly url: string;
  readonly wsUrl: string;
  readonly log: () => LogLine[];
  /** Ends it without warning where it still runs. */
  kill(): Promise<unknown>;
}

/** Starts `service/main.ts` on a free port and waits until it listens. */
export async function startServiceProcess(environment: Record<string, string> = {}): Promise<ServiceProcess> {
  const program = run('service/main.ts', [], { WEBSOCKET_PORT: '0', LOG_FORMAT: 'json', ...environment });
  const { child, stdout, exit } = program;
  const log = () => {
    const whole = stdout().slice(0, stdout().lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line): LogLine[] => (line === '' ? [] : [JSON.parse(line)]));
  };
  const listening = () => log().find(({ msg }) => msg === 'listening');
  const ended = exit.then(() => {
    throw new Error(`the service ended at its start:\n${program.stderr()}`);
  });
  await Promise.race([ended, eventually(() => listening() !== undefined, 'the service listens')]);
  ended.catch(() => {});
  const port = Number(listening()?.port);
  return {
    ...program,
    port,
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}${endpoints.websocket}`,
    log,
    kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      return exit;
    },
  };
}
