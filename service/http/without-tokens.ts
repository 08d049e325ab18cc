import { rememberedTextLength } from '../contract/development.ts';

/** Where a query or a parameter begins, also one that was encoded or given with a sign of its own by mistake. */
const parameters = /[?#;&=]|%(?:25)*(?:3f|23|3b|26|3d)/i;

/** The start of a JWT's part: a brace, then a quote, a space or a new line, in base64url. */
const jwtLike = /ey[A-DI-L][\w-]{4,}|ew[0k-p][\w-]{16,}/;

/** What in a path is too long to be an id, which at most is a UUID: a signature alone is. */
const opaque = /[\w.~+-]{41,}|bearer/i;

/**
 * A path as it may be kept: without its query, without anything that looks like a token, and of bounded length.
 *
 * A token comes in a path where a client puts it there by mistake. What is left out, and everything after it, is a `…`.
 */
export function shownPath(url: string): string {
  const [path = ''] = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').split(/[?#]/);
  const found = parameters.exec(path);
  const bare = found === null ? path : `${path.slice(0, found.index)}${found[0]}…`;
  const segments = bare.split('/');
  const secret = segments.findIndex((segment) => isSecret(decoded(segment)));
  return cut(secret === -1 ? bare : [...segments.slice(0, secret), '…'].join('/'));
}

/** An `Origin` as it may be kept: a scheme, a host and a port, or `…` for anything else. */
export function shownOrigin(origin: string): string {
  const isOrigin = origin === 'null' || /^[a-z][a-z\d+.-]*:\/\/[^/?#@\s]+$/i.test(origin);
  return isOrigin ? shownText(origin) : '…';
}

/** A text as it may be kept; one that looks like a token is a `…`. */
export function shownText(text: string): string {
  return jwtLike.test(decoded(text)) ? '…' : cut(text);
}

function isSecret(segment: string): boolean {
  return jwtLike.test(segment) || opaque.test(segment);
}

function cut(text: string): string {
  if (text.length <= rememberedTextLength) return text;
  return `${text.slice(0, rememberedTextLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Percent-encoding undone, as often as it was done; what is no such encoding stays. */
function decoded(text: string): string {
  let before: string;
  let after = text;
  do {
    before = after;
    after = before.replaceAll(/%([\da-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  } while (after !== before);
  return after;
}
