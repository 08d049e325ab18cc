import { describe, expect, it } from 'vitest';
import { createVerifier } from '../../service/auth/verify.ts';
import { defaultAudience, defaultIssuer } from '../../service/contract/claims.ts';
import { createSigningKey, rightClaims, signText } from '../support/tokens.ts';

const claims = { issuer: defaultIssuer, audience: defaultAudience };

describe.each(['RS256', 'ES256', 'EdDSA'] as const)('a public key of %s', (algorithm) => {
  it('verifies what its private key signed, and nothing else', async () => {
    const [ours, another] = [await createSigningKey(algorithm), await createSigningKey(algorithm)];
    const verify = await createVerifier({ ...claims, algorithm, key: { kind: 'public_key', pem: ours.pem } });
    await expect(verify(await ours.sign())).resolves.toMatchObject({ userId: 'alice' });
    await expect(verify(await another.sign())).rejects.toMatchObject({ code: 'TOKEN_SIGNATURE_INVALID' });
  });

  it('is not taken for the secret of an HMAC, which everyone knows who knows the key', async () => {
    const { pem } = await createSigningKey(algorithm);
    const verify = await createVerifier({ ...claims, algorithm, key: { kind: 'public_key', pem } });
    const payload = JSON.stringify(rightClaims());
    for (const secret of [pem, pem.trim(), pem.replaceAll('\n', '\\n')]) {
      await expect(verify(signText({ payload, secret }))).rejects.toMatchObject({
        code: 'TOKEN_ALGORITHM_NOT_ALLOWED',
      });
      const relabelled = signText({ payload, secret, header: JSON.stringify({ alg: algorithm }) });
      await expect(verify(relabelled)).rejects.toMatchObject({ code: 'TOKEN_SIGNATURE_INVALID' });
    }
  });
});

describe('a secret', () => {
  it('verifies although it is short: the service warns of it, and the platform decides', async () => {
    const verify = await createVerifier({ ...claims, algorithm: 'HS256', key: { kind: 'secret', secret: 'short' } });
    const jwt = signText({ payload: JSON.stringify(rightClaims()), secret: 'short' });
    await expect(verify(jwt)).resolves.toMatchObject({ userId: 'alice' });
  });
});
