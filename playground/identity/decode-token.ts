/** What a JWT says of itself. Nothing of it is verified here: that is the service's part. */
export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A part that cannot be read. `message` is a sentence, and holds nothing of the token. */
class Unreadable extends Error {}

/**
 * Reads a JWT without verifying it.
 *
 * @returns `undefined` where the text is not two base64url parts of JSON objects and a third part.
 */
export function decodeToken(token: string): DecodedToken | undefined {
  const read = readToken(token);
  return 'fault' in read ? undefined : read;
}

/** Reads a JWT, or says in a sentence why the text is none. */
export function readToken(token: string): DecodedToken | { readonly fault: string } {
  try {
    const parts = token.split('.');
    if (parts.length === 5)
      throw new Unreadable('It has five parts: it is encrypted (JWE). The service reads signed tokens alone.');
    if (parts.length !== 3) {
      const found = parts.length === 1 ? 'no dot' : `${parts.length} parts`;
      throw new Unreadable(`It has ${found}; a JWT has three parts, joined by dots.`);
    }
    return { header: decodePart('header', parts[0]), payload: decodePart('payload', parts[1]) };
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.message };
    throw error;
  }
}

function decodePart(name: string, part = ''): Record<string, unknown> {
  let text: string;
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable(`Its ${name} is not base64url text: it was cut or changed.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable(`Its ${name} is not JSON.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Unreadable(`Its ${name} is JSON, but no object.`);
}
