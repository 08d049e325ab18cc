import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHtml } from 'hast-util-from-html';
import { toString as textOf } from 'hast-util-to-string';

/** A page of the built site that programs may read. */
export interface SitePage {
  /** Such as `/protocol/close-codes/`. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  /** The whole page. */
  readonly html: string;
}

/**
 * Reads the pages of a built site, in the order of their paths, without those that ask not to be indexed.
 *
 * @param directory - Where the built site lies.
 * @param siteDescription - What Starlight gives to pages that describe nothing themselves: theirs is empty.
 */
export async function readPages(directory: string, siteDescription: string): Promise<SitePage[]> {
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.html')).sort();
  const pages = await Promise.all(
    names.map(async (name): Promise<SitePage | undefined> => {
      const html = await readFile(join(directory, name), 'utf8');
      const head = html.slice(0, html.indexOf('</head>'));
      if (/<meta name="robots" content="[^"]*noindex/.test(head)) return undefined;
      const description = contentOf(head.match(/<meta name="description"[^>]*>/)?.[0]);
      return {
        path: `/${name.replaceAll('\\', '/').replace(/(^|\/)index\.html$/, '$1')}`,
        title: plain(html.match(/<h1\b[^>]*>([\s\S]*?)<\/h1>/)?.[1]),
        description: description === siteDescription ? '' : description,
        html,
      };
    }),
  );
  return pages.filter((page) => page !== undefined);
}

/** The text of a piece of HTML, entities resolved. */
function plain(html = ''): string {
  return textOf(fromHtml(html, { fragment: true }))
    .replace(/\s+/g, ' ')
    .trim();
}

/** What a `meta` tag holds, entities resolved. */
function contentOf(tag = ''): string {
  const [meta] = fromHtml(tag, { fragment: true }).children;
  return meta?.type === 'element' ? String(meta.properties.content ?? '').trim() : '';
}
