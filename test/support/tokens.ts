import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, type JWK, SignJWT } from 'jose';
import { developmentSecret } from '../../service/config-variables.ts';
import { type Algorithm, defaultAudience, defaultIssuer } from '../../service/contract/claims.ts';

export type Claims = Record<string, unknown>;

/** The claims of a token that is right. */
export function rightClaims(change: Claims = {}): Claims {
  const now = Math.floor(Date.now() / 1000);
  return { sub: 'alice', iss: defaultIssuer, aud: defaultAudience, iat: now, exp: now + 3600, ...change };
}

/** A key pair of an identity service. */
export interface SigningKey {
  readonly alg: Algorithm;
  readonly kid: string | undefined;
  readonly pem: string;
  readonly jwk: JWK;
  sign(claims?: Claims, header?: Claims): Promise<string>;
}

/** @param kid - Named in the header of each token and in the JWK; in neither where it is left out. */
export async function createSigningKey(alg: Exclude<Algorithm, 'HS256'>, kid?: string): Promise<SigningKey> {
  const { publicKey, privateKey } = generate(alg);
  const named = kid === undefined ? {} : { kid };
  return {
    alg,
    kid,
    pem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    jwk: { ...(await exportJWK(publicKey)), alg, use: 'sig', ...named },
    sign: (claims = rightClaims(), header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, ...named, ...header }).sign(privateKey),
  };
}

function generate(alg: Exclude<Algorithm, 'HS256'>): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (alg) {
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
  }
}

/** What `signText` signs with, and what it signs; texts that are no JSON, or that no JSON library would write, among them. */
export interface SignedText {
  readonly header?: string;
  readonly payload: string | Buffer;
  readonly secret?: string;
}

/** Signs with HMAC-SHA256 whatever is given, as it stands. */
export function signText({ header = '{"alg":"HS256","typ":"JWT"}', payload, secret = developmentSecret }: SignedText) {
  const signed = `${base64url(header)}.${base64url(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A right token of the development secret, but for what is changed. */
export function token(change: Claims = {}, header: Claims = {}): string {
  return signText({
    header: JSON.stringify({ alg: 'HS256', typ: 'JWT', ...header }),
    payload: JSON.stringify(rightClaims(change)),
  });
}

export function base64url(text: string | Buffer): string {
  return Buffer.from(text as string).toString('base64url');
}
