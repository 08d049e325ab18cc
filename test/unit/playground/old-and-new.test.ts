import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Experiment, experiments } from '../../../playground/labs/experiments.ts';
import { type Decided, OldAndNew } from '../../../playground/labs/old-and-new.svelte.ts';
import { ServiceClient } from '../../../playground/service/service-client.ts';
import { connect } from '../../support/client.ts';
import { closedPort } from '../../support/closed-port.ts';
import { eventually } from '../../support/eventually.ts';
import { startService, type TestService } from '../../support/service.ts';

let service: TestService;
let lab: OldAndNew;
beforeEach(async () => {
  service = await startService();
  lab = at(service.url);
});
afterEach(async () => {
  lab.forget();
  await service.close();
});

/** No page has an origin here: Node's WebSocket sends none. */
function at(url: string): OldAndNew {
  return new OldAndNew({
    service: new ServiceClient(
      () => url,
      () => ({ origin: url }),
    ),
    base: () => url,
    origin: null,
  });
}

const experiment = (id: Experiment['id']) => experiments.find((one) => one.id === id) as Experiment;

function sides() {
  if (!('right' in lab.state)) throw new Error(`nothing is dialled: ${lab.state.name}`);
  return lab.state;
}

const kinds = (side: 'left' | 'right') => sides()[side].dial.events.map(({ kind }) => kind);

const decisionIn = (decided: Decided) => (decided.name === 'known' ? decided.decision : undefined);

describe('the old endpoint beside the new one', () => {
  it('shows 1006 and nothing else of the old, and of the new open and the notification', async () => {
    await lab.run(experiment('same_token'), 'teacher-1');
    expect(lab.state.name).toBe('done');
    expect(kinds('left')).toEqual(['dialled', 'error', 'close']);
    expect(sides().left.dial.closed).toMatchObject({ code: 1006, reason: '', wasClean: false });
    expect(kinds('right')).toEqual(['dialled', 'open', 'message']);
    expect(lab.published).toMatchObject({ name: 'arrived' });
    expect(decisionIn(lab.decided.left)).toMatchObject({
      outcome: 'gone',
      error_code: 'ENDPOINT_GONE',
      path: '/ws/v1/status/teacher-1',
    });
    expect(decisionIn(lab.decided.right)).toMatchObject({ outcome: 'accepted', path: '/ws', user_id: 'teacher-1' });
  });

  it('shows of a wrong token 1006 without a cause, and 1008 with it', async () => {
    await lab.run(experiment('wrong_token'), 'teacher-1');
    expect(sides().left.dial.closed).toMatchObject({ code: 1006, reason: '' });
    expect(kinds('right')).toEqual(['dialled', 'open', 'close']);
    const { code = 0, reason = '' } = sides().right.dial.closed ?? {};
    expect(code).toBe(1008);
    const decision = decisionIn(lab.decided.right);
    expect(decision).toMatchObject({ outcome: 'refused', error_code: 'TOKEN_EXPIRED' });
    expect(decision?.correlation_id).toBe(JSON.parse(reason).correlation_id);
    expect(lab.published).toEqual({ name: 'none' });
  });

  it('sends the header where the client can, as Node can, and the old endpoint does not care', async () => {
    await lab.run(experiment('header'), 'teacher-1');
    expect(sides().left.address).toBe(`ws://${new URL(service.url).host}/ws/v1/status/teacher-1`);
    expect(decisionIn(lab.decided.left)).toMatchObject({ outcome: 'gone' });
    expect(kinds('right')).toEqual(['dialled', 'open']);
  });

  it('publishes again while the new side is open', async () => {
    await lab.run(experiment('same_token'), 'teacher-1');
    await lab.publish();
    expect(kinds('right').filter((kind) => kind === 'message')).toHaveLength(2);
    expect(kinds('left')).toEqual(['dialled', 'error', 'close']);
  });

  it('keeps the last frames only', async () => {
    await lab.run(experiment('same_token'), 'teacher-1');
    for (let count = 0; count < 30; count++) await service.publish('teacher-1', `{"n":${count}}`);
    const { dial } = sides().right;
    await eventually(() => dial.dropped === 11, 'all frames have come');
    expect(kinds('right')).toHaveLength(22);
    expect(dial.events.at(-1)).toMatchObject({ text: '{"n":29}' });
  });

  it('tells its own handshake from that of another client of the same user, and of another user', async () => {
    const { token } = await service.mint({ user_id: 'teacher-2' });
    const other = await connect(`${service.wsUrl}?token=${token}`);
    await lab.run(experiment('same_token'), 'teacher-1');
    const { token: again } = await service.mint({ user_id: 'teacher-2', defect: 'wrong_signature' });
    await connect(`${service.wsUrl}?token=${again}`).then(({ closed }) => closed);
    expect(decisionIn(lab.decided.right)).toMatchObject({ user_id: 'teacher-1' });
    await lab.run(experiment('wrong_token'), 'teacher-1');
    expect(decisionIn(lab.decided.right)).toMatchObject({ error_code: 'TOKEN_EXPIRED' });
    await other.close();
  });

  it('holds an id of a user that the service leaves out to be its own', async () => {
    await lab.run(experiment('same_token'), `user-${'x'.repeat(60)}`);
    expect(decisionIn(lab.decided.left)).toMatchObject({ outcome: 'gone', path: '/ws/v1/status/…' });
  });

  it('keeps no token in what it shows', async () => {
    const tokens: string[] = [];
    const client = new ServiceClient(
      () => service.url,
      () => ({ origin: service.url }),
    );
    const spying = {
      mintToken: async (request: Parameters<ServiceClient['mintToken']>[0]) => {
        const answer = await client.mintToken(request);
        if (answer.ok) tokens.push(answer.value.token);
        return answer;
      },
      publish: client.publish.bind(client),
      handshakes: client.handshakes.bind(client),
    };
    lab = new OldAndNew({ service: spying, base: () => service.url, origin: null });
    for (const one of experiments) {
      await lab.run(one, 'teacher-1');
      const { left, right } = sides();
      const shown = JSON.stringify([left.address, left.dial.events, right.address, right.dial.events, lab.decided]);
      expect(shown).not.toContain(tokens.at(-1));
      expect(shown).not.toContain('eyJ');
    }
    expect(tokens).toHaveLength(3);
  });

  it('lets go of its connection when the next begins, and when it ends', async () => {
    await lab.run(experiment('same_token'), 'teacher-1');
    const { dial } = sides().right;
    await lab.run(experiment('same_token'), 'teacher-1');
    await eventually(() => dial.closed !== undefined, 'the first is closed');
    const second = sides().right.dial;
    lab.forget();
    await eventually(() => second.closed?.code === 1000, 'the second is closed');
    expect(lab.state).toEqual({ name: 'none' });
  });

  it('says what to do where the service does not answer', async () => {
    lab = at(`http://127.0.0.1:${await closedPort()}`);
    await lab.run(experiment('same_token'), 'teacher-1');
    expect(lab.state).toMatchObject({ name: 'failed', failure: { kind: 'unreachable' } });
    expect(lab.isBusy).toBe(false);
  });

  it('says what to do where the development endpoints are off', async () => {
    const off = await startService({ ENABLE_DEV_ENDPOINTS: 'false' });
    lab = at(off.url);
    await lab.run(experiment('same_token'), 'teacher-1');
    expect(lab.state).toMatchObject({ name: 'failed', failure: { kind: 'development_off' } });
    await off.close();
  });
});
