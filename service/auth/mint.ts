import { randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import {
  defaultTokenLifetimeSeconds,
  type TokenDefect,
  type TokenRequest,
  type TokenResponse,
  tokenDefects,
} from '../contract/development.ts';
import { importSecret } from './keys.ts';
import type { VerifierSettings } from './verify.ts';

/** With what tokens are signed, and what they say. */
export interface MintSettings {
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

/** With what tokens can be minted; `undefined` where the service verifies with a public key and holds no secret to sign with. */
export function mintSettings({ key, issuer, audience }: VerifierSettings): MintSettings | undefined {
  return key.kind === 'secret' ? { secret: key.secret, issuer, audience } : undefined;
}

type Payload = Record<string, unknown>;

/** What each defect changes in the claims; `undefined` removes one. */
const wrongClaims: Partial<Record<TokenDefect, (now: number) => Payload>> = {
  expired: (now) => ({ iat: now - 7200, exp: now - 3600 }),
  wrong_issuer: () => ({ iss: 'someone-else' }),
  wrong_audience: () => ({ aud: 'another-platform' }),
  no_subject: () => ({ sub: undefined }),
  empty_subject: () => ({ sub: '' }),
  numeric_subject: () => ({ sub: 42 }),
  not_yet_valid: (now) => ({ nbf: now + 3600, exp: now + 7200 }),
  no_expiry: () => ({ exp: undefined }),
  expiry_not_a_number: () => ({ exp: 'tomorrow' }),
};

/** Signs a token with HS256, right or wrong in one chosen way. For development and for the command line. */
export async function mintToken(settings: MintSettings, request: TokenRequest): Promise<TokenResponse> {
  const { defect } = request;
  const token = await sign(settings, payloadOf(settings, request), defect);
  return { token, expected_error: defect === undefined ? null : tokenDefects[defect].error };
}

function payloadOf(settings: MintSettings, request: TokenRequest): Payload {
  const now = Math.floor(Date.now() / 1000);
  const payload: Payload = {
    sub: request.user_id,
    iss: settings.issuer,
    aud: settings.audience,
    iat: now,
    exp: now + (request.lifetime_seconds ?? defaultTokenLifetimeSeconds),
    ...request.claims,
    ...(request.defect && wrongClaims[request.defect]?.(now)),
  };
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined && value !== null));
}

async function sign(settings: MintSettings, payload: Payload, defect: TokenDefect | undefined): Promise<string> {
  if (defect === 'malformed') return 'not-a-token';
  if (defect === 'unsigned') return new UnsecuredJWT(payload).encode();
  const algorithm = defect === 'wrong_algorithm' ? 'HS512' : 'HS256';
  const typ = defect === 'wrong_type' ? 'logout+jwt' : 'JWT';
  const bytes = new TextEncoder().encode(settings.secret);
  const key =
    defect === 'wrong_signature'
      ? randomBytes(32)
      : defect === 'wrong_algorithm'
        ? // HS512 wants 64 bytes; what signs is beside the point, the algorithm alone is refused.
          Buffer.concat([bytes, Buffer.alloc(64)])
        : await importSecret(settings.secret, ['sign']);
  return new SignJWT(payload).setProtectedHeader({ alg: algorithm, typ }).sign(key);
}
