import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';

const compressible = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt', '.xml', '.md', '.yaml']);

/** Below this many bytes a response fits one packet anyway. */
const worthwhileBytes = 1024;

const encodings = [
  {
    suffix: '.br',
    compress: (content: Buffer) =>
      promisify(brotliCompress)(content, { params: { [zlib.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  },
  { suffix: '.gz', compress: (content: Buffer) => promisify(gzip)(content, { level: zlib.Z_BEST_COMPRESSION }) },
];

/** Puts a compressed copy beside each file of a built site that is smaller for it: once, rather than for every reader. */
export async function precompress(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !compressible.has(extname(entry.name))) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    if (content.length < worthwhileBytes) continue;
    for (const { suffix, compress } of encodings) {
      const compressed = await compress(content);
      if (compressed.length < content.length) await writeFile(path + suffix, compressed);
    }
  }
}
