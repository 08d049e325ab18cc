import type { JsonPath } from './json-path.ts';

/** A value in a JSON text, and from where to where it stands there, in UTF-16 units. */
export type JsonNode = { readonly from: number; readonly to: number } & (
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
);

/** A name in an object and its value. */
export interface JsonMember {
  readonly key: string;
  readonly keyFrom: number;
  readonly keyTo: number;
  readonly node: JsonNode;
}

/** Deeper than any notification; each level is a call. */
const deepest = 200;

/** The values of a JSON text with their places; `undefined` where the text is not JSON, or nested deeper than 200. */
export function parseTree(text: string): JsonNode | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return new Reader(text).read(0);
}

/** Where a path leads to; `undefined` where there is nothing. Of a name that stands twice the last, as in `JSON.parse`. */
export function nodeAt(root: JsonNode | undefined, path: JsonPath): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>((node, part) => {
    if (node?.kind === 'array') return typeof part === 'number' ? node.items[part] : undefined;
    return memberOf(node, part)?.node;
  }, root);
}

/** A member by its name. */
export function memberOf(node: JsonNode | undefined, key: string | number): JsonMember | undefined {
  return node?.kind === 'object' ? node.members.findLast((member) => member.key === key) : undefined;
}

/** Reads what `JSON.parse` has accepted, so it checks nothing. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(depth: number): JsonNode | undefined {
    if (depth > deepest) return undefined;
    this.#skipSpace();
    const from = this.#at;
    switch (this.#text[from]) {
      case '{':
        return this.#object(from, depth);
      case '[':
        return this.#array(from, depth);
      default: {
        const value = JSON.parse(this.#scalar());
        return { kind: 'value', value, from, to: this.#at };
      }
    }
  }

  #object(from: number, depth: number): JsonNode | undefined {
    const members: JsonMember[] = [];
    while (this.#next('}')) {
      const keyFrom = this.#at;
      const key = JSON.parse(this.#scalar());
      const keyTo = this.#at;
      this.#skipSpace();
      this.#at += 1;
      const node = this.read(depth + 1);
      if (node === undefined) return undefined;
      members.push({ key, keyFrom, keyTo, node });
    }
    return { kind: 'object', members, from, to: this.#at };
  }

  #array(from: number, depth: number): JsonNode | undefined {
    const items: JsonNode[] = [];
    while (this.#next(']')) {
      const node = this.read(depth + 1);
      if (node === undefined) return undefined;
      items.push(node);
    }
    return { kind: 'array', items, from, to: this.#at };
  }

  /** Steps over the opening sign or the comma to what comes next, or over the end. @returns Whether something comes. */
  #next(end: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== end) {
      this.#at += 1;
      this.#skipSpace();
    }
    if (this.#text[this.#at] !== end) return true;
    this.#at += 1;
    return false;
  }

  #scalar(): string {
    const pattern = this.#text[this.#at] === '"' ? /"(?:[^"\\]|\\.)*"/y : /[^\s,\]}]+/y;
    pattern.lastIndex = this.#at;
    const [scalar = ''] = pattern.exec(this.#text) ?? [];
    this.#at += scalar.length;
    return scalar;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}
