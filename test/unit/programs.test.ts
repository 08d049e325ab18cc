import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chromium, findProgram, installation, type Program, python, redisServer } from '../../scripts/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function makeProgram(name: string, text = ''): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('a program that the tests need', () => {
  it('is found on PATH under any of its names', () => {
    const path = makeProgram('chromium-browser');
    expect(findProgram(chromium, { PATH: `/nowhere:${folder}` })).toBe(path);
  });

  it('is taken from its variable before PATH', () => {
    makeProgram('redis-server');
    const path = makeProgram('my-redis');
    expect(findProgram(redisServer, { PATH: folder, REDIS_SERVER_PATH: path })).toBe(path);
  });

  it('is an error when its variable names what cannot be run, though PATH has another', () => {
    makeProgram('redis-server');
    const env = { PATH: folder, REDIS_SERVER_PATH: folder };
    expect(() => findProgram(redisServer, env)).toThrow(`REDIS_SERVER_PATH is ${folder}`);
  });

  // Without the usual places, where this machine may have one.
  const anyPython: Program = { ...python, candidates: ['python3', 'python3-whole'] };

  it('is passed over where it lacks a package', () => {
    makeProgram('python3', '[ "$2" != "import websockets" ]');
    expect(findProgram(anyPython, { PATH: folder })).toBeUndefined();
    const whole = makeProgram('python3-whole', '[ "$2" = "import websockets" ]');
    expect(findProgram(anyPython, { PATH: folder })).toBe(whole);
  });

  it('is an error when its variable names one that lacks a package', () => {
    const path = makeProgram('bare-python', 'exit 1');
    const env = { PATH: folder, PYTHON_PATH: path };
    expect(() => findProgram(python, env)).toThrow(`PYTHON_PATH is ${path}, which is not Python with its package`);
  });
});

describe('how to get a program', () => {
  it.each([
    ['Debian', ['debian'], 'sudo apt-get install -y --no-install-recommends redis-server'],
    ['a descendant of Debian', ['raspbian', 'debian'], 'sudo apt-get install -y --no-install-recommends redis-server'],
    ['Ubuntu', ['ubuntu', 'debian'], 'sudo snap install chromium'],
    ['Fedora', ['fedora'], 'sudo dnf install -y chromium'],
    ['macOS', ['darwin'], 'brew install redis'],
    ['Debian, a package of Python', ['debian'], 'sudo apt-get install -y --no-install-recommends python3-websockets'],
    ['macOS, a package of Python', ['darwin'], 'python3 -m pip install --user websockets'],
  ])('is a command on %s', (_system, ids, command) => {
    expect(installation([chromium, redisServer, python], ids)).toContain(command);
  });

  it('is a variable to set where the system is not known', () => {
    expect(installation([chromium], ['plan9'])).toBe('Install Chromium, or set CHROMIUM_PATH to the path of Chromium.');
  });

  it('names only what is missing', () => {
    expect(installation([redisServer], ['debian'])).not.toContain('chromium');
  });
});
