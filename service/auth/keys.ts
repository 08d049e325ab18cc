import { webcrypto } from 'node:crypto';
import { createRemoteJWKSet, errors, importSPKI, type JWTVerifyGetKey } from 'jose';
import type { Algorithm } from '../contract/claims.ts';
import { ConnectionError } from '../errors.ts';

/** Where the key comes from that signatures are checked with. */
export type KeySource =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'public_key'; readonly pem: string }
  | { readonly kind: 'jwks'; readonly url: string };

/** How long fetching the JWKS may take, in milliseconds. */
const jwksTimeoutMs = 5000;

/** RFC 7518, 3.3. */
const minRsaBits = 2048;

/**
 * Prepares the key, once: imported for each token, it would cost more than the verification itself.
 *
 * @throws TypeError or DataError when a public key is not a PEM of the algorithm.
 */
export async function prepareKey(source: KeySource, algorithm: Algorithm): Promise<JWTVerifyGetKey> {
  if (source.kind === 'jwks') return remoteKeys(new URL(source.url));
  const key =
    source.kind === 'public_key'
      ? await importPublicKey(source.pem, algorithm)
      : await importSecret(source.secret, ['verify']);
  return async () => key;
}

/** Makes an HMAC key for HS256 of the shared secret. */
export function importSecret(secret: string, usages: ('sign' | 'verify')[]): Promise<webcrypto.CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  return webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, usages);
}

async function importPublicKey(pem: string, algorithm: Algorithm): Promise<webcrypto.CryptoKey> {
  const key = await importSPKI(pem, algorithm);
  // jose would object only when the first token comes, and to every one.
  const { modulusLength = minRsaBits } = key.algorithm as { modulusLength?: number };
  if (modulusLength < minRsaBits) throw new TypeError(`the RSA key has fewer than ${minRsaBits} bits`);
  return key;
}

function remoteKeys(address: URL): JWTVerifyGetKey {
  const { url, headers } = withoutCredentials(address);
  const keys = createRemoteJWKSet(url, { timeoutDuration: jwksTimeoutMs, headers });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      // Several keys fit: whoever verifies tries them.
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      // The token is to blame only where the keys were there and none fits it.
      const fault = error instanceof errors.JWKSNoMatchingKey ? 'TOKEN_KEY_UNKNOWN' : 'KEYS_UNAVAILABLE';
      throw new ConnectionError(fault, { cause: error });
    }
  };
}

/** `fetch` refuses an address with a password in it, and says so with the password in its message. */
function withoutCredentials(address: URL): { url: URL; headers: Record<string, string> } {
  const { username, password } = address;
  if (username === '' && password === '') return { url: address, headers: {} };
  const url = new URL(address);
  url.username = '';
  url.password = '';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}
