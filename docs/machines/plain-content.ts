import { select, selectAll } from 'hast-util-select';
import { toString as textOf } from 'hast-util-to-string';
import { type Element, element, hasClass, type Node, text } from './hast.ts';

/** What is known of the page while its content is made plain. */
export interface PlainContext {
  /** The page's path. */
  readonly path: string;
  /** Where a link of the page leads in the Markdown version. */
  readonly linkFor: (href: string) => string;
  /** Whether something on the site links to this anchor of the page. */
  readonly isLinkedTo: (id: string) => boolean;
}

/** An element that becomes an anchor in the Markdown; no such element is in HTML. */
export const anchorTag = 'x-anchor';

const dropped = new Set(['script', 'style', 'link', 'template', 'button', 'form', 'nav', 'h1', 'wbr']);
const droppedClasses = ['sr-only', 'sl-anchor-link', 'starlight-aside__icon'];
/** An anchor cannot stand before the first of their cells, terms or paragraphs: it goes inside. */
const containers = new Set(['div', 'section', 'article', 'table', 'thead', 'tbody', 'tr', 'dl', 'ul', 'ol']);
const headings = /^h[2-6]$/;

/** Reduces the content of a page to what Markdown can say: no scripts, no controls, no decoration. */
export function plainContent(nodes: readonly Node[], context: PlainContext): Node[] {
  return plainAll(nodes, context, []);
}

/** The anchor that GitHub and Starlight make of a heading's text. */
export function headingAnchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** @param ids - The anchors that the nodes stand in: a link to one of them leads to where it stands. */
function plainAll(nodes: readonly Node[], context: PlainContext, ids: readonly string[]): Node[] {
  const kept: Node[] = [];
  for (const node of nodes) {
    for (const plain of plainNode(node, context, ids)) {
      const previous = kept.at(-1);
      if (previous) kept.push(...separator(previous, plain));
      kept.push(plain);
    }
  }
  return kept;
}

function plainNode(node: Node, context: PlainContext, ids: readonly string[]): Node[] {
  // Anew, without its place in the page: trees are copied on the way.
  if (node.type === 'text') return [text(node.value)];
  if (node.type !== 'element' || isDropped(node)) return [];

  const id = typeof node.properties.id === 'string' ? node.properties.id : undefined;
  const within = id === undefined ? ids : [...ids, id];
  // What a row is called links to the row.
  const rowIds = node.tagName === 'tr' && id === undefined ? ids : within;
  const result = plainElement(node, context, rowIds);
  if (id === undefined || !context.isLinkedTo(id)) return result;
  if (headings.test(node.tagName) && headingAnchor(textOf(node)) === id) return result;
  return withAnchor(result, element(anchorTag, { id }, []));
}

function plainElement(node: Element, context: PlainContext, ids: readonly string[]): Node[] {
  const inside = () => plainAll(node.children as Node[], context, ids);
  if (hasClass(node, 'expressive-code')) return codeBlock(node);
  if (hasClass(node, 'starlight-aside')) return aside(node, context, ids);
  switch (node.tagName) {
    case 'astro-island':
      return [interactive(node, context)];
    case 'svg':
      return drawing(node);
    case 'a':
      return link(node, inside(), context, ids);
    case 'starlight-tabs':
      return tabs(node, context, ids);
    case 'summary':
      return [element('p', {}, [element('strong', {}, inside())])];
    case 'dl':
      return definitions(node, context, ids);
    case 'td':
    case 'th':
      return [element(node.tagName, spans(node), inOneLine(inside()))];
    case 'mark':
    case 'u':
      return inside();
    default:
      return [element(node.tagName, properties(node), inside())];
  }
}

function isDropped(node: Element): boolean {
  if (node.tagName === 'svg' && node.properties.role === 'img') return false;
  // A box of a list of things to do is Markdown, too.
  if (node.tagName === 'input') return node.properties.type !== 'checkbox';
  // What is shown only once something was done, or only says how far it is.
  const isSilent = node.properties.hidden === true || node.properties.role === 'status';
  const isHidden = String(node.properties.ariaHidden) === 'true' || isSilent || node.tagName === 'svg';
  return isHidden || dropped.has(node.tagName) || droppedClasses.some((name) => hasClass(node, name));
}

/** What two neighbours need between them that CSS kept apart. */
function separator(before: Node, after: Node): Node[] {
  if (hasClass(after, 'hr-note') && before.type === 'text') return [text(' ')];
  if (before.type !== 'element' || after.type !== 'element' || !isInline(before) || !isInline(after)) return [];
  if (before.tagName === anchorTag || after.tagName === anchorTag) return [];
  if (before.tagName !== after.tagName) return [text(' ')];
  return [text(before.tagName === 'a' ? ', ' : before.tagName === 'span' ? '; ' : ' ')];
}

function isInline({ tagName }: Element): boolean {
  return ['a', 'code', 'span', 'strong', 'em', 'kbd'].includes(tagName);
}

function properties({ properties: all }: Element): Element['properties'] {
  const { href, src, alt, start, className, type, checked } = all;
  return { href, src, alt, start, className, type, checked };
}

function spans({ properties: { colSpan, rowSpan } }: Element): Element['properties'] {
  return { colSpan, rowSpan };
}

