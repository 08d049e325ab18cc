import { markdownPath } from './markdown-path.ts';
import { frontendPages, insidePages, isAmong } from './selection.ts';
import type { SidebarGroup } from './sidebar-order.ts';
import type { SitePage } from './site-pages.ts';

/** A page with its Markdown version. */
export interface MarkdownPage extends SitePage {
  readonly markdown: string;
}

/** Pages under one heading. */
interface Section {
  readonly label: string;
  readonly pages: readonly MarkdownPage[];
}

const anchors = /<a id="[^"]*"><\/a>/g;

/** Every page once: in the sidebar's order, then what stands in no sidebar, then the inside. */
export function sectionsOf(pages: readonly MarkdownPage[], groups: readonly SidebarGroup[]): Section[] {
  const left = new Map(pages.map((page) => [page.path, page]));
  const take = (paths: readonly string[]) =>
    paths.flatMap((path) => {
      const page = left.get(path);
      return page && left.delete(path) ? [page] : [];
    });

  const inside = take([...left.keys()].filter((path) => isAmong(insidePages, path)));
  const sections = groups.map(({ label, paths }, index) => ({
    label,
    pages: take(index === 0 ? ['/', ...paths] : paths),
  }));
  // The name is the convention's: what stands there may be left out where room is short.
  return [...sections, { label: 'Optional', pages: [...take([...left.keys()]), ...inside] }].filter(
    (section) => section.pages.length > 0,
  );
}

/** `llms.txt`, as https://llmstxt.org describes it: what there is to read, a line a page. */
export function llmsIndex(title: string, description: string, sections: readonly Section[]): string {
  const lists = sections.map(({ label, pages }) => {
    const lines = pages.map((page) =>
      [`- [${page.title}](${markdownPath(page.path)})`, summaryOf(page)].filter(Boolean).join(': '),
    );
    return `## ${label}\n\n${lines.join('\n')}`;
  });
  return `${[
    `# ${title}`,
    `> ${description}`,
    `Every page of the site is here as Markdown: \`/protocol/messages/\` is \`/protocol/messages.md\`. All of them in one file: [/llms-full.txt](/llms-full.txt). What it takes to move a frontend or to build one: [/llms-small.txt](/llms-small.txt).`,
    ...lists,
  ].join('\n\n')}\n`;
}

/** The page's description; of a page that has none, such as a generated one, the first sentence. */
function summaryOf({ description, markdown }: MarkdownPage): string {
  if (description !== '') return description;
  const [, ...paragraphs] = markdown.split('\n\n');
  const prose = paragraphs.find((paragraph) => /^[\p{L}\d]/u.test(paragraph)) ?? '';
  return prose.match(/^.*?[.!?](?=\s|$)/)?.[0] ?? '';
}

/** All pages in one text. */
export function llmsFull(sections: readonly Section[]): string {
  return joined(sections.flatMap(({ pages }) => pages));
}

/** The pages of {@link frontendPages} in one text, in the order of that list. */
export function llmsSmall(sections: readonly Section[]): string {
  const pages = sections.flatMap((section) => section.pages);
  return joined(
    frontendPages.flatMap((start) => pages.filter(({ path }) => isAmong([start], path) && !isAmong(insidePages, path))),
  );
}

/** Pages one after another, each with its address. Links lead to the pages, which have the anchors. */
function joined(pages: readonly MarkdownPage[]): string {
  return pages
    .map(({ path, markdown }) => markdown.replace('\n', `\n\nPage: ${path}\n`).replaceAll(anchors, ''))
    .join('\n---\n\n');
}
