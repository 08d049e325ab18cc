/**
 * Before the tests: finds the programs that they run and npm cannot install, and installs them where that takes no
 * password (as root on Debian). Otherwise it stops with the command to run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { chromium, findProgram, installation, type Program, python, redisServer, systemIds } from './programs.ts';

const debianPackages = { chromium: 'chromium', redisServer: 'redis-server', python: 'python3-websockets' };

function missing(): Program[] {
  return [chromium, redisServer, python].filter((program) => findProgram(program) === undefined);
}

/** Whether packages can be installed here without asking anyone. */
function canInstall(): boolean {
  return process.getuid?.() === 0 && systemIds()[0] === 'debian' && existsSync('/usr/bin/apt-get');
}

function install(programs: readonly Program[]): void {
  const names = programs.map(({ key }) => debianPackages[key]);
  console.log(`Installing ${names.join(' and ')} for the tests. This happens once and takes a minute or two.`);
  const apt = (...args: string[]) =>
    execFileSync('apt-get', ['-q', ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  withoutStartingServices(() => {
    try {
      apt('update');
      apt('install', '-y', '--no-install-recommends', ...names);
    } catch (error) {
      // apt-get has said why; what is still missing, and the way to get it, follows.
      console.error((error as Error).message);
    }
  });
}

/** Debian's packages start their service once installed, unless this file says 101; the tests start their own. */
function withoutStartingServices(action: () => void): void {
  const policy = '/usr/sbin/policy-rc.d';
  const written = !existsSync(policy);
  if (written) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    action();
  } finally {
    if (written) rmSync(policy);
  }
}

function prepare(): void {
  const programs = missing();
  if (programs.length === 0) return;
  if (canInstall()) install(programs);
  const left = missing();
  if (left.length > 0)
    throw new Error(
      `The tests need ${left.map(({ name }) => name).join(' and ')}, not found here.\n${installation(left)}`,
    );
}

try {
  prepare();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
