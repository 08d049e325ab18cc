import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { JsonPath } from '../../schema/json-path.ts';

type SyntaxNode = ReturnType<typeof syntaxTree>['topNode'];

/*
 * The editor's own syntax tree, because it stands while the text is being written and is no JSON yet.
 */

/** The path to a node, by the names and indexes around it. */
export function pathOfNode(state: EditorState, node: SyntaxNode): JsonPath {
  const path: (string | number)[] = [];
  for (let at: SyntaxNode = node; at.parent; at = at.parent) {
    if (at.name === 'Property') path.unshift(nameOf(state, at));
    else if (at.parent.name === 'Array') path.unshift(indexOf(at));
  }
  return path;
}

/** Where a cursor stands, for who would complete: a name of an object, or a value. */
export interface CursorPlace {
  readonly kind: 'name' | 'value';
  /** Of the object, or of the value. */
  readonly path: JsonPath;
  /** The names that the object has, but for the one at the cursor. */
  readonly names: readonly string[];
}

/**
 * What would stand at a place.
 *
 * @param from - Where the word at the cursor begins, its quote included.
 */
export function placeAt(state: EditorState, from: number): CursorPlace | undefined {
  const inside = syntaxTree(state).resolveInner(from, 1);
  if (/String|PropertyName/.test(inside.name) && inside.from < from) return undefined;
  const before = state.sliceDoc(0, from).trimEnd();
  const sign = before.at(-1);
  const container = containerAt(state, before.length);
  if (container === undefined) return undefined;
  const path = pathOfNode(state, container);
  if (container.name === 'Array') {
    if (sign !== '[' && sign !== ',') return undefined;
    const index = valuesOf(container).filter((item) => item.to <= from).length;
    return { kind: 'value', path: [...path, index], names: [] };
  }
  const properties = container.getChildren('Property');
  if (sign === ':') {
    const property = properties.findLast((one) => one.from < before.length);
    return property && { kind: 'value', path: [...path, nameOf(state, property)], names: [] };
  }
  if (sign !== '{' && sign !== ',') return undefined;
  const others = properties.filter((one) => one.from !== from);
  return { kind: 'name', path, names: others.map((one) => nameOf(state, one)) };
}

/** The object or list that is open at a place. */
function containerAt(state: EditorState, offset: number): SyntaxNode | undefined {
  for (let at: SyntaxNode | null = syntaxTree(state).resolveInner(offset, -1); at; at = at.parent)
    if (at.name === 'Object' || at.name === 'Array') return at;
  return undefined;
}

/** The name of a property, its quotes and escapes read. */
function nameOf(state: EditorState, property: SyntaxNode): string {
  const name = property.getChild('PropertyName');
  const text = name ? state.sliceDoc(name.from, name.to) : '';
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

function indexOf(item: SyntaxNode): number {
  return valuesOf(item.parent as SyntaxNode).findIndex((one) => one.from === item.from);
}

function valuesOf(list: SyntaxNode): SyntaxNode[] {
  const values: SyntaxNode[] = [];
  for (let child = list.firstChild; child; child = child.nextSibling)
    if (!child.type.isError && /^\w/.test(child.name)) values.push(child);
  return values;
}
