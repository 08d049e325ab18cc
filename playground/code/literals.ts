/** A value of JSON. */
type Json = null | boolean | number | string | readonly unknown[] | Readonly<Record<string, unknown>>;

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
/** Control characters, the line separators of Unicode, marks that turn the direction of a line, and halves of characters. */
const unreadable = new RegExp(
  `[\\u0000-\\u001F\\u007F-\\u009F\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069\\uFEFF]|${loneSurrogate.source}`,
  'g',
);

const codeUnit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text as a literal of JavaScript or TypeScript, for any place: in `<script>`, too, where `</script>` would end it. */
export function javascriptString(text: string): string {
  const escaped = text
    .replaceAll(/[\\']/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll(unreadable, codeUnit)
    .replaceAll(/<(?=[/!])/g, '\\x3C');
  return `'${escaped}'`;
}

/** A text as a literal of Python 3. */
export function pythonString(text: string): string {
  const escaped = text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll(unreadable, codeUnit);
  return `"${escaped}"`;
}

/**
 * A text as one word of a POSIX shell. What {@link fitsShell} refuses cannot be one.
 *
 * @throws RangeError where the text does not fit.
 */
export function shellWord(text: string): string {
  if (!fitsShell(text)) throw new RangeError('A word of a shell holds neither U+0000 nor half a character.');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether a text can be given to a program: its arguments end at U+0000, and are bytes of UTF-8 otherwise. */
export function fitsShell(text: string): boolean {
  return !text.includes('\0') && !loneSurrogate.test(text);
}

/** A value of JSON as an expression of JavaScript. */
export function javascriptValue(value: unknown): string {
  return expression(value as Json, { string: javascriptString, key: javascriptKey, padding: ' ', words: {} });
}

/** A value of JSON as an expression of Python. */
export function pythonValue(value: unknown): string {
  const words = { null: 'None', true: 'True', false: 'False' };
  return expression(value as Json, { string: pythonString, key: pythonString, padding: '', words });
}

/** JSON without a character that could be taken for another: what a shell or a terminal passes on as it is. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(unreadable, codeUnit);
}

interface Spelling {
  readonly string: (text: string) => string;
  readonly key: (text: string) => string;
  /** Between braces and what they hold. */
  readonly padding: string;
  readonly words: Readonly<Record<string, string>>;
}

function expression(value: Json, spelling: Spelling): string {
  if (typeof value === 'string') return spelling.string(value);
  if (Array.isArray(value)) return `[${value.map((item) => expression(item as Json, spelling)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, one]) => `${spelling.key(key)}: ${expression(one as Json, spelling)}`,
    );
    return members.length === 0 ? '{}' : `{${spelling.padding}${members.join(', ')}${spelling.padding}}`;
  }
  const word = String(value);
  return spelling.words[word] ?? word;
}

/** `{"__proto__": …}` would set the prototype: computed, it is a key like any other. */
function javascriptKey(key: string): string {
  if (key === '__proto__') return `['__proto__']`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : javascriptString(key);
}
