/** What a search field holds, ready to be used. */
export type Search =
  | { readonly kind: 'none' }
  /** `limit`: how many UTF-16 units of a text are looked at. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly limit: number }
  /** A sentence for whoever wrote it. */
  | { readonly kind: 'problem'; readonly problem: string };

/** An expression can take time by the square of a text's length and worse; plain text cannot. */
export const expressionLimit = 4000;

/** A group with a repetition in it that is itself repeated. */
const nestedRepetition = /\((?:[^()\\]|\\.)*(?:[*+]|\{\d+,\d*\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,\d*\})/;

/** Reads `text`, found in upper and lower case, or `/expression/flags`. */
export function readSearch(written: string): Search {
  if (written.trim() === '') return { kind: 'none' };
  const [, source, flags] = written.match(/^\/(.+)\/([a-z]*)$/s) ?? [];
  if (source === undefined) {
    return { kind: 'pattern', pattern: new RegExp(escaped(written), 'i'), limit: Infinity };
  }
  if (nestedRepetition.test(source)) {
    return {
      kind: 'problem',
      problem: 'A repetition within a repetition can take minutes, so this one is not run. Write a+ for (a+)+.',
    };
  }
  try {
    // With `g` or `y` an expression remembers where it stopped, and would miss every other entry.
    const pattern = new RegExp(source, (flags ?? '').replaceAll(/[gy]/g, ''));
    return { kind: 'pattern', pattern, limit: expressionLimit };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error);
    return { kind: 'problem', problem: `Not a regular expression, so nothing is filtered by it: ${why}` };
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
