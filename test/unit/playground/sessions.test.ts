import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session } from '../../../playground/session.svelte.ts';
import { SessionDesk } from '../../../playground/sessions/desk.svelte.ts';
import { exportHar } from '../../../playground/sessions/export-har.ts';
import { exportLines } from '../../../playground/sessions/export-lines.ts';
import { keep, keptSessionKey, readKept, type Store } from '../../../playground/sessions/kept-state.ts';
import { recordingOf } from '../../../playground/sessions/recording.ts';
import { sessionLink } from '../../../playground/sessions/session-link.ts';
import { setupOf } from '../../../playground/sessions/snapshot.ts';
import { parseSession } from '../../../service/sessions/parse-session.ts';
import { isAsRecorded, replay } from '../../../service/sessions/replay.ts';
import type { RecordedEvent } from '../../../service/sessions/session-file.ts';
import { eventually } from '../../support/eventually.ts';
import { fakeToken } from '../../support/fake-token.ts';
import { startService, type TestService } from '../../support/service.ts';

const example = readFileSync('test/fixtures/two-teachers.session.json', 'utf8');
let service: TestService;
let session: Session;
let desk: SessionDesk;
const sessions: Session[] = [];
beforeEach(async () => {
  service = await startService();
  session = open();
  desk = new SessionDesk(session);
});
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((one) => one.disconnectAll()));
  await service.close();
});

/** A page. */
function open(): Session {
  const opened = new Session(() => ({ origin: service.url }));
  opened.address.read({ origin: service.url, search: '' });
  sessions.push(opened);
  return opened;
}

/** The storage of a tab; full where it may hold only so many characters. */
function storage(room = Number.POSITIVE_INFINITY): Store & { readonly held: Map<string, string> } {
  const held = new Map<string, string>();
  return {
    held,
    getItem: (key) => held.get(key) ?? null,
    removeItem: (key) => void held.delete(key),
    setItem(key, value) {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError');
      held.set(key, value);
    },
  };
}

async function connect(user: string, on = session) {
  on.identity.userId = user;
  await on.mintAndConnect();
  await eventually(() => on.connection.state.name === 'open', 'open');
  return on.current;
}

/** Two teachers, of whom the first receives what is published here, and both what comes from elsewhere. */
async function someLife() {
  const first = await connect('teacher-1');
  await session.publish();
  await eventually(() => first.connection.framesIn === 1, 'its own');
  const second = await connect('teacher-2');
  await service.publish('teacher-2', '{"event":"class_created","data":{}}');
  await eventually(() => second.connection.framesIn === 1, 'from elsewhere');
  session.identity.defect = 'expired';
  await session.mintAndConnect(session.addClient());
  await eventually(() => session.connection.state.name === 'closed', 'refused');
  session.identity.defect = undefined;
  await first.disconnect();
}

const words = (events: readonly RecordedEvent[]) =>
  events.map((event) => ('do' in event ? event.do : event.saw) + ('client' in event ? ` ${event.client}` : ''));

/** Each text that a page gives away, for a session whose frames hold tokens. */
async function everythingGivenAway(token: string) {
  await connect('teacher-1');
  session.publisher.text = `{"event":"x","data":{"link":"https://a.example/?token=${token}"}}`;
  await session.publish();
  await eventually(() => session.connection.framesIn === 1, 'the frame');
  const { entries } = session.timeline;
  const sharing = { recording: true, messages: false, address: true };
  const store = storage();
  keep(store, setupOf(session), entries);
  return [desk.write(sharing), exportLines(entries), exportHar(entries, service.url)]
    .map((written) => ({ text: written.text, removals: written.removals }))
    .concat({ text: store.held.get(keptSessionKey) ?? '', removals: 1 });
}

