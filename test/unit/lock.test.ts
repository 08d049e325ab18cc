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

  it('runs a second task after the first, and leaves no lock behind', async () => {
    const steps: string[] = [];
    const { promise: firstRuns, resolve: firstHasBegun } = Promise.withResolvers<void>();
    const { promise: end, resolve: endFirst } = Promise.withResolvers<void>();
    const first = withLock(lock, hourMs, async () => {
      firstHasBegun();
      await end;
      steps.push('first');
    });
    await firstRuns;
    const second = withLock(lock, hourMs, async () => {
      steps.push('second');
    });
    endFirst();
    await Promise.all([first, second]);
    expect(steps).toEqual(['first', 'second']);
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
