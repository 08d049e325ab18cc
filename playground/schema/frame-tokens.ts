import { type JsonToken, jsonTokens } from '../parts/json-tokens.ts';
import type { JsonPath } from './json-path.ts';

/** A piece of JSON text with its place: of a name the path that it begins, of a value where it stands. */
export interface FrameToken extends JsonToken {
  readonly path: JsonPath;
}

/** What is open around a token: an object at one of its names, or a list at one of its indexes. */
interface Open {
  readonly isList: boolean;
  part: string | number;
}

/** Deeper than this no path is known: no notification is so deep, and each token's path is as long as it is deep. */
const deepest = 50;

/**
 * Splits JSON text like {@link jsonTokens}, and tells each piece where it stands. The text may be cut off, or no JSON: then
 * the places are those of what looks like JSON.
 */
export function frameTokens(text: string): FrameToken[] {
  const open: Open[] = [];
  return jsonTokens(text).map((token) => {
    const top = open.at(-1);
    if (token.kind === 'key' && top) top.part = nameOf(token.text);
    const path = open.length > deepest ? [] : open.map(({ part }) => part);
    if (token.kind === 'plain') follow(open, token.text);
    return { ...token, path };
  });
}

function follow(open: Open[], punctuation: string): void {
  for (const sign of punctuation) {
    const top = open.at(-1);
    if (sign === '{') open.push({ isList: false, part: '' });
    else if (sign === '[') open.push({ isList: true, part: 0 });
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === ',' && top?.isList) top.part = Number(top.part) + 1;
  }
}

function nameOf(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
