import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const pollMs = 100;

/**
 * Runs a task while no other process runs one under the same lock file.
 *
 * A lock whose process is gone, or that is older than `maxAgeMs`, is taken over. Two that take over in the same instant
 * may both run: the lock saves work, and the task must be safe without it.
 *
 * @param maxAgeMs - The longest that a task can take.
 * @param onWait - Called once where another process holds the lock.
 */
export async function withLock(
  path: string,
  maxAgeMs: number,
  task: () => Promise<void>,
  onWait = () => {},
): Promise<void> {
  for (let isWaiting = false; !(await acquire(path)); ) {
    if (await isAbandoned(path, maxAgeMs)) {
      await rm(path, { force: true });
      continue;
    }
    if (!isWaiting) onWait();
    isWaiting = true;
    await wait(pollMs);
  }
  try {
    await task();
  } finally {
    if ((await readFile(path, 'utf8').catch(() => '')) === String(process.pid)) await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(path: string, maxAgeMs: number): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(path), readFile(path, 'utf8')]);
    // An empty file is a lock whose owner has not written its id yet.
    if (text === '') return Date.now() - mtimeMs > 1000;
    return Date.now() - mtimeMs > maxAgeMs || !isAlive(Number(text));
  } catch {
    return false;
  }
}

/** Whether a process of this machine runs under an id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
