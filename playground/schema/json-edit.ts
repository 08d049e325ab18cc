import type { JsonPath } from './json-path.ts';
import { type JsonNode, memberOf, nodeAt, parseTree } from './json-tree.ts';

/*
 * Changes of a JSON text that leave every other byte as it is: the text is what is sent, however someone wrote it. A path that
 * leads nowhere, or a text that is no JSON, changes nothing.
 */

/** Puts a value where a path leads, in place of the one there. The last name of the path may be new. */
export function setValue(text: string, path: JsonPath, value: unknown): string {
  const root = parseTree(text);
  const node = nodeAt(root, path);
  if (node) return splice(text, node.from, node.to, write(value, text, indentAt(text, node.from)));
  const owner = nodeAt(root, path.slice(0, -1));
  const name = path.at(-1);
  if (owner?.kind === 'object' && typeof name === 'string')
    return append(text, owner, `${JSON.stringify(name)}: `, value);
  return owner?.kind === 'array' && name === owner.items.length ? append(text, owner, '', value) : text;
}

/** Takes a member or an item out, with its comma. */
export function removeValue(text: string, path: JsonPath): string {
  const owner = nodeAt(parseTree(text), path.slice(0, -1));
  if (owner === undefined) return text;
  const parts = partsOf(owner);
  const index = indexIn(owner, path.at(-1));
  const part = parts[index];
  if (part === undefined) return text;
  const [before, after] = [parts[index - 1], parts[index + 1]];
  if (after) return splice(text, part.from, after.from, '');
  return before ? splice(text, before.to, part.to, '') : splice(text, owner.from + 1, owner.to - 1, '');
}

/** Gives a member another name. */
export function renameKey(text: string, path: JsonPath, name: string): string {
  const member = memberOf(nodeAt(parseTree(text), path.slice(0, -1)), path.at(-1) ?? '');
  return member ? splice(text, member.keyFrom, member.keyTo, JSON.stringify(name)) : text;
}

function partsOf(node: JsonNode): readonly { readonly from: number; readonly to: number }[] {
  if (node.kind === 'object') return node.members.map(({ keyFrom, node: { to } }) => ({ from: keyFrom, to }));
  return node.kind === 'array' ? node.items : [];
}

function indexIn(node: JsonNode, part: string | number | undefined): number {
  if (node.kind === 'object') return node.members.findLastIndex(({ key }) => key === part);
  return typeof part === 'number' ? part : -1;
}

/** Adds at the end of an object or array, on a line of its own where the others have one. */
function append(text: string, owner: JsonNode, prefix: string, value: unknown): string {
  const parts = partsOf(owner);
  const last = parts.at(-1);
  const inside = text.slice(owner.from, last?.from ?? owner.to);
  const isOnLines = last ? inside.includes('\n') : text.includes('\n');
  const indent = last ? indentAt(text, last.from) : indentAt(text, owner.from) + unitOf(text);
  const written = prefix + write(value, text, indent);
  if (last) return splice(text, last.to, last.to, (isOnLines ? `,\n${indent}` : ', ') + written);
  const framed = isOnLines ? `\n${indent}${written}\n${indentAt(text, owner.from)}` : written;
  return splice(text, owner.from + 1, owner.to - 1, framed);
}

/** A value as JSON, on lines where the text has them. */
function write(value: unknown, text: string, indent: string): string {
  if (!text.includes('\n')) return JSON.stringify(value);
  return JSON.stringify(value, null, unitOf(text)).replaceAll('\n', `\n${indent}`);
}

/** What one level is indented by. */
function unitOf(text: string): string {
  return /\n([ \t]+)/.exec(text)?.[1] ?? '  ';
}

function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function splice(text: string, from: number, to: number, instead: string): string {
  return text.slice(0, from) + instead + text.slice(to);
}
