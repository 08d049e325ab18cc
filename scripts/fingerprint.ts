import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/**
 * A hash over the names and the contents of files, and over settings.
 *
 * @param inputs - Files and folders below `root`. What does not exist is passed over.
 * @param products - Folders below `root` that are made from the inputs, and may lie among them. They are passed over.
 * @param settings - What else the result depends on, such as a variable of the environment.
 */
export async function fingerprint(
  root: string,
  inputs: readonly string[],
  products: readonly string[] = [],
  settings: readonly string[] = [],
): Promise<string> {
  const made = products.map((product) => join(root, product) + sep);
  const files = (await Promise.all(inputs.map((input) => filesBelow(join(root, input)))))
    .flat()
    .filter((file) => !made.some((folder) => file.startsWith(folder)))
    .sort();
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function filesBelow(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
