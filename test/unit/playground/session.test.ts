import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session } from '../../../playground/session.svelte.ts';
import { type TokenDefect, tokenDefects } from '../../../service/contract/development.ts';
import { connectionErrors } from '../../../service/contract/error-codes.ts';
import { eventually } from '../../support/eventually.ts';
import { startService, type TestService } from '../../support/service.ts';

let service: TestService;
let session: Session;
beforeEach(async () => {
  service = await startService();
  session = new Session(() => ({ origin: service.url }));
  session.address.read({ origin: service.url, search: '' });
});
afterEach(async () => {
  await session.connection.disconnect();
  await service.close();
});

const kinds = () => session.timeline.entries.map(({ kind }) => kind);

describe('a session', () => {
  it('mints, connects, publishes and recognises its own message when it arrives', async () => {
    await session.mintAndConnect();
    await eventually(() => session.connection.state.name === 'open', 'open');
    await session.publish();
    await eventually(() => session.connection.framesIn === 1, 'the frame');
    expect(kinds().slice(0, 4)).toEqual(['minted', 'connecting', 'open', 'publish']);
    const publish = session.timeline.entries.find((entry) => entry.kind === 'publish');
    expect(publish?.outcome).toMatchObject({ name: 'accepted', receivers: 1, channel: 'ws:teacher-1' });
    const frame = session.timeline.entries.find((entry) => entry.kind === 'frame');
    expect(frame).toMatchObject({ text: publish?.text, latencyMs: expect.any(Number), event: 'batch_results_ready' });
  });

  it('knows of each connection of the user how long a message took to it', async () => {
    await session.mintAndConnect();
    await session.mintAndConnect();
    const { clients } = session;
    await eventually(() => clients.every(({ connection }) => connection.state.name === 'open'), 'both are open');
    await session.publish();
    await eventually(() => clients.every(({ connection }) => connection.framesIn === 1), 'the frame at both');
    const frames = session.timeline.entries.filter((entry) => entry.kind === 'frame');
    expect(frames).toMatchObject([{ latencyMs: expect.any(Number) }, { latencyMs: expect.any(Number) }]);
    await session.disconnectAll();
  });

  it('addresses whoever is connected, and not yet the user that the field names next', async () => {
    expect(session.publisher.target).toBe('teacher-1');
    await session.mintAndConnect();
    await eventually(() => session.connection.state.name === 'open', 'open');
    session.identity.userId = 'teacher-9';
    expect(session.publisher.target).toBe('teacher-1');
    expect(session.current.minted?.userId).toBe('teacher-1');
    await session.connection.disconnect();
    expect(session.publisher.target).toBe('teacher-9');
  });

  it('shows what another publisher sends, without a latency that nobody knows', async () => {
    await session.mintAndConnect();
    await eventually(() => session.connection.state.name === 'open', 'open');
    await service.publish('teacher-1', '{"event":"class_created","data":{}}');
    await eventually(() => session.connection.framesIn === 1, 'the frame');
    expect(session.timeline.entries.at(-1)).toMatchObject({ kind: 'frame', latencyMs: undefined });
  });

  it.each(Object.keys(tokenDefects) as TokenDefect[])(
    'sees the token “%s” refused for its own cause',
    async (defect) => {
      const { error } = tokenDefects[defect];
      session.identity.defect = defect;
      await session.mintAndConnect();
      await eventually(() => session.connection.state.name === 'closed', 'closed');
      expect(session.identity.minted?.expectedError).toBe(error);
      const last = session.timeline.entries.at(-1);
      expect(last).toMatchObject({ kind: 'closed', ending: { code: connectionErrors[error].closeCode } });
      expect(JSON.stringify(last)).toContain(error);
    },
  );

  it('keeps no token in its timeline', async () => {
    await session.mintAndConnect();
    await eventually(() => session.connection.state.name === 'open', 'open');
    await session.connection.disconnect();
    expect(JSON.stringify(session.timeline.entries)).not.toContain(session.identity.minted?.token ?? 'no token');
  });

  it('sends a broken message when it is told to', async () => {
    session.publisher.text = '{"event": ';
    await session.mintAndConnect();
    await eventually(() => session.connection.state.name === 'open', 'open');
    await session.publish();
    await eventually(() => session.connection.framesIn === 1, 'the frame');
    expect(session.timeline.entries.find((entry) => entry.kind === 'frame')).toMatchObject({
      text: '{"event": ',
      event: undefined,
    });
  });

  it('finds out at once that the service was stopped', async () => {
    await session.mintAndConnect();
    await eventually(() => session.connection.state.name === 'open', 'open');
    await service.close();
    await eventually(() => session.status.state.name === 'down', 'down');
    expect(session.connection.state).toMatchObject({ name: 'closed', ending: { code: 1001 } });
    await session.mint();
    expect(session.timeline.entries.at(-1)).toMatchObject({ kind: 'failure', failure: { kind: 'unreachable' } });
    service = await startService();
  });

  it('leaves the service before when the address changes', async () => {
    const other = await startService();
    try {
      await session.mintAndConnect();
      await eventually(() => session.connection.state.name === 'open', 'open');
      // The page comes from elsewhere to it; Node does not mind.
      expect(await session.changeAddress(other.url)).toBe(true);
      expect(session.connection.state).toMatchObject({ name: 'closed', ending: { code: 1000 } });
      expect(session.status.state.name).toBe('up');
      expect(await session.changeAddress('nonsense')).toBe(false);
      await session.resetAddress();
      expect(session.address.base).toBe(service.url);
    } finally {
      await other.close();
    }
  });

  it('takes nothing of the service before along to another address', async () => {
    // With another secret: the token of the service before would be refused.
    const other = await startService({ JWT_SECRET_KEY: 'another secret of at least 32 bytes' });
    try {
      await session.mintAndConnect();
      await eventually(() => session.connection.state.name === 'open', 'open');
      await session.publish();
      session.publisher.learn('staging:teacher-1', 'teacher-1');
      await session.changeAddress(other.url);
      expect(session.identity.state).toEqual({ name: 'none' });
      expect(session.lastPublish).toBeUndefined();
      expect(session.publisher.channel).toBe('ws:teacher-1');
      await session.connect();
      await eventually(() => session.connection.state.name === 'open', 'open at the other');
      await session.publish();
      await eventually(() => session.connection.framesIn === 1, 'the frame');
      await session.changeAddress(other.url);
      expect(session.connection.state.name).toBe('open');
      expect(session.identity.minted).toBeDefined();
    } finally {
      await session.connection.disconnect();
      await other.close();
    }
  });

  it('forgets what the service before answers after the address has changed', async () => {
    const other = await startService();
    try {
      const under = [session.mintAndConnect(), session.publish()];
      await session.changeAddress(other.url);
      await Promise.all(under);
      expect(session.identity.state).toEqual({ name: 'none' });
      expect(session.lastPublish).toBeUndefined();
      expect(session.connection.state.name).toBe('idle');
    } finally {
      await other.close();
    }
  });

  it('mints once where it is told to connect while a token is being minted', async () => {
    await Promise.all([session.connect(), session.connect(), session.mintAndConnect(), session.mint()]);
    await eventually(() => session.connection.state.name === 'open', 'open');
    expect(kinds()).toEqual(['minted', 'connecting', 'open']);
  });

  it('waits for the token that is being minted rather than connect with the one before', async () => {
    await session.mint();
    await Promise.all([session.mintAndConnect(), session.connect()]);
    await eventually(() => session.connection.state.name === 'open', 'open');
    expect(kinds()).toEqual(['minted', 'minted', 'connecting', 'open']);
  });

  it('mints first when it is told to connect without a token, and else uses the one that is there', async () => {
    await session.connect();
    const { minted } = session.identity;
    await eventually(() => session.connection.state.name === 'open', 'open');
    await session.connection.disconnect();
    await session.connect();
    expect(session.identity.minted).toBe(minted);
    expect(kinds().filter((kind) => kind === 'minted')).toHaveLength(1);
  });
});
