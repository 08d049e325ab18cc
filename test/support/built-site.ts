import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the built site lies. */
export const siteDirectory = fileURLToPath(new URL('../../dist', import.meta.url));

/**
 * The paths of all pages of the built site, such as `/` and `/protocol/close-codes/`, and `/404.html`.
 *
 * @throws Error when the site is not built; its message says how to build it.
 */
export function builtPages(): string[] {
  if (!existsSync(join(siteDirectory, 'index.html'))) throw new Error('The site is not built: run `npm run build`.');
  return globSync('**/*.html', { cwd: siteDirectory })
    .map((file) => `/${file.replaceAll('\\', '/').replace(/(^|\/)index\.html$/, '$1')}`)
    .sort();
}

/** The file of a page. */
export function fileOf(page: string): string {
  return join(siteDirectory, page.endsWith('/') ? `${page}index.html` : page);
}
