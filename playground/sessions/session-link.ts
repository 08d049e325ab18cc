import { sessionLimits } from '../../service/sessions/session-file.ts';

/** The parameter of the hash that holds a session. */
const parameter = 's';

/** The longest link that is made, in characters: chat programs and mail cut longer ones. */
export const longestLink = 8000;

/** What the hash of an address holds of a session: its text, or why that cannot be had; `undefined` where nothing. */
export type LinkedText = { readonly text: string } | { readonly problem: string };

/** Whether the address carries a session. */
export function isSessionLink(hash: string): boolean {
  return hash.startsWith(`#${parameter}=`);
}

/**
 * The address that opens a session.
 *
 * @param page - The address of the page; its query and hash are left out.
 * @param text - The session, as short as it can be written.
 */
export async function sessionLink(page: string, text: string): Promise<string> {
  const url = new URL(page);
  url.search = '';
  const packed = await collect(new Blob([text]).stream().pipeThrough(new CompressionStream('deflate')));
  url.hash = `${parameter}=${toBase64Url(packed)}`;
  return url.href;
}

/** Reads the session's text out of a hash. */
export async function readSessionLink(hash: string): Promise<LinkedText> {
  const encoded = hash.slice(parameter.length + 2);
  const cut = 'The link is broken: it was cut off or changed on its way. Ask for it again, or for the file.';
  try {
    const stream = new Blob([fromBase64Url(encoded)]).stream().pipeThrough(new DecompressionStream('deflate'));
    const bytes = await collect(stream, sessionLimits.bytes);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { problem: error instanceof TooLarge ? 'The link unpacks to more than a session may hold.' : cut };
  }
}

class TooLarge extends Error {}

/** A few bytes can unpack to gigabytes: it stops at the limit. */
async function collect(
  stream: ReadableStream<Uint8Array>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    length += chunk.byteLength;
    if (length > limit) throw new TooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]+$/.test(text)) throw new TypeError('not base64url');
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
}
