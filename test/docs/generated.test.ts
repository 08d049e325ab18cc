import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generators/generated-files.ts';

const root = join(import.meta.dirname, '..', '..');

describe('generated files', () => {
  it.each(generatedFiles)('$path is fresh: else run `npm run generate`', async ({ path, make }) => {
    expect(await readFile(join(root, path), 'utf8')).toBe(await make());
  });
});
