import { fromHtml } from 'hast-util-from-html';
import { select } from 'hast-util-select';
import { toMdast } from 'hast-util-to-mdast';
import { toString as textOf } from 'hast-util-to-string';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { defaultHandlers, type Options, toMarkdown } from 'mdast-util-to-markdown';
import type { Node } from './hast.ts';
import { anchorTag, type PlainContext, plainContent } from './plain-content.ts';
import type { SitePage } from './site-pages.ts';

const options: Options = {
  bullet: '-',
  rule: '-',
  emphasis: '_',
  listItemIndent: 'one',
  extensions: [gfmToMarkdown({ tablePipeAlign: false })],
  handlers: {
    text: (node, parent, state, info) => withoutNeedlessEscapes(defaultHandlers.text(node, parent, state, info)),
  },
};

/** Writes a page as Markdown: its title, its description, and its content. */
export function pageToMarkdown({ title, description, html }: SitePage, context: PlainContext): string {
  const start = html.indexOf('<div class="sl-markdown-content"');
  const main = html.slice(start, html.indexOf('</main>', start));
  // The colours of code are most of a page's bytes, and say nothing here.
  const light = main.replace(/<pre\b.*?<\/pre>/gs, (code) => code.replaceAll(/<\/?(?:span|mark|ins|del)\b[^>]*>/g, ''));
  const tree = fromHtml(light, { fragment: true });
  const content = select('.sl-markdown-content', tree);
  const children = plainContent((content?.children ?? []) as Node[], context);
  const markdown = toMdast(
    { type: 'root', children },
    {
      document: true,
      handlers: {
        pre: (_state, node) => ({
          type: 'code',
          lang: node.properties.dataLanguage ? String(node.properties.dataLanguage) : null,
          meta: node.properties.title ? `title="${node.properties.title}"` : null,
          value: textOf(node),
        }),
        [anchorTag]: (_state, node) => ({ type: 'html', value: `<a id="${node.properties.id}"></a>` }),
      },
    },
  );
  const parts = [`# ${title}`, description, toMarkdown(markdown, options).trim()];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Whoever searches for TOKEN_EXPIRED or `redis://[user]` shall find it as it is written. */
function withoutNeedlessEscapes(markdown: string): string {
  return (
    markdown
      // Within a word an underscore emphasises nothing.
      .replace(/(?<=[\p{L}\p{N}])\\_(?=[\p{L}\p{N}])/gu, '_')
      .replaceAll('\\://', '://')
      // What no parenthesis follows is no link: there are no references here.
      .replace(/\\\[(?=[^\][()^]+\](?!\())/g, '[')
  );
}
