import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../playground/publish/outbox.ts';
import { describeEntry, sentenceFor } from '../../../playground/timeline/describe-entry.ts';
import { eventOf, Timeline, type TimelineEvent } from '../../../playground/timeline/timeline.svelte.ts';

const open: TimelineEvent = { kind: 'open', handshakeMs: 4 };
const publish: TimelineEvent = {
  kind: 'publish',
  userId: 'u',
  text: '{}',
  bytes: 2,
  event: undefined,
  outcome: { name: 'pending' },
};

function describing(event: TimelineEvent) {
  const timeline = new Timeline();
  timeline.add(event);
  return describeEntry(timeline.entries[0] as (typeof timeline.entries)[number]);
}

describe('what the client sent', () => {
  it.each<[boolean, number, number, string, string]>([
    [true, 2, 1, 'Sent 1 binary frame', '2 B'],
    [false, 1, 101, 'Sent 101 messages', '1 B each'],
    [false, 65_537, 1, 'Sent 1 message', '65.5 kB'],
  ])('is told in one entry', (binary, bytes, count, title, size) => {
    const described = describing({ kind: 'sent', binary, bytes, count });
    expect(described).toEqual({ tone: 'out', title, facts: ['to the service', size] });
  });

  it('takes no room of the messages that are kept, for its text is not', () => {
    const timeline = new Timeline(500, 100);
    timeline.add(open);
    timeline.add({ kind: 'sent', binary: false, bytes: 65_537, count: 1 });
    timeline.add(open);
    expect(timeline.dropped).toBe(0);
  });
});

describe('the timeline', () => {
  it('keeps what happened in order, with the time since the first and since the one before', () => {
    const timeline = new Timeline();
    const ids = [timeline.add(open), timeline.add(open), timeline.add(open)];
    expect(timeline.entries.map(({ id }) => id)).toEqual(ids);
    expect(timeline.entries[0]).toMatchObject({ sinceStartMs: 0, deltaMs: 0 });
    const [, second, third] = timeline.entries;
    expect(third?.sinceStartMs).toBeCloseTo((second?.sinceStartMs ?? 0) + (third?.deltaMs ?? 0), 6);
  });

  it('lets the oldest go when it is full, and says how many', () => {
    const timeline = new Timeline(3);
    const ids = Array.from({ length: 5 }, () => timeline.add(open));
    expect(timeline.entries.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(timeline.dropped).toBe(2);
  });

  it('lets the oldest go when the messages grow too large together, but never the newest', () => {
    const timeline = new Timeline(500, 100);
    const frame = (bytes: number): TimelineEvent => ({
      kind: 'frame',
      text: '',
      bytes,
      event: undefined,
      latencyMs: 1,
    });
    const ids = [frame(40), open, frame(40), frame(40)].map((event) => timeline.add(event));
    expect(timeline.entries.map(({ id }) => id)).toEqual(ids.slice(1));
    expect(timeline.dropped).toBe(1);
    const newest = timeline.add({ ...publish, bytes: 200 } as TimelineEvent);
    expect(timeline.entries.map(({ id }) => id)).toEqual([newest]);
    timeline.clear();
    for (const bytes of [60, 40]) timeline.add(frame(bytes));
    expect(timeline.entries).toHaveLength(2);
  });

  it('tells later how a publish ended, and bears that the entry is gone by then', () => {
    const timeline = new Timeline();
    const id = timeline.add(publish);
    timeline.settle(id, { name: 'accepted', channel: 'ws:u', receivers: 1, ms: 2 });
    expect(timeline.entries[0]).toMatchObject({ outcome: { name: 'accepted', receivers: 1 } });
    timeline.clear();
    timeline.settle(id, { name: 'accepted', channel: 'ws:u', receivers: 1, ms: 2 });
    expect(timeline.entries).toEqual([]);
  });

  it('begins anew after it was cleared', () => {
    const timeline = new Timeline(1);
    timeline.add(open);
    timeline.add(open);
    timeline.clear();
    timeline.add(open);
    expect(timeline).toMatchObject({ dropped: 0, entries: [{ sinceStartMs: 0, deltaMs: 0 }] });
  });
});

describe('the outbox', () => {
  it('knows an own message again by its bytes, once', () => {
    const outbox = new Outbox();
    outbox.sent('a', 100);
    expect(outbox.arrived('b', 103)).toBeUndefined();
    expect(outbox.arrived('a', 107)).toBe(7);
    expect(outbox.arrived('a', 108)).toBeUndefined();
  });

  it('takes equal messages in the order of their publishing', () => {
    const outbox = new Outbox();
    outbox.sent('a', 100);
    outbox.sent('a', 200);
    expect([outbox.arrived('a', 210), outbox.arrived('a', 211)]).toEqual([110, 11]);
  });

  it('is bounded', () => {
    const outbox = new Outbox();
    for (let n = 0; n < 21_000; n++) outbox.sent(String(n), n);
    expect(outbox.arrived('0', 30_000)).toBeUndefined();
    expect(outbox.arrived('20999', 30_000)).toBe(9001);
  });
});

describe('an entry in words', () => {
  it('names the notification, the latency and the size of a frame', () => {
    const words = describing({ kind: 'frame', text: '{}', bytes: 1400, event: 'class_created', latencyMs: 3.21 });
    expect(words).toMatchObject({ tone: 'in', title: 'class_created', facts: ['3.2 ms after publish', '1.4 kB'] });
  });

  it('leaves the latency out where someone else published', () => {
    expect(describing({ kind: 'frame', text: 'x', bytes: 1, event: undefined, latencyMs: undefined }).facts).toEqual([
      '1 B',
    ]);
  });

  it('shortens an event that is too long for a line', () => {
    const words = describing({ kind: 'frame', text: '', bytes: 1, event: 'e'.repeat(5000), latencyMs: 1 });
    expect(words.title).toBe(`${'e'.repeat(80)}…`);
  });

  it('gives the cause of a close before the name of its code', () => {
    const reason = '{"error_code":"TOKEN_EXPIRED","message":"m","correlation_id":"c"}';
    const words = describing({ kind: 'closed', ending: { code: 1008, reason, opened: true, openMs: 5 } });
    expect(words).toMatchObject({ tone: 'bad', title: 'Closed 1008' });
    expect(words.facts.slice(0, 2)).toEqual(['TOKEN_EXPIRED', 'Policy violation']);
  });

  it('can be read aloud', () => {
    const timeline = new Timeline();
    timeline.add({
      ...publish,
      event: 'class_created',
      outcome: { name: 'accepted', channel: 'ws:u', receivers: 2, ms: 3 },
    });
    const [entry] = timeline.entries;
    expect(entry && sentenceFor(entry)).toBe('Published class_created, 2 receivers, 3.0 ms, to u, 2 B.');
  });
});

it.each([
  ['{"event":"class_created","data":{}}', 'class_created'],
  ['{"event":7}', undefined],
  ['null', undefined],
  ['not JSON', undefined],
])('reads the event of %s', (text, event) => {
  expect(eventOf(text)).toBe(event);
});
