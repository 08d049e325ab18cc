import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Connection } from '../../../playground/connections/connection.svelte.ts';
import { lifeOf } from '../../../playground/connections/life.ts';
import { Presets } from '../../../playground/connections/presets.svelte.ts';
import { ClaimsDraft } from '../../../playground/identity/claims-draft.svelte.ts';
import { decodeToken } from '../../../playground/identity/decode-token.ts';
import { foretell, payloadOf } from '../../../playground/identity/foretell.ts';
import { inLargestUnit, readLifetime } from '../../../playground/identity/lifetime.ts';
import { readPaste } from '../../../playground/identity/paste-token.ts';
import { Session } from '../../../playground/session.svelte.ts';
import { maxTokenLifetimeSeconds } from '../../../service/contract/development.ts';
import { parseCloseReason } from '../../../service/contract/error-codes.ts';
import { eventually } from '../../support/eventually.ts';
import { startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const part = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
const jwt = `${part({ alg: 'HS256' })}.${part({ sub: 'teacher-1', exp: 1 })}.c2ln`;

describe('a pasted token', () => {
  it.each([
    [jwt, []],
    [`  ${jwt}\n`, ['white space']],
    [`${jwt.slice(0, 20)}\n  ${jwt.slice(20)}`, ['white space']],
    [`Bearer ${jwt}`, ['“Bearer”']],
    [`"${jwt}",`, ['quotes']],
    [`'Bearer ${jwt}'`, ['quotes', '“Bearer”']],
    [`Authorization: bearer "${jwt}"`, ['the name of the header', '“Bearer”', 'quotes']],
    [`wss://realtime.example/ws?token=${jwt}&x=1`, ['the address']],
  ])('is taken out of what stood around it: %j', (text, trimmed) => {
    const reading = readPaste(text, 5);
    expect(reading).toMatchObject({ fault: undefined, pasted: { origin: 'pasted', token: jwt, userId: 'teacher-1' } });
    expect(reading?.pasted.trimmed).toEqual(trimmed);
  });

  it.each([
    ['abc', 'no dot'],
    ['a.b', '2 parts'],
    ['a.b.c.d.e', 'encrypted'],
    ['%%%.b.c', 'header is not base64url'],
    [`${part({})}.${btoa('nonsense').replaceAll('=', '')}.c`, 'payload is not JSON'],
    [`${part({})}.${part([1])}.c`, 'payload is JSON, but no object'],
  ])('that is no JWT is refused with the reason: %s', (text, words) => {
    const reading = readPaste(text, 5);
    expect(reading?.fault).toContain(words);
    expect(reading?.pasted).toMatchObject({ token: text, decoded: undefined, userId: undefined });
  });

  it('is nothing where nothing was pasted', () => {
    expect(readPaste(' \n', 5)).toBeUndefined();
  });
});

describe('a lifetime', () => {
  it.each([
    ['90', 1, { seconds: 90 }],
    ['1.5', 3600, { seconds: 5400 }],
    ['1,5', 60, { seconds: 90 }],
    ['30', 86_400, { seconds: maxTokenLifetimeSeconds }],
  ])('of %s times %d s is read', (amount, unit, expected) => {
    expect(readLifetime(amount, unit)).toEqual(expected);
  });

  it.each([
    ['31', 86_400, '30 d at most'],
    ['0', 60, '1 second at least'],
    ['-5', 60, '1 second at least'],
    ['', 60, 'Give a number'],
    ['soon', 60, 'Give a number'],
  ])('of %j times %d s is refused with the reason', (amount, unit, words) => {
    expect(readLifetime(amount, unit)).toEqual({ problem: expect.stringContaining(words) });
  });

  it('is shown in its largest whole unit', () => {
    expect(inLargestUnit(5400)).toEqual({ amount: '90', unit: 60 });
    expect(inLargestUnit(172_800)).toEqual({ amount: '2', unit: 86_400 });
  });
});

describe('the claims that a reader changes', () => {
  it('are typed values, and null for one that is removed', () => {
    const draft = new ClaimsDraft();
    expect(draft.claims).toBeUndefined();
    draft.add('role', 'text', 'teacher');
    draft.add('level', 'number', '1.5');
    draft.add('admin', 'boolean', 'false');
    draft.add('roles', 'json', '["a"]');
    draft.add('exp', 'removed');
    expect(draft.claims).toEqual({ role: 'teacher', level: 1.5, admin: false, roles: ['a'], exp: null });
  });

  it('say what is wrong, and count for nothing until it is mended', () => {
    const draft = new ClaimsDraft();
    const ids = [
      draft.add('', 'text', 'x'),
      draft.add('n', 'number', '1e999'),
      draft.add('n', 'json', '{'),
      draft.add('m', 'json', 'null'),
    ];
    const problems = ids.map((id) => draft.problems.get(id));
    expect(problems).toEqual([
      { name: 'Name the claim.' },
      { value: expect.stringContaining('Not a number') },
      { name: 'Named already above.', value: expect.stringContaining('Not JSON') },
      { value: expect.stringContaining('removed') },
    ]);
    expect(draft.claims).toBeUndefined();
    for (const id of ids) draft.remove(id);
    expect(draft.problems.size).toBe(0);
  });

  const now = Math.floor(Date.now() / 1000);
  it.each([
    { role: 'teacher' },
    { iss: 'someone' },
    { iss: null },
    { aud: ['a', 'huleedu-platform'] },
    { aud: null },
    { sub: null },
    { sub: '' },
    { sub: 42 },
    { exp: null },
    { exp: 'tomorrow' },
    { exp: 1 },
    { nbf: now + 1000 },
    { nbf: 'x' },
    { iat: 'x' },
    { iat: null },
    { iss: null, sub: null },
    { exp: 1, nbf: now + 1000 },
    { exp: null, sub: null, aud: null },
  ])('are judged by the service as the page foretells: %j', async (claims) => {
    const { token } = await service.mint({ user_id: 'teacher-1', claims });
    const foretold = foretell(payloadOf('teacher-1', 3600, claims, Date.now()), Date.now());
    const connection = new Connection(() => {});
    await connection.connect(service.url, token);
    // Whoever is let in gets what is published; whoever is not is closed.
    const sub = decodeToken(token)?.payload.sub;
    await eventually(async () => {
      if (connection.state.name === 'closed' || connection.framesIn > 0) return true;
      if (typeof sub === 'string' && sub !== '') await service.publish(sub, 'x');
      return false;
    }, 'a verdict');
    const { state } = connection;
    const cause = state.name === 'closed' ? parseCloseReason(state.ending.reason)?.error_code : null;
    await connection.disconnect();
    expect(cause).toBe(foretold);
  });
});

describe('the life of a connection', () => {
  const open = { name: 'open', address: '', handshakeMs: 1, openedAt: 1000 } as const;
  it('runs from open to the expiry of its token', () => {
    expect(lifeOf(open, undefined, 2000)).toBeUndefined();
    expect(lifeOf(open, 201_000, 101_000)).toEqual({ passed: 0.5, tone: 'plain', text: 'Token expires in 1 min 40 s' });
    expect(lifeOf(open, 201_000, 200_000)).toMatchObject({ tone: 'soon', text: 'Token expires in 1 s' });
  });

  it('shows that the expiry has ended it, and nothing of a refusal', () => {
    const reason = '{"error_code":"TOKEN_EXPIRED","message":"","correlation_id":""}';
    const closed = (openMs: number) =>
      ({ name: 'closed', address: '', closedAt: 6000, ending: { code: 1008, reason, opened: true, openMs } }) as const;
    expect(lifeOf(closed(5000), 6000, 9000)).toMatchObject({ passed: 1, tone: 'expired' });
    expect(lifeOf(closed(1), 3000, 9000)).toBeUndefined();
  });
});

describe('a preset', () => {
  async function sessionOf(running: TestService) {
    const session = new Session(() => ({ origin: running.url }));
    session.address.read({ origin: running.url, search: '' });
    await session.status.check();
    return { session, presets: new Presets(session) };
  }

  it('connects two teachers, of whom each gets its own alone', async () => {
    const { session, presets } = await sessionOf(service);
    await presets.connectTwoTeachers();
    await session.publishTo('teacher-2');
    await eventually(() => session.clients[1]?.connection.framesIn === 1, 'the frame');
    expect(session.clients.map(({ userId, connection }) => [userId, connection.framesIn])).toEqual([
      ['teacher-1', 0],
      ['teacher-2', 1],
    ]);
    await presets.connectTwoTeachers();
    expect(session.clients).toHaveLength(2);
    await session.disconnectAll();
  });

  it('takes the places that the service says there are, and one more, which gets 4000', async () => {
    const small = await startService({ WEBSOCKET_MAX_CONNECTIONS_PER_USER: '2' });
    try {
      const { session, presets } = await sessionOf(small);
      await session.mintAndConnect();
      await session.connection.until(({ name }) => name === 'open');
      await presets.fillPlaces();
      expect(session.places.perUser).toBe(2);
      const last = session.clients[2]?.connection;
      await last?.until(({ name }) => name === 'closed');
      expect(last?.state).toMatchObject({ ending: { code: 4000 } });
      expect(session.clients.slice(0, 2).map(({ connection }) => connection.state.name)).toEqual(['open', 'open']);
      await session.disconnectAll();
    } finally {
      await small.close();
    }
  });

  it('says so where the service allows more than the page holds', async () => {
    const large = await startService({ WEBSOCKET_MAX_CONNECTIONS_PER_USER: '80' });
    try {
      const { presets } = await sessionOf(large);
      await presets.fillPlaces();
      expect(presets.state).toMatchObject({ name: 'failed', problem: expect.stringContaining('80 connections') });
    } finally {
      await large.close();
    }
  });
});
