import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session } from '../../../../playground/session.svelte.ts';
import { Tour, tourSteps } from '../../../../playground/tour/tour.svelte.ts';
import { nextTries } from '../../../../playground/tour/what-next.ts';
import { eventually } from '../../../support/eventually.ts';
import { startService, type TestService } from '../../../support/service.ts';

let service: TestService;
let session: Session;
let tour: Tour;
beforeEach(async () => {
  service = await startService();
  session = new Session(() => ({ origin: service.url }));
  session.address.read({ origin: service.url, search: '' });
  tour = new Tour(session, 500);
});
afterEach(async () => {
  await session.disconnectAll();
  await service.close();
});

async function goThrough() {
  await tour.start();
  for (const _ of tourSteps.slice(1)) await tour.next();
}

describe('the tour', () => {
  it('mints, connects, publishes and receives for real, one step after the other', async () => {
    await tour.start();
    const seen = [tour.state];
    for (const _ of tourSteps.slice(1)) {
      await tour.next();
      seen.push(tour.state);
    }
    expect(seen.map((state) => state.name)).toEqual(['done', 'done', 'done', 'done']);
    expect(seen.map((state) => 'step' in state && state.step)).toEqual([...tourSteps]);
    expect(tour.state).toMatchObject({ facts: expect.stringMatching(/arrived, [\d.]+ m?s after/) });
    const kinds = session.timeline.entries.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['minted', 'connecting', 'open', 'publish', 'frame']));
    await tour.next();
    expect(tour.state).toEqual({ name: 'off' });
  });

  it('waits for the reader: nothing is published before the step', async () => {
    await tour.start();
    await tour.next();
    expect(session.timeline.entries.some(({ kind }) => kind === 'publish')).toBe(false);
  });

  it('is not thrown by what was chosen before: a wrong token, another text, a full set of connections', async () => {
    session.identity.defect = 'expired';
    session.publisher.text = 'nonsense';
    await goThrough();
    expect(tour.state).toMatchObject({ name: 'done', step: 'timeline' });
    await goThrough();
    expect(tour.state).toMatchObject({ name: 'done', step: 'timeline' });
  });

  it('explains at the step where it happens that the service is gone, and goes on when it is back', async () => {
    await tour.start();
    await tour.next();
    const { port } = new URL(service.url);
    await service.close();
    await tour.next();
    expect(tour.state).toMatchObject({ name: 'failed', step: 'publish', failure: { kind: 'unreachable' } });
    await tour.next();
    expect(tour.state.name).toBe('failed');
    service = await startService({ WEBSOCKET_PORT: port });
    await tour.retry();
    expect(tour.state).toMatchObject({ name: 'done', step: 'identity' });
  });

  it('explains a connection that is refused', async () => {
    await tour.start();
    await service.close();
    await tour.next();
    expect(tour.state).toMatchObject({
      name: 'failed',
      step: 'connection',
      failure: { kind: 'ended', title: 'The WebSocket could not be opened' },
    });
    service = await startService();
  });

  it('says so where nothing arrives', async () => {
    await tour.start();
    await tour.next();
    await session.disconnectAll();
    await tour.next();
    await tour.next();
    expect(tour.state).toMatchObject({ name: 'failed', step: 'timeline', failure: { kind: 'not_delivered' } });
  });

  it('does not come back by itself after it was left in the middle of a step', async () => {
    const starting = tour.start();
    tour.leave();
    await starting;
    expect(tour.state).toEqual({ name: 'off' });
  });
});

describe('what can be tried after it', () => {
  const run = async (label: string) => {
    await goThrough();
    await nextTries.find((entry) => entry.label === label)?.run(session);
  };
  const codes = () => session.timeline.entries.flatMap((entry) => (entry.kind === 'closed' ? [entry.ending.code] : []));

  it('a wrong token is refused with 1008', async () => {
    await run('A wrong token');
    await eventually(() => codes().includes(1008), '1008');
  });

  it('the sixth tab, and none before it, is closed with 4000', async () => {
    await run('Six tabs');
    await eventually(() => codes().length > 0, 'a close');
    expect(codes()).toEqual([4000]);
    expect(session.clients.filter(({ isBusy }) => isBusy)).toHaveLength(5);
  });

  it('a token of 5 s is asked for', async () => {
    await run('A token that expires in 5 s');
    expect(session.identity.minted).toMatchObject({ lifetimeSeconds: 5, expectedError: null });
  });
});