function link(node: Element, children: Node[], { linkFor }: PlainContext, ids: readonly string[]): Node[] {
  const href = String(node.properties.href ?? '');
  if (hasClass(node, 'hr-term') || ids.some((id) => href === `#${id}`)) return children;
  return [element('a', { href: linkFor(href) }, children)];
}

/** A block of Expressive Code: its lines, without the button that copies them. What shows a change is a diff. */
function codeBlock(node: Element): Node[] {
  const isChange = select('.ec-line.ins', node) && select('.ec-line.del', node);
  const sign = (line: Element) => (hasClass(line, 'ins') ? '+ ' : hasClass(line, 'del') ? '- ' : '  ');
  const lines = selectAll('.ec-line', node).map((line) => {
    const code = textOf(select('.code', line) ?? line).replace(/\n$/, '');
    return isChange ? (sign(line) + code).trimEnd() : code;
  });
  const title = select('figcaption .title', node);
  const language = isChange ? 'diff' : select('pre', node)?.properties.dataLanguage;
  return [element('pre', { dataLanguage: language, title: title && textOf(title) }, [text(lines.join('\n'))])];
}

function aside(node: Element, context: PlainContext, ids: readonly string[]): Node[] {
  const title = element('p', {}, [element('strong', {}, [text(String(node.properties.ariaLabel ?? 'Note'))])]);
  const content = select('.starlight-aside__content', node);
  return [element('blockquote', {}, [title, ...plainAll((content?.children ?? []) as Node[], context, ids)])];
}

/** Tabs one beneath the other, each under its name. */
function tabs(node: Element, context: PlainContext, ids: readonly string[]): Node[] {
  const names = new Map(selectAll('[role=tab]', node).map((tab) => [tab.properties.id, textOf(tab).trim()]));
  return selectAll('[role=tabpanel]', node).flatMap((panel) => {
    const name = names.get([panel.properties.ariaLabelledBy].flat()[0] as string) ?? '';
    return [
      element('p', {}, [element('strong', {}, [text(name)])]),
      ...plainAll(panel.children as Node[], context, ids),
    ];
  });
}

/** A list whose items begin with the word that is defined. */
function definitions(node: Element, context: PlainContext, ids: readonly string[]): Node[] {
  const items: Node[][] = [];
  const add = (nodes: readonly Node[], within: readonly string[]) => {
    for (const child of nodes) {
      if (child.type !== 'element') continue;
      const id = typeof child.properties.id === 'string' ? [child.properties.id] : [];
      const content = () => inOneLine(plainAll(child.children as Node[], context, [...within, ...id]));
      const marks = id.filter(context.isLinkedTo).map((name) => element(anchorTag, { id: name }, []));
      if (child.tagName === 'div') {
        const before = items.length;
        add(child.children as Node[], [...within, ...id]);
        items[before]?.unshift(...marks);
      }
      if (child.tagName === 'dt') items.push([...marks, element('strong', {}, content())]);
      if (child.tagName === 'dd') items.at(-1)?.push(text(': '), ...marks, ...content());
    }
  };
  add(node.children as Node[], ids);
  return [
    element(
      'ul',
      {},
      items.map((item) => element('li', {}, [element('p', {}, item)])),
    ),
  ];
}

/** One line that says what a browser would show here, and where. */
function interactive(node: Element, { path }: PlainContext): Node {
  const named = node.children.find((child) => child.type === 'element')?.properties.ariaLabel;
  // Astro notes the component's name for its own messages.
  const { name: component } = JSON.parse(String(node.properties.opts)) as { name: string };
  const name = named ? String(named) : component.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return element('p', {}, [
    element('strong', {}, [text('Interactive:')]),
    text(` ${name}. It runs in a browser, on `),
    element('a', { href: path }, [text('the page itself')]),
    text('.'),
  ]);
}

function drawing(node: Element): Node[] {
  const title = select('title', node);
  return title ? [element('p', {}, [element('em', {}, [text(`Drawing: ${textOf(title).trim()}`)])])] : [];
}

/** Blocks in the cell of a table, which Markdown keeps to one line. */
function inOneLine(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node, index): Node[] => {
    if (node.type !== 'element') return [node];
    const gap = index > 0 ? [text(' ')] : [];
    switch (node.tagName) {
      case 'p':
      case 'div':
      case 'li':
        return [...gap, ...inOneLine(node.children as Node[])];
      case 'ul':
      case 'ol':
        return [...gap, ...inOneLine(node.children.filter((item) => item.type === 'element') as Node[])];
      case 'pre':
        return [...gap, element('code', {}, [text(textOf(node).replace(/\s+/g, ' ').trim())])];
      case 'br':
        return [text(' ')];
      default:
        return [node];
    }
  });
}

function withAnchor(nodes: readonly Node[], anchor: Element): Node[] {
  const [first, ...rest] = nodes;
  if (first?.type !== 'element') return [anchor, ...nodes];
  const children = first.children as Node[];
  if (!containers.has(first.tagName)) return [{ ...first, children: [anchor, ...first.children] }, ...rest];
  const at = children.findIndex((child) => child.type === 'element');
  if (at < 0) return [anchor, ...nodes];
  const inner = withAnchor(children.slice(at), anchor) as Element['children'];
  return [{ ...first, children: [...first.children.slice(0, at), ...inner] }, ...rest];
}
