import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from '../../scripts/fingerprint.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fingerprint-'));
  await mkdir(join(root, 'docs', 'pages'), { recursive: true });
  await writeFile(join(root, 'docs', 'pages', 'index.mdx'), 'first');
  await writeFile(join(root, 'docs', 'theme.css'), 'ab');
  await writeFile(join(root, 'config.ts'), 'c');
  await writeFile(join(root, 'other.ts'), 'not an input');
});
afterEach(() => rm(root, { recursive: true }));

const inputs = ['docs', 'config.ts', 'not-yet'];

describe('the fingerprint that tells a stale site', () => {
  it('stays while nothing changes, in whatever order the inputs are named', async () => {
    const before = await fingerprint(root, inputs);
    await writeFile(join(root, 'docs', 'theme.css'), 'ab');
    expect(await fingerprint(root, inputs.toReversed())).toBe(before);
  });

  it('changes with a setting, and with which one it is', async () => {
    const prints = [[], ['a'], ['b'], ['a', ''], ['', 'a']].map((settings) => fingerprint(root, inputs, [], settings));
    expect(new Set(await Promise.all(prints)).size).toBe(prints.length);
    expect(await fingerprint(root, inputs, [], ['a'])).toBe(await prints[1]);
  });

  it('stays where something changes that is no input', async () => {
    const before = await fingerprint(root, inputs);
    await writeFile(join(root, 'other.ts'), 'changed');
    expect(await fingerprint(root, inputs)).toBe(before);
  });

  it('stays where something changes that is made from the inputs, and lies among them', async () => {
    const print = () => fingerprint(root, inputs, ['docs/made']);
    const before = await print();
    await mkdir(join(root, 'docs', 'made'));
    await writeFile(join(root, 'docs', 'made', 'page.md'), 'made');
    expect(await print()).toBe(before);
    await writeFile(join(root, 'docs', 'made-by-hand.md'), 'another folder of a like name');
    expect(await print()).not.toBe(before);
  });

  it.each<[string, (path: (name: string) => string) => Promise<void>]>([
    ['the content of a file in a folder', (path) => writeFile(path('docs/pages/index.mdx'), 'First')],
    ['a file named itself', (path) => writeFile(path('config.ts'), 'd')],
    ['a name', (path) => rename(path('docs/theme.css'), path('docs/themes.css'))],
    ['a new file', (path) => writeFile(path('docs/pages/new.mdx'), '')],
    ['a file that is gone', (path) => rm(path('docs/theme.css'))],
    ['an input that did not exist', (path) => writeFile(path('not-yet'), '')],
    ['a byte that moves from one file to the next', (path) => moveByte(path)],
  ])('changes with %s', async (_what, change) => {
    const before = await fingerprint(root, inputs);
    await change((name) => join(root, name));
    expect(await fingerprint(root, inputs)).not.toBe(before);
  });
});

async function moveByte(path: (name: string) => string): Promise<void> {
  await writeFile(path('config.ts'), 'ca');
  await writeFile(path('docs/theme.css'), 'b');
}
