import { fromHtml } from 'hast-util-from-html';
import { glossaryPage, sortedTerms, type TermAnchor, terms } from './terms.ts';

/** Links to the glossary that one paragraph, list item or cell may hold: a line full of links is hard to read. */
const linksPerBlock = 2;

/** The text that is read as sentences. A heading, a row's name and the name of a fold are labels. */
const blockTags = new Set(['p', 'li', 'td', 'dd']);
const passedOverTags = new Set(
  'a button code h1 h2 h3 h4 h5 h6 kbd label nav pre script select style summary svg template textarea th dt astro-island'.split(
    ' ',
  ),
);
const passedOverClasses = ['not-content', 'expressive-code', 'starlight-aside__title'];

type Node = ReturnType<typeof fromHtml>['children'][number];
type Element = Extract<Node, { type: 'element' }>;
type Text = Extract<Node, { type: 'text' }>;

/** A text, and the innermost block that it stands in. */
interface Passage {
  readonly text: Text;
  readonly block: Element;
}

/** An insertion into the page's source. */
interface Insertion {
  readonly start: number;
  readonly end: number;
  readonly anchor: TermAnchor;
}

const anchorsBySpelling = new Map(
  sortedTerms.flatMap(({ anchor, term }) =>
    [term.name, ...(term.spellings ?? [])].map((spelling) => [normalized(spelling), anchor] as const),
  ),
);
const linkedAnchors = new Set(sortedTerms.filter(({ term }) => term.isLinked).map(({ anchor }) => anchor));
const pagesOfTerms = new Map(sortedTerms.map(({ anchor, term }) => [anchor, term.page]));

/** Every spelling, the longest first: "text frame" is not "text" and a "frame". */
const anySpelling = new RegExp(
  `(?<![\\p{L}\\p{N}_/.-])(?:${[...anchorsBySpelling.keys()]
    .sort((a, b) => b.length - a.length)
    .map(pattern)
    .join('|')})(?![\\p{L}\\p{N}_/]|[-.][\\p{L}\\p{N}])`,
  'gu',
);

/**
 * Makes a link to the glossary of the first occurrence of each term in a page's main text.
 *
 * @param html - The page. No byte of it changes but for the links: an island would not find its place again.
 * @param path - The page's path. A page that is about a term as a whole does not link it.
 */
export function linkTerms(html: string, path: string): string {
  const from = html.indexOf('<div class="sl-markdown-content"');
  const to = html.indexOf('</main>', from);
  if (from < 0 || to < 0 || path === '/' || path === glossaryPage) return html;

  const main = html.slice(from, to);
  const insertions = findTerms(main, path);
  let result = html.slice(0, from);
  let position = 0;
  for (const { start, end, anchor } of insertions) {
    // The definition as a title: a mouse sees it at once, everyone else has the link, and it costs no script.
    const title = escaped(terms[anchor].definition.replaceAll('`', ''));
    const link = `<a class="hr-term" href="${glossaryPage}#${anchor}" title="${title}">${main.slice(start, end)}</a>`;
    result += main.slice(position, start) + link;
    position = end;
  }
  return result + main.slice(position) + html.slice(to);
}

function findTerms(main: string, path: string): Insertion[] {
  const found: Insertion[] = [];
  const seen = new Set<TermAnchor>();
  const linksIn = new Map<Element, number>();
  // Code is most of a page's bytes, and nothing in it is linked. Blank, it costs no time, and every place stays where it is.
  const light = main.replace(/<pre\b.*?<\/pre>/gs, (code) => ' '.repeat(code.length));
  for (const { text, block } of passages(fromHtml(light, { fragment: true }).children)) {
    const offset = text.position?.start.offset ?? 0;
    // As it stands in the source, where an entity is longer than the character that it means.
    const source = main.slice(offset, text.position?.end.offset ?? 0);
    for (const match of source.matchAll(anySpelling)) {
      const anchor = anchorsBySpelling.get(normalized(match[0]));
      const links = linksIn.get(block) ?? 0;
      if (!anchor || !linkedAnchors.has(anchor) || seen.has(anchor) || pagesOfTerms.get(anchor) === path) continue;
      if (links >= linksPerBlock) continue;
      seen.add(anchor);
      linksIn.set(block, links + 1);
      found.push({ start: offset + match.index, end: offset + match.index + match[0].length, anchor });
    }
  }
  return found;
}

function* passages(nodes: readonly Node[], block?: Element): Generator<Passage> {
  for (const node of nodes) {
    if (node.type === 'text' && block) yield { text: node, block };
    if (node.type !== 'element' || isPassedOver(node)) continue;
    yield* passages(node.children as Node[], blockTags.has(node.tagName) ? node : block);
  }
}

function isPassedOver({ tagName, properties }: Element): boolean {
  const classes = properties.className;
  return (
    passedOverTags.has(tagName) || (Array.isArray(classes) && passedOverClasses.some((name) => classes.includes(name)))
  );
}

/** A spelling whose first letter is small, unless it is an abbreviation or a name: a sentence may begin with it. */
function normalized(spelling: string): string {
  const plain = spelling.replace(/\s+/g, ' ');
  return /^\p{Lu}\p{Ll}/u.test(plain) ? plain.charAt(0).toLowerCase() + plain.slice(1) : plain;
}

function pattern(spelling: string): string {
  const literal = spelling.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  // A sentence may begin with it, and a line of the source may end between two words.
  return literal.replace(/^\p{Ll}/u, (letter) => `[${letter}${letter.toUpperCase()}]`).replaceAll(' ', '\\s+');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