describe('a recording', () => {
  it('holds what was done and seen, in order; what came from elsewhere is published again', async () => {
    await someLife();
    const { events } = recordingOf(session.timeline.entries) ?? { events: [] };
    expect(words(events)).toEqual([
      ...['mint', 'connect A', 'open A', 'publish', 'frame A'],
      ...['mint', 'connect B', 'open B', 'publish', 'frame B'],
      ...['mint', 'connect C', 'open C', 'closed C', 'disconnect A', 'closed A'],
    ]);
    expect(events.at(-3)).toMatchObject({ code: 1008, error_code: 'TOKEN_EXPIRED' });
  });

  it('goes again as it was recorded, at any pace, and is read back from its file', async () => {
    await someLife();
    const parsed = parseSession(desk.write({ recording: true, messages: false, address: false }).text);
    if (!parsed.ok || !parsed.session.recording) throw new Error('it cannot be read');
    await session.disconnectAll();
    const report = await replay(parsed.session.recording, { base: service.url, speed: 'max' });
    expect(report).toMatchObject({ deviations: [], met: 7, expected: 7 });
    expect(isAsRecorded(report)).toBe(true);
  });

  it('goes on over a reload, which ends the connections', async () => {
    const store = storage();
    await desk.begin('', store);
    await connect('teacher-1');
    desk.keep();
    await session.disconnectAll();
    session = open();
    const next = new SessionDesk(session);
    await next.begin('', store);
    await next.reopenAll();
    await eventually(() => session.connection.state.name === 'open', 'open again');
    expect(words(next.recording?.events ?? [])).toEqual([
      ...['mint', 'connect A', 'open A', 'disconnect A', 'closed A', 'mint', 'connect A', 'open A'],
    ]);
  });

  it('cannot dial again what was dialled by hand, and says so', async () => {
    await session.dial(`${service.wsUrl}?token=a&token=b`);
    await eventually(() => session.connection.state.name === 'closed', 'refused');
    const recording = desk.recording;
    expect(recording?.events[0]).toMatchObject({ do: 'connect', unrepeatable: true });
    expect(JSON.stringify(recording)).not.toContain('token=');
    if (!recording) throw new Error('nothing recorded');
    const report = await replay(recording, { base: service.url, speed: 'max' });
    expect(report).toMatchObject({ expected: 0, skipped: 3, deviations: [] });
  });

  it('lets a token that had expired expire again, however fast the replay is', async () => {
    const source = { kind: 'minted', user_id: 'u', lifetime_seconds: 1 } as const;
    const events: RecordedEvent[] = [
      { at_ms: 0, do: 'mint', token: 't1', source },
      { at_ms: 1500, do: 'connect', client: 'A', token: 't1' },
      { at_ms: 1510, saw: 'open', client: 'A' },
      { at_ms: 1511, saw: 'closed', client: 'A', code: 1008, error_code: 'TOKEN_EXPIRED' },
    ];
    const recording = { started_at: '2026-11-24T09:00:00Z', events };
    expect((await replay(recording, { base: service.url, speed: 'max' })).deviations).toEqual([]);
  });
});

describe('no token', () => {
  it('leaves the page in a file, a link, an export or what is kept, not even from within a frame', async () => {
    const token = fakeToken();
    const given = await everythingGivenAway(token);
    const minted = session.current.minted?.token ?? '';
    expect(minted).toMatch(/^eyJ/);
    for (const { text, removals } of given) {
      expect(text).toContain('[token removed]');
      expect(text).not.toMatch(/eyJ[\w-]+\./);
      expect(text).not.toContain(minted);
      expect(removals).toBeGreaterThan(0);
    }
  });
});

