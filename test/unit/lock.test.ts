import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../scripts/lock.ts';

const hourMs = 3_600_000;

describe('withLock', () => {
  let directory: string;
  let lock: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lock-'));
    lock = join(directory, 'lock');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('runs one task at a time, and leaves no lock behind', async () => {
    let running = 0;
    const seen: number[] = [];
    const task = async () => {
      running += 1;
      seen.push(running);
      // Long enough for others to come in, if they could: each turn of the file system gives them the floor.
      for (let turn = 0; turn < 20; turn += 1) await readFile(lock);
      running -= 1;
    };
    await Promise.all([withLock(lock, hourMs, task), withLock(lock, hourMs, task), withLock(lock, hourMs, task)]);
    expect(seen).toEqual([1, 1, 1]);
    expect(existsSync(lock)).toBe(false);
  });

  it('takes the lock of a process that is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(lock, String(pid));
    await withLock(lock, hourMs, async () => expect(await readFile(lock, 'utf8')).toBe(String(process.pid)));
  });

  it('takes a lock that is older than any task can be, though its process lives', async () => {
    await writeFile(lock, String(process.ppid));
    const longAgo = new Date(Date.now() - 2 * hourMs);
    await utimes(lock, longAgo, longAgo);
    await withLock(lock, hourMs, async () => expect(await readFile(lock, 'utf8')).toBe(String(process.pid)));
  });

  it('lets go when the task fails', async () => {
    const failure = new Error('the task failed');
    await expect(withLock(lock, hourMs, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(existsSync(lock)).toBe(false);
  });
});
