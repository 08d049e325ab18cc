import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from './fingerprint.ts';
import { isAlive, withLock } from './lock.ts';
import { precompress } from './precompress.ts';
import { siteAddress } from './site-address.ts';
import { siteInputs, siteProducts } from './site-inputs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'dist');
/** Beside the site's files, so that a site and the mark of what it was made from appear and vanish together. */
const stampName = '.made-from';
/** On the same file system as `dist`, so that a finished site is moved rather than copied. */
const workshop = join(root, 'node_modules', '.cache', 'site');
const buildDeadlineMs = 150_000;

async function isFresh(print: string): Promise<boolean> {
  const stamp = await readFile(join(site, stampName), 'utf8').catch(() => '');
  return stamp === print;
}

/** Runs `astro build`; resolves with its exit code and all that it wrote. */
function runAstro(target: string): Promise<{ code: number | null; output: string }> {
  const astro = join(root, 'node_modules', 'astro', 'bin', 'astro.mjs');
  const child = spawn(process.execPath, [astro, 'build', '--outDir', target], {
    cwd: root,
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: buildDeadlineMs,
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

/** Puts the finished site in the place of the old one. Two renames: a reader sees the old site, the new, or for an instant none. */
async function swapIn(target: string): Promise<void> {
  const old = `${target}.old`;
  await rename(site, old).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(target, site);
  await rm(old, { recursive: true, force: true });
}

/** Removes what builds left that were killed. */
async function clearRemains(): Promise<void> {
  for (const name of await readdir(workshop)) {
    const [, pid] = name.match(/^build-(\d+)/) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(workshop, name), { recursive: true, force: true });
  }
}

async function build(force: boolean): Promise<void> {
  const start = performance.now();
  // Taken before the build: what is edited meanwhile makes the result stale, not falsely fresh.
  const print = await fingerprint(root, siteInputs, siteProducts, [siteAddress(process.env.SITE_URL)]);
  if (!force && (await isFresh(print))) return console.log('site: up to date');

  await clearRemains();
  const target = join(workshop, `build-${process.pid}`);
  try {
    const { code, output } = await runAstro(target);
    if (code !== 0) {
      // Astro first tells at length what went well.
      console.error(output.slice(Math.max(0, output.indexOf('[ERROR]'))));
      console.error(code === null ? 'site: the build was ended at its deadline' : 'site: the build failed');
      process.exitCode = 1;
      return;
    }
    await precompress(target);
    await writeFile(join(target, stampName), print);
    await swapIn(target);
  } finally {
    await rm(target, { recursive: true, force: true });
  }
  console.log(`site: built in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

try {
  siteAddress(process.env.SITE_URL);
} catch (error) {
  console.error(`site: ${(error as Error).message}`);
  process.exit(1);
}

await mkdir(workshop, { recursive: true });
await withLock(
  join(workshop, 'lock'),
  buildDeadlineMs + 30_000,
  () => build(process.argv.includes('--force')),
  () => console.log('site: waiting for another build to end'),
);