describe('an export', () => {
  it('has a line for each entry, with who, when and what', async () => {
    await someLife();
    const lines = exportLines(session.timeline.entries)
      .text.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(session.timeline.entries.length);
    for (const line of lines) {
      expect(line).toMatchObject({
        at: expect.stringMatching(/^\d{4}-.+Z$/),
        since_start_ms: expect.any(Number),
        kind: expect.any(String),
      });
      expect(line.client === null || /^[A-C]$/.test(line.client)).toBe(true);
    }
    expect(lines.find(({ kind }) => kind === 'publish')).toMatchObject({
      outcome: 'accepted',
      receivers: 1,
      user_id: 'teacher-1',
    });
    expect(lines.find(({ kind }) => kind === 'closed')).toMatchObject({ code: 1008, error_code: 'TOKEN_EXPIRED' });
  });

  it('is a HAR 1.2 that a viewer can show: each connection with its messages, each call with its answer', async () => {
    await someLife();
    const { log } = JSON.parse(exportHar(session.timeline.entries, service.url).text);
    expect(log).toMatchObject({ version: '1.2', creator: { name: expect.any(String), version: expect.any(String) } });
    for (const entry of log.entries) {
      expect(Date.parse(entry.startedDateTime)).not.toBeNaN();
      expect(entry).toMatchObject({
        time: expect.any(Number),
        cache: {},
        timings: { send: expect.any(Number), wait: expect.any(Number), receive: expect.any(Number) },
        request: {
          httpVersion: 'HTTP/1.1',
          cookies: [],
          headers: expect.any(Array),
          queryString: expect.any(Array),
          headersSize: -1,
          bodySize: -1,
        },
        response: {
          cookies: [],
          headers: [],
          redirectURL: '',
          content: { size: expect.any(Number), mimeType: expect.any(String) },
        },
      });
    }
    const sockets = log.entries.filter(({ _resourceType }: { _resourceType: string }) => _resourceType === 'websocket');
    expect(sockets).toHaveLength(3);
    expect(sockets[0]).toMatchObject({
      request: { method: 'GET', queryString: [{ name: 'token', value: '[token removed]' }] },
      response: { status: 101 },
      _webSocketMessages: [
        { type: 'receive', opcode: 1, time: expect.any(Number), data: expect.stringContaining('batch_results_ready') },
      ],
      _close: { code: 1000 },
    });
    expect(new URL(sockets[0].request.url).searchParams.get('token')).toBe('[token removed]');
    const calls = log.entries.filter(({ _resourceType }: { _resourceType: string }) => _resourceType === 'fetch');
    expect(calls.map(({ request }: { request: { url: string } }) => new URL(request.url).pathname)).toEqual([
      ...['/dev/tokens', '/dev/notifications', '/dev/tokens', '/dev/tokens'],
    ]);
  });
});

describe('after a reload', () => {
  async function reload(store: Store): Promise<SessionDesk> {
    desk.keep();
    await session.disconnectAll();
    session = open();
    desk = new SessionDesk(session);
    await desk.begin('', store);
    return desk;
  }

  it('the set-up and the timeline are there, and nothing has connected by itself', async () => {
    const store = storage();
    await desk.begin('', store);
    const client = await connect('teacher-7');
    client.setMode('back_off');
    session.identity.lifetimeSeconds = 60;
    session.publisher.event = 'class_created';
    session.publisher.text = '{"event":"mine"}';
    await reload(store);
    expect(session.identity).toMatchObject({ userId: 'teacher-7', lifetimeSeconds: 60 });
    expect(session.publisher).toMatchObject({ event: 'class_created', text: '{"event":"mine"}' });
    expect(session.clients.map(({ name, mode }) => [name, mode])).toEqual([['A', 'back_off']]);
    expect(session.connection.state.name).toBe('idle');
    expect(session.timeline.entries.map(({ kind }) => kind)).toEqual(['minted', 'connecting', 'open', 'note']);
    expect(desk.reopenings.map(({ source }) => source.user_id)).toEqual(['teacher-7']);
    await desk.reopenAll();
    await eventually(() => session.connection.state.name === 'open', 'open again');
    expect(desk.reopenings).toEqual([]);
  });

  it('whoever was not reconnected is offered again after the next one', async () => {
    const store = storage();
    await desk.begin('', store);
    await connect('teacher-7');
    await reload(store);
    await reload(store);
    expect(desk.reopenings).toHaveLength(1);
  });

  it('clients keep their names', async () => {
    const store = storage();
    await desk.begin('', store);
    await connect('teacher-1');
    await connect('teacher-2');
    await connect('teacher-3');
    await session.removeClient(session.clients[1] as never);
    await reload(store);
    expect(session.clients.map(({ name }) => name)).toEqual(['A', 'C']);
  });

  it('a session that was cleared is gone', async () => {
    const store = storage();
    await desk.begin('', store);
    await connect('teacher-7');
    desk.keep();
    expect(store.held.size).toBe(1);
    desk.clear();
    expect(store.held.size).toBe(0);
    await eventually(() => session.clients.every(({ isBusy }) => !isBusy), 'closed');
    session.timeline.clear();
    await reload(store);
    expect(store.held.size).toBe(0);
    expect(session.identity.userId).toBe('teacher-1');
    expect(session.timeline.entries).toEqual([]);
  });

  it('a storage that is full keeps the set-up without the timeline', async () => {
    const store = storage(1000);
    await desk.begin('', store);
    await connect('teacher-7');
    await reload(store);
    expect(session.identity.userId).toBe('teacher-7');
    expect(session.timeline.entries).toEqual([]);
    expect(desk.storageNote).toContain('larger than this browser keeps');
  });

  it('a browser that forbids storage is said to', async () => {
    await desk.begin('', undefined);
    expect(desk.storageNote).toContain('a reload begins anew');
  });

  it.each(['{', '{}', 'null', '{"session":{},"left":0,"entries":[]}'])(
    'what cannot be read is left behind: %s',
    async (text) => {
      const store = storage();
      store.setItem(keptSessionKey, text);
      await desk.begin('', store);
      expect(desk.storageNote).toContain('could not be read');
      expect(store.held.size).toBe(0);
      expect(session.timeline.entries).toEqual([]);
    },
  );

  it('a timeline that someone changed is not taken', () => {
    const store = storage();
    keep(store, setupOf(session), []);
    const kept = JSON.parse(store.held.get(keptSessionKey) ?? '');
    for (const entry of [{ kind: 'frame' }, { kind: 'constructor' }, 7, null]) {
      store.setItem(keptSessionKey, JSON.stringify({ ...kept, entries: [entry] }));
      expect(readKept(store)).toBe('broken');
    }
  });
});

