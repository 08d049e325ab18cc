import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatedFiles } from './generators/generated-files.ts';

const root = join(import.meta.dirname, '..');

for (const { path, make } of generatedFiles) {
  const content = await make();
  const file = join(root, path);
  const isFresh = (await readFile(file, 'utf8').catch(() => undefined)) === content;
  if (!isFresh) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  console.log(`${isFresh ? 'up to date' : 'made anew '}  ${path}`);
}
