import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** As much of Astro's integration as is used here. */
export interface Integration {
  readonly name: string;
  readonly hooks: { readonly 'astro:build:done': (options: { dir: URL }) => Promise<void> };
}

/**
 * Fails the build when a link or an anchor in the built pages leads nowhere.
 *
 * The plugin `starlight-links-validator` reads the Markdown and names the line, but does not see what components render.
 */
export function builtLinks(): Integration {
  return {
    name: 'built-links',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const broken = await findBrokenLinks(fileURLToPath(dir));
        if (broken.length > 0) throw new Error(`Links that lead nowhere:\n${broken.join('\n')}`);
      },
    },
  };
}

/**
 * Looks every internal link of a built site up.
 *
 * @param directory - Where the built site lies.
 * @returns A line for each link whose page, file or anchor does not exist: `<page> → <link>`.
 */
export async function findBrokenLinks(directory: string): Promise<string[]> {
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.html'));
  const pages = new Map<string, string>();
  for (const name of names) pages.set(pathOf(name), await readFile(join(directory, name), 'utf8'));

  const broken: string[] = [];
  for (const [path, html] of pages) {
    for (const link of linksOf(html)) {
      const url = new URL(link, `http://site${path}`);
      if (url.host !== 'site') continue;
      const target = pages.get(url.pathname);
      const found = target === undefined ? isFile(directory, url.pathname) : hasAnchor(target, url.hash);
      if (!found) broken.push(`${path} → ${link}`);
    }
  }
  return broken;
}

function pathOf(name: string): string {
  return `/${name.replaceAll('\\', '/').replace(/(^|\/)index\.html$/, '$1')}`;
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/\s(?:href|src)="([^"]+)"/g)]
    .map(([, link = '']) => link.replaceAll('&amp;', '&').replaceAll('&#38;', '&'))
    .filter((link) => !/^(?:data|mailto|javascript):/.test(link));
}

function isFile(directory: string, path: string): boolean {
  return !path.endsWith('/') && existsSync(join(directory, decodeURIComponent(path)));
}

function hasAnchor(html: string, hash: string): boolean {
  if (hash === '') return true;
  return html.includes(` id="${decodeURIComponent(hash.slice(1))}"`);
}
