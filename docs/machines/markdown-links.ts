import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headingAnchor } from './plain-content.ts';

const fencedCode = /^([ >]*)(`{3,}|~{3,}).*\n[\s\S]*?^[ >]*\2$/gm;
const inlineCode = /(`+)[^`\n](?:[^\n]*?[^`\n])?\1(?!`)/g;

/** A Markdown text without the code in it. */
export function withoutCode(markdown: string): string {
  return markdown.replace(fencedCode, '').replace(inlineCode, '');
}

/** The anchors of a Markdown text: its headings', as GitHub makes them, and those that it sets itself. */
function anchorsOf(markdown: string): Set<string> {
  const headings = [...markdown.replace(fencedCode, '').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    headingAnchor(text.replaceAll(/<a id="[^"]*"><\/a>|\]\([^)]*\)|[[`\\*]/g, '')),
  );
  const own = [...markdown.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = '']) => id);
  return new Set([...headings, ...own]);
}

/**
 * Lets a link lead to the page itself where its anchor is missing in the Markdown, as that of a control is.
 *
 * @param texts - The Markdown versions by their paths.
 * @param pageOf - The page of such a path.
 * @returns The texts with those links changed.
 */
export function withReachableAnchors(
  texts: ReadonlyMap<string, string>,
  pageOf: (path: string) => string,
): Map<string, string> {
  const anchors = new Map([...texts].map(([path, text]) => [path, anchorsOf(text)]));
  const changed = (text: string) =>
    text.replaceAll(/(\]\(<?)(\/[^)\s#]*\.md)(#[^)\s>]+)/g, (link, start: string, path: string, hash: string) => {
      const isMissing = anchors.get(path)?.has(decodeURIComponent(hash.slice(1))) === false;
      return isMissing ? `${start}${pageOf(path)}${hash}` : link;
    });
  return new Map([...texts].map(([path, text]) => [path, changed(text)]));
}

/**
 * Looks every internal link in a built site's Markdown and text files up.
 *
 * @param directory - Where the built site lies.
 * @returns A line for each link whose file or anchor does not exist: `<file> → <link>`.
 */
export async function findBrokenMarkdownLinks(directory: string): Promise<string[]> {
  const names = (await readdir(directory, { recursive: true })).filter((name) => /\.(?:md|txt)$/.test(name)).sort();
  const texts = new Map<string, string>();
  for (const name of names) texts.set(`/${name.replaceAll('\\', '/')}`, await readFile(join(directory, name), 'utf8'));
  const anchors = new Map([...texts].map(([path, text]) => [path, anchorsOf(text)]));

  const broken: string[] = [];
  for (const [path, text] of texts) {
    for (const [, link = ''] of withoutCode(text).matchAll(/\]\(<?([^)\s>]+)/g)) {
      const url = new URL(link, `http://site${path}`);
      if (url.host !== 'site') continue;
      const known = anchors.get(url.pathname);
      const id = decodeURIComponent(url.hash.slice(1));
      const found = known ? id === '' || known.has(id) : isThere(directory, url.pathname);
      if (!found) broken.push(`${path} → ${link}`);
    }
  }
  return broken;
}

function isThere(directory: string, path: string): boolean {
  return existsSync(join(directory, decodeURIComponent(path), path.endsWith('/') ? 'index.html' : ''));
}
