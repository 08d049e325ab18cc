import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Integration } from './built-links.ts';
import { llmsFull, llmsIndex, llmsSmall, type MarkdownPage, sectionsOf } from './machines/llms.ts';
import { findBrokenMarkdownLinks, withReachableAnchors } from './machines/markdown-links.ts';
import { markdownPath } from './machines/markdown-path.ts';
import { sidebarGroups } from './machines/sidebar-order.ts';
import { readPages, type SitePage } from './machines/site-pages.ts';
import { robots, sitemap } from './machines/sitemap.ts';
import { pageToMarkdown } from './machines/to-markdown.ts';

/** What the pages do not say of the site. */
interface SiteFacts {
  readonly title: string;
  readonly description: string;
  /** Where it will be reached, without a slash at the end. */
  readonly address: string;
}

/**
 * Writes what programs read beside the built pages: each page as Markdown, `llms.txt` and its longer kin, the sitemap
 * and `robots.txt`.
 *
 * It takes the finished pages rather than their sources, so that what components and generators write is there too.
 */
export function forMachines(site: SiteFacts): Integration {
  return {
    name: 'for-machines',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const directory = fileURLToPath(dir);
        await writeFiles(directory, await machineFilesOf(directory, site));
        const broken = await findBrokenMarkdownLinks(directory);
        if (broken.length > 0) throw new Error(`Links in Markdown that lead nowhere:\n${broken.join('\n')}`);
      },
    },
  };
}

/** The files by their path in the site. */
async function machineFilesOf(directory: string, site: SiteFacts): Promise<Map<string, string>> {
  const pages = inMarkdown(await readPages(directory, site.description));
  const sidebar = pages.find(({ html }) => html.includes('<ul class="top-level'));
  const groups = sidebarGroups(sidebar?.html ?? '', 'Main pages');
  const sections = sectionsOf(pages, groups);
  return new Map([
    ...pages.map(({ path, markdown }) => [markdownPath(path), markdown] as const),
    ['/llms.txt', llmsIndex(site.title, site.description, sections)],
    ['/llms-full.txt', llmsFull(sections)],
    ['/llms-small.txt', llmsSmall(sections)],
    [
      '/sitemap.xml',
      sitemap(
        site.address,
        pages.map(({ path }) => path),
      ),
    ],
    ['/robots.txt', robots(site.address)],
  ]);
}

function inMarkdown(pages: readonly SitePage[]): MarkdownPage[] {
  const paths = new Set(pages.map(({ path }) => path));
  const targets = new Set(pages.flatMap(linkTargets));
  const texts = pages.map((page): [path: string, markdown: string] => {
    const linkFor = (href: string) => {
      const url = new URL(href, `http://site${page.path}`);
      if (url.host !== 'site') return href;
      // An address with a query is for the page itself, such as a setting of the playground.
      const isPage = paths.has(url.pathname) && url.search === '';
      return `${isPage ? markdownPath(url.pathname) : url.pathname}${url.search}${url.hash}`;
    };
    const isLinkedTo = (id: string) => targets.has(`${page.path}#${id}`);
    return [markdownPath(page.path), pageToMarkdown(page, { path: page.path, linkFor, isLinkedTo })];
  });
  const pathOf = new Map([...paths].map((path) => [markdownPath(path), path]));
  const settled = withReachableAnchors(new Map(texts), (path) => pathOf.get(path) ?? path);
  return pages.map((page) => ({ ...page, markdown: settled.get(markdownPath(page.path)) ?? '' }));
}

/** The anchors that a page's text links to, each as `<path>#<anchor>`. */
function linkTargets({ path, html }: SitePage): string[] {
  const main = html.slice(html.indexOf('<main'));
  return [...main.matchAll(/<a\b[^>]*?\shref="([^"]*#[^"]+)"/g)].map(([, href = '']) => {
    const url = new URL(href, `http://site${path}`);
    return url.pathname + decodeURIComponent(url.hash);
  });
}

async function writeFiles(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, content] of files) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
