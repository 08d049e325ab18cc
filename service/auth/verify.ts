import { webcrypto } from 'node:crypto';
import { createRemoteJWKSet, errors, importSPKI, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Algorithm } from '../contract/claims.ts';
import type { ConnectionErrorCode } from '../contract/error-codes.ts';
import { ConnectionError } from '../errors.ts';

/** How tokens are judged. */
export interface VerifierSettings {
  readonly algorithm: Algorithm;
  readonly issuer: string;
  readonly audience: string;
  readonly key:
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'public_key'; readonly pem: string }
    | { readonly kind: 'jwks'; readonly url: string };
}

/** Who a token says is calling. */
export interface Identity {
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Judges a token.
 *
 * @throws ConnectionError with the cause: a `TOKEN_…` code, or `KEYS_UNAVAILABLE`.
 */
export type VerifyToken = (token: string) => Promise<Identity>;

/** How long fetching the JWKS may take, in milliseconds. */
const jwksTimeoutMs = 5000;

/** Types of the JOSE header that an access token may have (RFC 7519, 5.1; RFC 9068, 2.1). */
const accessTokenTypes = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

/**
 * Prepares the key once and returns the judge.
 *
 * @throws TypeError when `JWT_PUBLIC_KEY` is not a PEM of the algorithm.
 */
export async function createVerifier(settings: VerifierSettings): Promise<VerifyToken> {
  const getKey = await keyGetter(settings);
  const options = {
    // From configuration alone: a token that chose its algorithm could make a public key an HMAC secret.
    algorithms: [settings.algorithm],
    issuer: settings.issuer,
    audience: settings.audience,
    requiredClaims: ['sub', 'exp'],
  };
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, getKey, options);
      if (protectedHeader.typ !== undefined && !isAccessTokenType(protectedHeader.typ))
        throw new ConnectionError('TOKEN_TYPE_INVALID');
      return toIdentity(payload.sub, payload.exp);
    } catch (error) {
      throw toConnectionError(error);
    }
  };
}

function isAccessTokenType(type: unknown): boolean {
  return typeof type === 'string' && accessTokenTypes.has(type.toLowerCase());
}

/** jose checks that the claims are there; an empty or numeric `sub`, and an `exp` of 1e999 (`Infinity`), pass it. */
function toIdentity(subject: unknown, expiry: number | undefined): Identity {
  if (typeof subject !== 'string' || subject === '') throw new ConnectionError('TOKEN_SUBJECT_INVALID');
  if (expiry === undefined || !Number.isFinite(expiry)) throw new ConnectionError('TOKEN_CLAIM_INVALID');
  return { userId: subject, expiresAt: expiry * 1000 };
}

async function keyGetter({ algorithm, key }: VerifierSettings): Promise<JWTVerifyGetKey> {
  if (key.kind === 'jwks') return remoteKeys(new URL(key.url));
  // Imported once: a raw secret would be imported anew for every token.
  const imported =
    key.kind === 'public_key' ? await importSPKI(key.pem, algorithm) : await importSecret(key.secret, ['verify']);
  return async () => imported;
}

/** Makes an HMAC key for HS256 of the shared secret. */
export function importSecret(secret: string, usages: ('sign' | 'verify')[]): Promise<webcrypto.CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  return webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, usages);
}

function remoteKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, { timeoutDuration: jwksTimeoutMs });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      // The token is to blame only where the keys were there and none, or more than one, fits it.
      const fault =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
          ? 'TOKEN_KEY_UNKNOWN'
          : 'KEYS_UNAVAILABLE';
      throw new ConnectionError(fault, { cause: error });
    }
  };
}

function toConnectionError(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  return new ConnectionError(causeOf(error), { cause: error });
}

function causeOf(error: unknown): ConnectionErrorCode {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed) return causeOfClaim(error.claim, error.reason);
  if (error instanceof errors.JOSEAlgNotAllowed) return 'TOKEN_ALGORITHM_NOT_ALLOWED';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'TOKEN_SIGNATURE_INVALID';
  if (
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSENotSupported
  )
    return 'TOKEN_MALFORMED';
  return 'INTERNAL_ERROR';
}

function causeOfClaim(claim: string, reason: string): ConnectionErrorCode {
  switch (claim) {
    case 'iss':
      return 'TOKEN_ISSUER_INVALID';
    case 'aud':
      return 'TOKEN_AUDIENCE_INVALID';
    case 'sub':
      return 'TOKEN_SUBJECT_INVALID';
    case 'exp':
      return reason === 'missing' ? 'TOKEN_EXPIRY_MISSING' : 'TOKEN_CLAIM_INVALID';
    case 'nbf':
      return reason === 'check_failed' ? 'TOKEN_NOT_YET_VALID' : 'TOKEN_CLAIM_INVALID';
    default:
      return 'TOKEN_CLAIM_INVALID';
  }
}
