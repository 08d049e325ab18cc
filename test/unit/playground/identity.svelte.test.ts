import { SignJWT } from 'jose';
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { clockNote } from '../../../playground/identity/clock-skew.ts';
import { decodeToken } from '../../../playground/identity/decode-token.ts';
import { Identity } from '../../../playground/identity/identity.svelte.ts';
import { unreachable } from '../../../playground/service/failure.ts';
import type { Result } from '../../../playground/service/service-client.ts';
import { type TokenRequest, type TokenResponse, tokenDefects } from '../../../service/contract/development.ts';

const now = 1_800_000_000_000;

function sign(claims: Record<string, unknown>) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new Uint8Array(32));
}

/** A service that mints what it is asked for, as far as the identity looks at it. */
function minting(answer: (request: TokenRequest) => Promise<Result<TokenResponse>>) {
  const requests: TokenRequest[] = [];
  return {
    requests,
    mintToken(request: TokenRequest) {
      requests.push(request);
      return answer(request);
    },
  };
}

const working = minting(async ({ user_id, lifetime_seconds = 3600 }) => ({
  ok: true,
  value: { token: await sign({ sub: user_id, exp: now / 1000 + lifetime_seconds }), expected_error: null },
  ms: 3,
}));

/** As a service does it: a working token says when it was issued, an expired one was issued long ago. */
const dated = minting(async ({ user_id, lifetime_seconds = 3600, defect }) => {
  const iat = now / 1000 - (defect === 'expired' ? 7200 : 0);
  const expected_error = defect === undefined ? null : tokenDefects[defect].error;
  return {
    ok: true,
    value: { token: await sign({ sub: user_id, iat, exp: iat + lifetime_seconds }), expected_error },
    ms: 3,
  };
});

describe('decoding a token', () => {
  it('reads header and payload, also beyond ASCII', async () => {
    const token = await sign({ sub: 'Åsa Öberg 学生' });
    expect(decodeToken(token)).toEqual({ header: { alg: 'HS256', typ: 'JWT' }, payload: { sub: 'Åsa Öberg 学生' } });
  });

  it.each(['', 'abc', 'a.b', 'a.b.c', 'bnVsbA.bnVsbA.x', 'a.b.c.d'])('gives nothing for %j', (text) => {
    expect(decodeToken(text)).toBeUndefined();
  });
});

describe('minting', () => {
  it('goes from none over minting to minted, with the token decoded', async () => {
    const identity = new Identity(working, { now });
    expect(identity.state.name).toBe('none');
    const minting = identity.mint();
    expect(identity.state.name).toBe('minting');
    await minting;
    expect(identity.minted).toMatchObject({
      userId: 'teacher-1',
      expectedError: null,
      decoded: { payload: { sub: 'teacher-1' } },
    });
  });

  it('asks for the chosen user, lifetime and defect', async () => {
    const client = minting(async () => ({ ok: true, value: { token: 'x', expected_error: 'TOKEN_MALFORMED' }, ms: 1 }));
    const identity = new Identity(client, { now });
    identity.userId = 'teacher-7';
    identity.lifetimeSeconds = 60;
    identity.defect = 'malformed';
    await identity.mint();
    expect(client.requests).toEqual([{ user_id: 'teacher-7', lifetime_seconds: 60, defect: 'malformed' }]);
    expect(identity.minted).toMatchObject({
      decoded: undefined,
      expectedError: 'TOKEN_MALFORMED',
      defect: 'malformed',
    });
    expect(identity.expiry).toEqual({ name: 'none' });
  });

  it('keeps the token before in sight while another is minted, and lets go of it on failure', async () => {
    let works = true;
    const client = minting((request) =>
      works
        ? working.mintToken(request)
        : Promise.resolve({ ok: false, failure: unreachable('http://localhost:8004') }),
    );
    const identity = new Identity(client, { now });
    await identity.mint();
    const first = identity.minted;
    works = false;
    const second = identity.mint();
    expect(identity.minted).toBe(first);
    await second;
    expect(identity.state).toMatchObject({ name: 'failed', failure: { kind: 'unreachable' } });
    expect(identity.minted).toBeUndefined();
  });
});

describe('the countdown', () => {
  it('follows the clock, however long nobody looked', async () => {
    const clock = { now };
    const identity = new Identity(working, clock);
    identity.lifetimeSeconds = 60;
    await identity.mint();
    expect(identity.expiry).toEqual({ name: 'valid', secondsLeft: 60 });
    clock.now += 59_500;
    expect(identity.expiry).toEqual({ name: 'valid', secondsLeft: 1 });
    clock.now += 3_600_000;
    expect(identity.expiry).toEqual({ name: 'expired', secondsAgo: 3599 });
  });

  it.each([
    ['two minutes fast', 120_000],
    ['two minutes slow', -120_000],
  ])("goes by the service's clock on a machine that is %s, and says so", async (_, ahead) => {
    const clock = { now: now + ahead };
    const identity = new Identity(dated, clock);
    identity.lifetimeSeconds = 60;
    await identity.mint();
    expect(identity.expiry).toEqual({ name: 'valid', secondsLeft: 60 });
    expect(Math.abs(identity.now - now)).toBeLessThan(1000);
    expect(clockNote(identity.clockSkewMs)).toContain(ahead > 0 ? '2 min ahead' : '2 min behind');
    clock.now += 61_000;
    expect(identity.expiry.name).toBe('expired');
  });

  it('takes the whole seconds of iat and the way of the answer for no difference', async () => {
    const identity = new Identity(dated, { now: now + 1002 });
    await identity.mint();
    expect(identity.clockSkewMs).toBe(0);
    expect(clockNote(identity.clockSkewMs)).toBeUndefined();
  });

  it('reads no time from a token that is wrong on purpose, and keeps what a good one told', async () => {
    const identity = new Identity(dated, { now: now + 120_000 });
    await identity.mint();
    const skew = identity.clockSkewMs;
    identity.defect = 'expired';
    await identity.mint();
    expect(identity.clockSkewMs).toBe(skew);
    identity.forget();
    expect(identity.clockSkewMs).toBe(0);
  });

  it('shows itself to what is on screen when a token is minted', async () => {
    const identity = new Identity(working, { now });
    const seen: string[] = [];
    const end = $effect.root(() => {
      $effect(() => {
        seen.push(identity.expiry.name);
      });
    });
    flushSync();
    await identity.mint();
    flushSync();
    end();
    expect(seen.at(0)).toBe('none');
    expect(seen.at(-1)).toBe('valid');
  });
});
