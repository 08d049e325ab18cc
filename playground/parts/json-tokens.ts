/** A piece of JSON text, and what it is. Punctuation and white space are `plain`. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'plain';
  readonly text: string;
}

// A string without an end is one up to the end of the text: tried anew from each quote in it, it would take minutes.
const pattern = /("(?:[^"\\]|\\[\s\S])*(?:"|\\?$))(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Splits JSON text for tinting. The tokens' texts joined give the text again, whatever it was. */
export function jsonTokens(text: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  let end = 0;
  const push = (kind: JsonToken['kind'], part: string | undefined) => {
    if (part) tokens.push({ kind, text: part });
  };
  for (const match of text.matchAll(pattern)) {
    push('plain', text.slice(end, match.index));
    const [whole, string, colon, number, word] = match;
    push(colon === undefined ? 'string' : 'key', string);
    push('plain', colon);
    push('number', number);
    push('word', word);
    end = match.index + whole.length;
  }
  push('plain', text.slice(end));
  return tokens;
}

/** JSON indented for reading; a text that is no JSON stays as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The text's first `limit` UTF-16 units, never half a character. */
export function cutText(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}
