/**
 * `npm run dev`: the site with hot reload, and the service restarting on change. They live and end together.
 * What follows `--` goes to Astro: `npm run dev -- --port 4400`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ConfigError, loadConfig } from '../service/config.ts';

/** How long a program may take to end once it was told to, in milliseconds. */
const endingGraceMs = 5000;

interface Program {
  name: string;
  child: ChildProcess;
  ended: Promise<void>;
}

const programs: Program[] = [];
let isEnding = false;

/** The service's configuration, or the end of this program with what is wrong. */
function readConfig() {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refuse(`The environment is wrong:\n  ${error.faults.join('\n  ')}`);
  }
}

function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}

function isFree(port: number, host: string): Promise<boolean> {
  const { promise, resolve: done } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once('error', () => done(false));
  probe.listen(port, host, () => probe.close(() => done(true)));
  return promise;
}

/** Starts a program; each of its lines is printed behind its name and given to `onLine`. */
function start(name: string, args: readonly string[], onLine: (line: string) => void): void {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      // The service's own list of addresses begins with spaces; it names the site that was built, not this one.
      if (/^\S/.test(line)) console.log(`${name.padEnd(7)} | ${line}`);
      onLine(line);
    });
  }
  const { promise: ended, resolve: done } = Promise.withResolvers<void>();
  child.on('close', (code, signal) => {
    done();
    if (isEnding) return;
    console.error(`${name.padEnd(7)} | ended by itself (${signal ?? `exit code ${code}`}), so the other is ended too`);
    void endAll(code || 1);
  });
  programs.push({ name, child, ended });
}

/** Ends both programs, by force after a grace period, and then this one. */
async function endAll(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  const deadline = setTimeout(() => {
    for (const { child } of programs) child.kill('SIGKILL');
  }, endingGraceMs);
  for (const { child } of programs) child.kill('SIGTERM');
  await Promise.all(programs.map(({ ended }) => ended));
  clearTimeout(deadline);
  process.exit(exitCode);
}

const { host, port } = readConfig();
if (port === 0) refuse('WEBSOCKET_PORT is 0: the site must know the port. Choose one, or unset it.');
if (!(await isFree(port, host)))
  refuse(`Port ${port} is taken. Stop what listens there, or choose another: WEBSOCKET_PORT=${port + 1} npm run dev`);
process.on('SIGINT', () => endAll(0));
process.on('SIGTERM', () => endAll(0));

let site: string | undefined;
let isListening = false;
let isAnnounced = false;
function announce(): void {
  if (isAnnounced || !isListening || site === undefined) return;
  isAnnounced = true;
  console.log(
    `\n  Look here: ${site}\n  It reloads on change and reaches the service on port ${port}. Ctrl+C ends both.\n`,
  );
}

start('service', ['--watch', '--watch-preserve-output', 'service/main.ts'], (line) => {
  isListening ||= line.includes('listening');
  announce();
});
// Without `--ignore-lock` Astro may put itself into the background and leave this program behind.
const astro = resolve('node_modules/astro/bin/astro.mjs');
start('site', [astro, 'dev', '--ignore-lock', ...process.argv.slice(2)], (line) => {
  site ??= line.match(/https?:\/\/localhost:\d+\/?/)?.[0];
  announce();
});
