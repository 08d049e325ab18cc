/** What a search field holds, ready to be used. */
export type Search =
  | { readonly kind: 'none' }
  /** `limit`: how many UTF-16 units of a text are looked at. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly limit: number }
  /** A sentence for whoever wrote it. */
  | { readonly kind: 'problem'; readonly problem: string };

/** An expression can take time by the square of a text's length, by the cube with two repetitions; plain text cannot. */
export const expressionLimit = 2000;

/** Reads `text`, found in upper and lower case, or `/expression/flags`. */
export function readSearch(written: string): Search {
  if (written.trim() === '') return { kind: 'none' };
  const [, source, flags] = written.match(/^\/(.+)\/([a-z]*)$/s) ?? [];
  if (source === undefined) {
    return { kind: 'pattern', pattern: new RegExp(escaped(written), 'i'), limit: Infinity };
  }
  if (canRunForEver(source)) {
    return {
      kind: 'problem',
      problem:
        'A repeated group with a repetition or alternatives in it can take hours, so it is not run: write a+ for (a+)+, [ab]* for (a|b)*.',
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

/**
 * Whether a group is repeated that can match one text in several ways: the ways multiply with each character, and
 * nothing can stop an expression that runs.
 */
function canRunForEver(source: string): boolean {
  // What each group that is open so far has in it; the first is the expression itself.
  const groups = [false];
  const inner = source.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/gs, '.');
  for (const [token] of inner.matchAll(
    /\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?|\)(?:[*+]|\{\d+(?:,\d*)?\})?|[*+|]|\{\d+,\d*\}/g,
  )) {
    if (token.startsWith('(')) groups.push(false);
    else if (token.startsWith(')')) {
      const ambiguous = groups.pop() ?? false;
      const isRepeated = token.length > 1;
      if (isRepeated && ambiguous) return true;
      groups.push((groups.pop() ?? false) || ambiguous || isRepeated);
    } else groups.push(groups.pop() !== undefined);
  }
  return false;
}
