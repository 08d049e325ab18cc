/**
 * A token in, who is calling or a coded refusal out.
 *
 * @pageTitle Judging a token
 * @packageDocumentation
 */

import { errors, type JWTVerifyGetKey, type JWTVerifyOptions, type JWTVerifyResult, jwtVerify } from 'jose';
import type { Algorithm } from '../contract/claims.ts';
import type { ConnectionErrorCode } from '../contract/error-codes.ts';
import { ConnectionError } from '../errors.ts';
import { type KeySource, prepareKey } from './keys.ts';

/** How tokens are judged. */
export interface VerifierSettings {
  /** The one algorithm that a token may be signed with. */
  readonly algorithm: Algorithm;
  /** What the `iss` claim must be. */
  readonly issuer: string;
  /** What the `aud` claim must contain. */
  readonly audience: string;
  /** What signatures are checked with; it must fit the algorithm. */
  readonly key: KeySource;
}

/** Who a token says is calling. */
export interface Identity {
  /** The `sub` claim: never empty, and whole characters alone. */
  readonly userId: string;
  /** When the connection has to end: the `exp` claim in milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Judges a token.
 *
 * @param token - As it came in the URL.
 * @returns Who is calling.
 * @throws ConnectionError with the cause: a `TOKEN_…` code, or `KEYS_UNAVAILABLE`.
 */
export type VerifyToken = (token: string) => Promise<Identity>;

/** Types of the JOSE header that an access token may have (RFC 7519, 5.1; RFC 9068, 2.1). */
const accessTokenTypes = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

/**
 * Three parts of base64url (RFC 7515, 3.1): jose lets white space and padding pass. The last may be empty, which is judged as the
 * signature that it lacks.
 */
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Prepares the key once and returns the judge.
 *
 * @param settings - Taken from the configuration; nothing of a token changes them.
 * @throws TypeError or DataError when `JWT_PUBLIC_KEY` is not a PEM of the algorithm.
 */
export async function createVerifier(settings: VerifierSettings): Promise<VerifyToken> {
  const getKey = await prepareKey(settings.key, settings.algorithm);
  const options = {
    // From configuration alone: a token that chose its algorithm could make a public key an HMAC secret.
    algorithms: [settings.algorithm],
    issuer: settings.issuer,
    audience: settings.audience,
    requiredClaims: ['sub', 'exp'],
  };
  return async (token) => {
    try {
      if (!compactForm.test(token)) throw new ConnectionError('TOKEN_MALFORMED');
      const { payload, protectedHeader } = await verifyWithFittingKey(token, getKey, options);
      if (protectedHeader.typ !== undefined && !isAccessTokenType(protectedHeader.typ))
        throw new ConnectionError('TOKEN_TYPE_INVALID');
      return toIdentity(payload.sub, payload.exp);
    } catch (error) {
      throw toConnectionError(error);
    }
  };
}

/**
 * Tries one key after the other where several fit, as two do when an issuer that names no `kid` publishes its next key.
 */
async function verifyWithFittingKey(
  token: string,
  getKey: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, getKey, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (fault) {
        if (!(fault instanceof errors.JWSSignatureVerificationFailed)) throw fault;
      }
    }
    throw new ConnectionError('TOKEN_SIGNATURE_INVALID');
  }
}

function isAccessTokenType(type: unknown): boolean {
  return typeof type === 'string' && accessTokenTypes.has(type.toLowerCase());
}

/**
 * jose checks that the claims are there; an empty or numeric `sub`, and an `exp` of 1e999 (`Infinity`), pass it.
 *
 * Half a surrogate pair has no UTF-8: the channel would be subscribed under another name than the one that is dispatched.
 */
function toIdentity(subject: unknown, expiry: number | undefined): Identity {
  if (typeof subject !== 'string' || subject === '' || !subject.isWellFormed())
    throw new ConnectionError('TOKEN_SUBJECT_INVALID');
  if (expiry === undefined || !Number.isFinite(expiry)) throw new ConnectionError('TOKEN_CLAIM_INVALID');
  return { userId: subject, expiresAt: expiry * 1000 };
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
