/**
 * Where the keys come from that tokens are checked with.
 *
 * @pageTitle Keys
 * @packageDocumentation
 */

import { webcrypto } from 'node:crypto';
import { createRemoteJWKSet, errors, importSPKI, type JWTVerifyGetKey } from 'jose';
import type { Algorithm } from '../contract/claims.ts';
import { ConnectionError } from '../errors.ts';

/** Where the key comes from that signatures are checked with. */
export type KeySource =
  | {
      /** Shared with the issuer: HS256. */
      readonly kind: 'secret';
      /** Taken to the letter, as UTF-8. */
      readonly secret: string;
    }
  | {
      /** The issuer's one public key: RS256, ES256, EdDSA. */
      readonly kind: 'public_key';
      /** SPKI as PEM: `BEGIN PUBLIC KEY`. */
      readonly pem: string;
    }
  | {
      /** Public keys that the issuer publishes and changes by itself (RFC 7517). */
      readonly kind: 'jwks';
      /** Where they are fetched; it may hold a password. */
      readonly url: string;
    };

/** How long fetching the JWKS may take, in milliseconds. */
const jwksTimeoutMs = 5000;

/** RFC 7518, 3.3. */
const minRsaBits = 2048;

/**
 * Prepares the key, once: imported for each token, it would cost more than the verification itself.
 *
 * @param source - Where the key comes from.
 * @param algorithm - What the key is for; a key of another kind is refused.
 * @returns What jose asks for the key of each token. A JWKS is fetched when the first token comes.
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

/**
 * Makes an HMAC key for HS256 of the shared secret.
 *
 * @param secret - Used as UTF-8, to the letter.
 * @param usages - What the key will do: the service checks, the development endpoints sign.
 */
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
