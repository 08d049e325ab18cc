import { type DecodedToken, readToken } from './decode-token.ts';
import { type PastedToken, subjectOf } from './token.ts';

/** What pasted text came to; `fault` is a sentence that says why it is no JWT. */
export interface PasteReading {
  readonly pasted: PastedToken;
  readonly fault: string | undefined;
}

/** What people copy along with a token, from the outside to the inside. */
const wrappings: readonly { readonly name: string; readonly pattern: RegExp; readonly inside: string }[] = [
  { name: 'the name of the header', pattern: /^authorization:\s*(.*)$/is, inside: '$1' },
  { name: 'the address', pattern: /^wss?:\/\/[^\s]*[?&]token=([^&#\s]*).*$/is, inside: '$1' },
  { name: 'quotes', pattern: /^(["'`])(.*)\1[,;]?$/s, inside: '$2' },
  { name: '“Bearer”', pattern: /^bearer\s+(.*)$/is, inside: '$1' },
];

/**
 * Takes the token out of what was pasted.
 *
 * @param at - Now, in milliseconds since 1970.
 * @returns `undefined` where there is nothing but white space.
 */
export function readPaste(text: string, at: number): PasteReading | undefined {
  const { token, trimmed } = unwrap(text);
  if (token === '') return undefined;
  const read = readToken(token);
  const decoded: DecodedToken | undefined = 'fault' in read ? undefined : read;
  const userId = subjectOf(decoded);
  return {
    pasted: { origin: 'pasted', token, decoded, userId, trimmed, obtainedAt: at },
    fault: 'fault' in read ? read.fault : undefined,
  };
}

function unwrap(text: string): { readonly token: string; readonly trimmed: readonly string[] } {
  const trimmed = new Set<string>();
  let token = text.trim();
  // Each wrapping may hold another: quotes around `Bearer`, `Bearer` before quotes.
  for (let found = true; found; ) {
    found = false;
    for (const { name, pattern, inside } of wrappings) {
      if (!pattern.test(token)) continue;
      token = token.replace(pattern, inside).trim();
      trimmed.add(name);
      found = true;
    }
  }
  // Terminals and mail break long lines.
  const whole = token.replaceAll(/\s+/g, '');
  if (whole !== token || text !== text.trim()) trimmed.add('white space');
  return { token: whole, trimmed: [...trimmed] };
}
