import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHtml } from 'hast-util-from-html';
import { selectAll } from 'hast-util-select';
import { toString as textOf } from 'hast-util-to-string';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrokenMarkdownLinks, withoutCode, withReachableAnchors } from '../../docs/machines/markdown-links.ts';
import { markdownPath } from '../../docs/machines/markdown-path.ts';
import { frontendPages, insidePages, isAmong } from '../../docs/machines/selection.ts';
import { robots, sitemap } from '../../docs/machines/sitemap.ts';
import { siteAddress } from '../../scripts/site-address.ts';
import { builtPages, fileOf, siteDirectory } from '../support/built-site.ts';

const noindex = '<meta name="robots" content="noindex';
const pages = builtPages().map((path) => ({ path, html: readFileSync(fileOf(path), 'utf8') }));
const open = pages.filter(({ html }) => !html.includes(noindex));
const hidden = pages.filter(({ html }) => html.includes(noindex));

const read = (path: string) => readFileSync(join(siteDirectory, path), 'utf8');
const markdownFiles = globSync('**/*.md', { cwd: siteDirectory }).map((name) => `/${name.replaceAll('\\', '/')}`);
const textFiles = ['/llms.txt', '/llms-full.txt', '/llms-small.txt'];

/** What a text says, whatever marks it up. */
const words = (text: string) => text.replaceAll(/[\\`*_\s]/g, '');

describe('the Markdown version', () => {
  it.each(open)('of $path has its title, its headings and all rows of its tables', ({ path, html }) => {
    const markdown = read(markdownPath(path));
    const main = fromHtml(html.slice(html.indexOf('<main')), { fragment: true });
    const [title] = selectAll('h1', main);
    expect(title).toBeDefined();
    expect(words(markdown.split('\n')[0] ?? '')).toBe(words(`# ${title && textOf(title)}`));

    // An island is told in one line.
    const content = selectAll('.sl-markdown-content', main).flatMap((one) => selectAll('h2', one));
    const inIslands = selectAll('astro-island h2', main);
    const headings = content.filter((heading) => !inIslands.includes(heading)).map((heading) => words(textOf(heading)));
    const found = [...markdown.matchAll(/^## (?:<a id="[^"]*"><\/a>)?(.+)$/gm)].map(([, text = '']) => words(text));
    expect(found).toEqual(headings);

    const rows = selectAll('tr', main).filter((row) => !selectAll('astro-island tr', main).includes(row));
    const lines = withoutFences(markdown).match(/^[ >]*\|.*\|$/gm) ?? [];
    expect(lines.filter((line) => !/^[>|\s:-]+$/.test(line)).length).toBe(rows.length);
    expect(markdown.length).toBeGreaterThan(`# ${title && textOf(title)}`.length + 40);
  });

  it('is there for every page and for nothing else', () => {
    expect(markdownFiles.sort()).toEqual(open.map(({ path }) => markdownPath(path)).sort());
  });

  it.each(open)('of $path is named in its head and linked in its text', ({ path, html }) => {
    expect(html).toContain(`<link rel="alternate" type="text/markdown" href="${markdownPath(path)}">`);
    expect(html).toMatch(new RegExp(`<a href="${markdownPath(path)}" type="text/markdown"`));
  });

  it('is not there for a page that asks not to be indexed, such as the one for what is not there', () => {
    expect(hidden.map(({ path }) => path)).toContain('/404.html');
    for (const { path, html } of hidden) {
      expect(html).not.toContain('type="text/markdown"');
      expect(existsSync(join(siteDirectory, markdownPath(path.replace(/\.html$/, ''))))).toBe(false);
    }
  });

  it.each([...markdownFiles, ...textFiles])('%s holds no HTML but anchors', (path) => {
    const residue = withoutCode(read(path)).replaceAll(/<a id="[^"]+"><\/a>/g, '');
    expect(residue).not.toMatch(/(?<!\\)<\/?[a-z][\w-]*[\s>/]|class=|astro-island|&(?:nbsp|#\d+|quot);/);
  });

  it('keeps a block of code with its language, its title and its lines', () => {
    const markdown = read('/protocol/close-codes.md');
    expect(markdown).toMatch(/^```json title="event\.reason"\n\{"error_code":"TOKEN_EXPIRED",.*\}\n```$/m);
    expect(read('/migrate.md')).toContain("```js\nsocket.addEventListener('message', (message) => {\n  const { event");
  });

  it('says in one line what is interactive on a page', () => {
    expect(read('/playground.md')).toMatch(/^\*\*Interactive:\*\* Playground\. .*\(\/playground\/\)\.$/m);
  });
});

describe('a link in Markdown', () => {
  it('leads to a file and an anchor of the site, in every page and in every text', async () => {
    expect(await findBrokenMarkdownLinks(siteDirectory)).toEqual([]);
  });

  it('leads to the Markdown version of a page, with the anchor', () => {
    expect(read('/migrate.md')).toContain('](/protocol/close-codes.md#token_in_header)');
    const paths = open.map(({ path }) => path);
    const toPages = markdownFiles.flatMap((file) =>
      withoutCode(read(file))
        .split('\n')
        // What is interactive is on the page alone.
        .map((line) => line.replace(/\*\*Interactive:\*\* .*/, ''))
        .flatMap((line) => [...line.matchAll(/\]\((\/[^)\s?#]*)\)/g)])
        .filter(([, link = '']) => paths.includes(link))
        .map(([, link]) => `${file} → ${link}`),
    );
    expect(toPages).toEqual([]);
  });

  it('leads to the page itself where the Markdown has not the anchor', () => {
    const texts = new Map([
      ['/a.md', '# A [link](/x)\n\n[1](/b.md#control) [2](/b.md#there) [3](/b.md) [4](/a.md#a-link) [5](/a.md#gone)'],
      ['/b.md', '# B\n\n<a id="there"></a>'],
    ]);
    const pageOf = (path: string) => path.replace(/\.md$/, '/');
    expect(withReachableAnchors(texts, pageOf).get('/a.md')).toBe(
      '# A [link](/x)\n\n[1](/b/#control) [2](/b.md#there) [3](/b.md) [4](/a.md#a-link) [5](/a/#gone)',
    );
  });

  describe('that leads nowhere', () => {
    let site: string;
    beforeAll(async () => {
      site = await mkdtemp(join(tmpdir(), 'markdown-links-'));
    });
    afterAll(() => rm(site, { recursive: true }));

    it('is found: a missing file, a missing anchor, and nothing else', async () => {
      const links = ['/a.md', '/a.md#one', '/a.md#two', '#own', 'https://elsewhere.example/x', '/b.md', '/a.md#three'];
      const text = `# One\n\n<a id="own"></a>${links.map((link) => `[x](${link})`).join(' ')} \`[x](/code.md)\`\n`;
      await writeFile(join(site, 'a.md'), `${text}\n## \`Two\`\n\n~~~\n[x](/fenced.md)\n# Three\n~~~\n`);
      expect(await findBrokenMarkdownLinks(site)).toEqual(['/a.md → /b.md', '/a.md → /a.md#three']);
    });
  });
});

describe('llms.txt', () => {
  const text = read('/llms.txt');

  it('begins with a title and a summary, and lists under headings alone', () => {
    expect(text).toMatch(/^# .+\n\n> .+\n\n[^#]+\n\n## /);
    const lists = text.slice(text.indexOf('\n## ')).trim().split('\n');
    expect(lists.filter((line) => !/^(?:|## .+|- \[.+\]\(\/\S+\.md\)(?:: .+)?)$/.test(line))).toEqual([]);
  });

  it('lists every page once', () => {
    const listed = [...text.matchAll(/^- \[.+\]\((\S+)\)/gm)].map(([, link]) => link);
    expect(listed.sort()).toEqual(open.map(({ path }) => markdownPath(path)).sort());
  });

  it('follows the sidebar', () => {
    const places = ['/migrate.md', '/start/what-this-is.md', '/protocol/endpoint.md', '/reference/configuration.md'];
    const found = places.map((path) => text.indexOf(`](${path})`));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found[0]).toBeGreaterThan(0);
  });
});

describe('the longer texts', () => {
  const pagesOf = (text: string) => [...text.matchAll(/^Page: (\S+)$/gm)].map(([, path = '']) => path);

  it('hold every page once, and the inside of the service last', () => {
    const paths = pagesOf(read('/llms-full.txt'));
    expect(paths.toSorted()).toEqual(open.map(({ path }) => path).sort());
    const inside = paths.map((path) => isAmong(insidePages, path));
    expect(inside).toEqual(inside.toSorted());
  });

  it('hold in the small one what a frontend needs, and no page of the inside', () => {
    const paths = pagesOf(read('/llms-small.txt'));
    expect(paths).toEqual(expect.arrayContaining(['/migrate/', '/protocol/messages/', '/protocol/close-codes/']));
    expect(paths.filter((path) => isAmong(insidePages, path))).toEqual([]);
    expect(frontendPages.filter((start) => !paths.some((path) => isAmong([start], path)))).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('the sitemap', () => {
  it('is well formed and lists every page once, with its whole address', () => {
    const text = read('/sitemap.xml');
    // The whole grammar of a sitemap that holds addresses alone.
    expect(text).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<urlset xmlns="http:\/\/www\.sitemaps\.org\/schemas\/sitemap\/0\.9">\n(?: {2}<url><loc>(?:[^<>&]|&(?:amp|apos);)+<\/loc><\/url>\n)+<\/urlset>\n$/,
    );
    const urls = [...text.matchAll(/<loc>(.*)<\/loc>/g)].map(([, url = '']) => new URL(url));
    expect(urls.map(({ pathname }) => pathname).sort()).toEqual(open.map(({ path }) => path).sort());
    const [site] = new Set(urls.map(({ origin }) => origin));
    expect(read('/robots.txt')).toBe(robots(site ?? ''));
    // Without SITE_URL nobody knows the right address.
    const isKnown = site !== siteAddress(undefined);
    expect(open.filter(({ html }) => html.includes('rel="canonical"')).length).toBe(isKnown ? open.length : 0);
  });

  it('escapes what XML and addresses would read otherwise', () => {
    expect(sitemap('https://a.example', ["/a&b's é/"])).toContain(
      '<loc>https://a.example/a&amp;b&apos;s%20%C3%A9/</loc>',
    );
  });
});

/** A text without its fenced blocks; inline code stays where it is. */
function withoutFences(markdown: string): string {
  return markdown.replace(/^[ >]*(`{3,}).*\n[\s\S]*?^[ >]*\1$/gm, '');
}