describe('what someone hands over', () => {
  const file = (text: string | Uint8Array<ArrayBuffer>, name = 'session.json') => new File([text], name);

  async function openExample() {
    await desk.open(file(example));
    if (!desk.opened) throw new Error('not opened');
    return desk.opened;
  }

  it('is shown first, and set up when it is wanted: with nobody connected until asked', async () => {
    await desk.open(file(example));
    expect(desk.opened).toMatchObject({ name: 'session.json', session: { version: 1 } });
    expect(session.clients).toHaveLength(1);
    if (!desk.opened || !('session' in desk.opened)) throw new Error('not opened');
    await desk.setUp(desk.opened.session, false);
    expect(session.clients.map(({ name, connection }) => [name, connection.state.name])).toEqual([
      ...[
        ['A', 'idle'],
        ['B', 'idle'],
        ['C', 'idle'],
      ],
    ]);
    expect(desk.reopenings.map(({ client }) => client.name)).toEqual(['A', 'B']);
    await desk.reopenAll();
    await eventually(
      () => session.clients.filter(({ connection }) => connection.state.name === 'open').length === 2,
      'both open',
    );
  });

  it('comes by link as by file', async () => {
    await desk.begin(new URL(await sessionLink('http://localhost/playground/', example)).hash, storage());
    expect(desk.linked).toMatchObject({ from: 'link', session: { version: 1 } });
  });

  it('changes nothing where it is broken', async () => {
    const before = JSON.stringify(setupOf(session));
    await desk.open(file('{"format":"huleedu-realtime-session","version":1}'));
    expect(desk.opened).toMatchObject({ problem: expect.stringContaining('wrong in it') });
    await desk.open(file(new Uint8Array([0x89, 0x50, 0x4e, 0x47]), 'cat.png'));
    expect(desk.opened).toMatchObject({ name: 'cat.png', problem: expect.stringContaining('a PNG image') });
    await desk.take('#s=broken');
    expect(desk.linked).toMatchObject({ problem: expect.stringContaining('The link is broken') });
    expect(JSON.stringify(setupOf(session))).toBe(before);
  });

  it('is not replayed where the service neither mints nor publishes', async () => {
    const closed = await startService({ ENABLE_DEV_ENDPOINTS: 'false' });
    await session.changeAddress(closed.url);
    const opened = await openExample();
    await desk.replay(opened, 'max');
    expect(desk.run).toBeUndefined();
    expect(desk.hindrance).toMatchObject({ kind: expect.stringContaining('off') });
    await closed.close();
  });

  it('is replayed with a line in the timeline for each thing, and can be stopped', async () => {
    const opened = await openExample();
    await desk.replay(opened, 'max');
    await eventually(() => desk.run?.state.name === 'done', 'done');
    expect(desk.run?.state).toMatchObject({ isAsRecorded: true });
    expect(desk.run?.passed).toBe(desk.run?.total);
    expect(session.timeline.entries.every(({ kind }) => kind === 'note')).toBe(true);
    expect(desk.recording).toBeUndefined();

    await desk.replay(opened, 0.01);
    desk.run?.stop();
    await eventually(() => desk.run?.state.name === 'done', 'stopped');
    expect(desk.run?.state).toMatchObject({ report: { stopped: true } });
  });
});
