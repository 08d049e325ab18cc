import type { fromHtml } from 'hast-util-from-html';

/** The tree of a piece of HTML. */
export type Root = ReturnType<typeof fromHtml>;
/** What may stand in the tree. */
export type Node = Root['children'][number];
/** An element of the tree. */
export type Element = Extract<Node, { type: 'element' }>;

/** Makes an element. */
export function element(tagName: string, properties: Element['properties'], children: readonly Node[]): Element {
  return { type: 'element', tagName, properties, children: children as Element['children'] };
}

/** Makes a text. */
export function text(value: string): Node {
  return { type: 'text', value };
}

/** Whether a node is an element that has a class. */
export function hasClass(node: Node, name: string): boolean {
  if (node.type !== 'element') return false;
  const { className } = node.properties;
  return Array.isArray(className) && className.includes(name);
}
