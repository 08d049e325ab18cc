import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainDecision } from '../../../playground/handshakes/explain-decision.ts';
import { decisionOf } from '../../../playground/handshakes/match-decision.ts';
import { RecentFailures } from '../../../playground/handshakes/recent-failures.svelte.ts';
import { ServiceClient } from '../../../playground/service/service-client.ts';
import type { HandshakeDecision } from '../../../service/contract/development.ts';
import { connectionErrors } from '../../../service/contract/error-codes.ts';
import { httpErrors } from '../../../service/contract/http-errors.ts';
import { connect, dial } from '../../support/client.ts';
import { closedPort } from '../../support/closed-port.ts';
import { startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeEach(async () => {
  service = await startService({ CORS_ORIGINS: '["http://app.example"]' });
});
afterEach(() => service.close());

function failuresOf(url: string, origin: string | null): RecentFailures {
  return new RecentFailures(
    new ServiceClient(
      () => url,
      () => ({ origin: url }),
    ),
    () => url,
    origin,
  );
}

function known(failures: RecentFailures) {
  if (failures.state.name !== 'known') throw new Error(`the failures are ${failures.state.name}`);
  return failures.state;
}

const decision: HandshakeDecision = {
  correlation_id: '0123456789ab',
  at: '2026-01-01T00:00:00.000Z',
  path: '/ws',
  origin: null,
  outcome: 'accepted',
  error_code: null,
  http_status: 101,
  close_code: null,
  user_id: null,
};

describe('the recent failures', () => {
  it('are none at first', async () => {
    const failures = failuresOf(service.url, null);
    await failures.refresh();
    expect(failures.state).toEqual({ name: 'known', own: [], others: [], accepted: 0 });
  });

  it('tell those of the page apart from those of others, and leave out what was accepted', async () => {
    const { token } = await service.mint({ user_id: 'teacher-1' });
    await (await connect(`${service.wsUrl}?token=${token}`)).close();
    await dial(`${service.wsUrl}?token=x`, { origin: 'http://app.example' }).closed;
    await dial(service.wsUrl, { origin: 'http://evil.example' }).closed;
    await dial(service.wsUrl).closed;
    const failures = failuresOf(service.url, 'http://app.example');
    await failures.refresh();
    const { own, others, accepted } = known(failures);
    expect(own.map((one) => one.decision.error_code)).toEqual(['TOKEN_MALFORMED']);
    expect(others.map((one) => [one.decision.origin, one.decision.error_code])).toEqual([
      [null, 'TOKEN_MISSING'],
      ['http://evil.example', 'ORIGIN_NOT_ALLOWED'],
    ]);
    expect(accepted).toBe(1);
  });

  it('are put together where a client fails again and again', async () => {
    for (let count = 0; count < 3; count++) await dial(service.wsUrl).closed;
    const failures = failuresOf(service.url, null);
    await failures.refresh();
    expect(known(failures).own).toMatchObject([{ count: 3, decision: { error_code: 'TOKEN_MISSING' } }]);
    expect(known(failures).own[0]?.ageMs).toBeLessThan(5000);
  });

  it('have one more after one was made on purpose', async () => {
    const failures = failuresOf(service.url, null);
    const failing = failures.failOnPurpose();
    expect(failures.failing).toBe(true);
    await failing;
    expect(failures.failing).toBe(false);
    expect(known(failures).own).toMatchObject([
      { decision: { outcome: 'gone', path: '/ws/v1/status/teacher-1' }, explanation: { seen: 1006 } },
    ]);
  });

  it('cannot be known where the service does not answer, or tells nobody', async () => {
    const silent = failuresOf(`http://127.0.0.1:${await closedPort()}`, null);
    await silent.failOnPurpose();
    expect(silent.state).toMatchObject({ name: 'failed', failure: { kind: 'unreachable' } });
    const off = await startService({ ENABLE_DEV_ENDPOINTS: 'false' });
    const hidden = failuresOf(off.url, null);
    await hidden.refresh();
    expect(hidden.state).toMatchObject({ name: 'failed', failure: { kind: 'development_off' } });
    await off.close();
  });
});

describe('the explanation of a decision', () => {
  it.each(Object.entries(connectionErrors))(
    'says of %s what the table says',
    (error_code, { closeCode, cause, remedy }) => {
      const explained = explainDecision({
        ...decision,
        outcome: 'refused',
        error_code: error_code as keyof typeof connectionErrors,
        close_code: closeCode,
      });
      expect(explained).toMatchObject({ seen: closeCode, why: cause, remedy });
      expect(explained.did).toContain(String(closeCode));
      expect(explained.link).toEqual({
        href: `/reference/close-codes/${closeCode}/#${error_code.toLowerCase()}`,
        text: error_code,
      });
    },
  );

  it.each(Object.entries(httpErrors))('says of %s that a browser shows 1006', (error_code, { status, remedy }) => {
    const explained = explainDecision({
      ...decision,
      outcome: error_code === 'ENDPOINT_GONE' ? 'gone' : 'not_upgraded',
      error_code: error_code as keyof typeof httpErrors,
      http_status: status,
    });
    expect(explained.seen).toBe(1006);
    expect(explained.did).toContain(`HTTP ${status}`);
    expect(explained.link?.href).toBe(`/reference/http-errors/#${error_code.toLowerCase()}`);
    if (error_code === 'NOT_FOUND') expect(explained.remedy).toContain('/ws?token=<jwt>');
    else expect(explained.remedy).toBe(remedy);
  });

  it('says where the WebSocket is to one who asks for it where something else is', () => {
    const explained = explainDecision({ ...decision, path: '/healthz', outcome: 'not_upgraded', http_status: 200 });
    expect(explained).toMatchObject({ seen: 1006, link: undefined, why: expect.stringContaining('`/ws`') });
  });

  it('survives a code that a newer service may send', () => {
    const newer = 'toString' as 'TOKEN_EXPIRED';
    const explained = explainDecision({ ...decision, outcome: 'refused', error_code: newer, close_code: 1008 });
    expect(explained).toMatchObject({ seen: 1008, remedy: undefined, link: undefined });
  });
});

describe('a handshake of the page', () => {
  const at = (seconds: number) => new Date(Date.parse(decision.at) + seconds * 1000).toISOString();
  const own = { path: '/ws', origin: null, ageMs: 2000 };

  it('is found by its age, however wrong the clock of the page is', () => {
    const recent = { ...decision, at: at(9), correlation_id: 'recent' };
    const old = { ...decision, at: at(0), correlation_id: 'old' };
    expect(decisionOf(own, { now: at(10), handshakes: [recent, old] })).toBe(recent);
    expect(decisionOf(own, { now: at(10), handshakes: [old] })).toBeUndefined();
  });

  it('is that of its path, its origin and its user', () => {
    const others: HandshakeDecision[] = [
      { ...decision, path: '/ws/' },
      { ...decision, origin: 'http://app.example' },
      { ...decision, user_id: 'teacher-2' },
    ];
    const mine = { ...decision, user_id: 'teacher-1' };
    const asked = { ...own, userId: 'teacher-1' };
    expect(decisionOf(asked, { now: at(1), handshakes: [...others, mine] })).toBe(mine);
    expect(decisionOf(asked, { now: at(1), handshakes: others })).toBeUndefined();
  });

  it('is known for certain by the correlation id of its close reason', () => {
    const [first, second] = ['1', '2'].map((correlation_id) => ({ ...decision, correlation_id })) as [
      HandshakeDecision,
      HandshakeDecision,
    ];
    expect(decisionOf({ ...own, correlationId: '2' }, { now: at(1), handshakes: [first, second] })).toBe(second);
  });
});
