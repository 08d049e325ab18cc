import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chromium, findProgram, installation, redisServer } from '../../scripts/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function makeProgram(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
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
});

describe('how to get a program', () => {
  it.each([
    ['Debian', ['debian'], 'sudo apt-get install -y --no-install-recommends redis-server'],
    ['a descendant of Debian', ['raspbian', 'debian'], 'sudo apt-get install -y --no-install-recommends redis-server'],
    ['Ubuntu', ['ubuntu', 'debian'], 'sudo snap install chromium'],
    ['Fedora', ['fedora'], 'sudo dnf install -y chromium'],
    ['macOS', ['darwin'], 'brew install redis'],
  ])('is a command on %s', (_system, ids, command) => {
    expect(installation([chromium, redisServer], ids)).toContain(command);
  });

  it('is a variable to set where the system is not known', () => {
    expect(installation([chromium], ['plan9'])).toBe('Install Chromium, or set CHROMIUM_PATH to the path of Chromium.');
  });

  it('names only what is missing', () => {
    expect(installation([redisServer], ['debian'])).not.toContain('chromium');
  });
});
