/** What stands where a token stood. */
export const removed = '[token removed]';

/** What was redacted: the value without what was taken out, and how often something was. */
export interface Redacted<T> {
  readonly value: T;
  readonly removals: number;
}

/** Base64url parts joined by dots, not preceded by more of the same: each run of characters is looked at once. */
const dotted = /(?<![\w-])[\w-]{6,}(?:\.[\w-]*)+/g;

/** What names a secret by the place where it stands. */
const placed = [
  /([?&](?:token|access_token|id_token)=)(?!…|\[|%5B)[^&#\s"'\\<>]+/gi,
  /(\bbearer\s+)(?!\[)[\w.~+/-]{8,}=*/gi,
  /(\b\w{2,10}:\/\/)[^\s/@"'\\]{1,256}@/g,
] as const;

/** Takes out whatever looks like a JWT, a token in a URL or in a header, or a user and password in a URL. */
export function redactText(text: string): Redacted<string> {
  let removals = 0;
  const taken = (kept: string) => {
    removals += 1;
    return kept + removed;
  };
  let value = text.replace(dotted, (match) => {
    const at = tokenStart(match);
    return at === undefined ? match : taken(match.slice(0, at));
  });
  for (const pattern of placed) value = value.replace(pattern, (_, kept: string) => taken(kept));
  return { value, removals };
}

/** The same for every text within a JSON value, the names of its fields too. */
export function redact<T>(value: T): Redacted<T> {
  let removals = 0;
  const text = (given: string) => {
    const redacted = redactText(given);
    removals += redacted.removals;
    return redacted.value;
  };
  const walk = (given: unknown): unknown => {
    if (typeof given === 'string') return text(given);
    if (Array.isArray(given)) return given.map(walk);
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([name, field]) => [text(name), walk(field)]));
  };
  return { value: walk(value) as T, removals };
}

/** Where in such parts a token begins: with the first, or where `{"` stands as base64url writes it. */
function tokenStart(parts: string): number | undefined {
  if (isJoseHeader(parts.slice(0, parts.indexOf('.')))) return 0;
  const at = parts.indexOf('eyJ');
  return at !== -1 && parts.indexOf('.', at) !== -1 ? at : undefined;
}

/** Whether a part is base64url of a JSON object: only so can a text be told from the name of a host. */
function isJoseHeader(part: string): boolean {
  try {
    const text = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
