import { describe, expect, it } from 'vitest';
import { clientColour, clientName } from '../../../playground/parts/client-colour.ts';
import { Queue } from '../../../playground/parts/queue.ts';
import { utf8Length } from '../../../playground/parts/utf8-length.ts';
import { Outbox } from '../../../playground/publish/outbox.ts';
import { noFilter } from '../../../playground/timeline/filter.ts';
import { compareMessages } from '../../../playground/timeline/json-diff.ts';
import { Rates } from '../../../playground/timeline/rates.ts';
import { Timeline, type TimelineEvent } from '../../../playground/timeline/timeline.svelte.ts';
import { TimelineView } from '../../../playground/timeline/timeline-view.svelte.ts';
import { eventually } from '../../support/eventually.ts';

const open: TimelineEvent = { kind: 'open', handshakeMs: 4 };

function frame(text: string, event?: string, latencyMs?: number): TimelineEvent {
  return { kind: 'frame', text, bytes: utf8Length(text), event, latencyMs };
}

function viewing(capacity?: number) {
  const timeline = new Timeline(capacity);
  const view = new TimelineView(timeline);
  const shown = () => Array.from({ length: view.length }, (_, index) => view.at(index)?.id);
  return { timeline, view, shown };
}

describe('what is shown of a timeline', () => {
  it('is what fits each field of the filter that holds something', () => {
    const { timeline, view, shown } = viewing();
    timeline.add(open, 'A');
    timeline.add(frame('{"event":"x","data":{"category":"system_alerts","priority":"high"}}', 'x'), 'A');
    timeline.add(frame('{"event":"y","data":{"category":"system_alerts","priority":"low"}}', 'y'), 'B');
    timeline.add({ kind: 'minted', userId: 'u', lifetimeSeconds: 1, expectedError: null, ms: 1 });
    const showing = (filter: Partial<typeof noFilter>) => {
      view.filter = { ...noFilter, ...filter };
      return shown();
    };
    expect(showing({})).toEqual([1, 2, 3, 4]);
    expect(showing({ clients: new Set(['A']) })).toEqual([1, 2]);
    expect(showing({ clients: new Set(['']) })).toEqual([4]);
    expect(showing({ directions: new Set(['state']) })).toEqual([1, 4]);
    expect(showing({ categories: new Set(['system_alerts']) })).toEqual([2, 3]);
    expect(showing({ categories: new Set(['system_alerts']), priorities: new Set(['low']) })).toEqual([3]);
    expect(showing({ events: new Set(['x']), clients: new Set(['B']) })).toEqual([]);
    expect([view.events, view.clients]).toEqual([
      ['x', 'y'],
      ['A', 'B'],
    ]);
  });

  it.each([
    ['ÅSA', [1]],
    ['a.a', []],
    ['/a.a/', [2]],
    ['/A.A/', []],
    ['/A.A/gi', [2]],
    ['handshake', [3]],
    ['/unfinished', []],
    ['/(?:a|b)[(|+]*(ab)+\\(?|å+/', [1]],
  ])('is what the search %s finds', (written, ids) => {
    const { timeline, view, shown } = viewing();
    timeline.add(frame('åsa'));
    timeline.add(frame('aba'));
    timeline.add(open);
    view.written = written;
    expect(shown()).toEqual(ids);
    expect(view.problem).toBeUndefined();
  });

  it.each([
    ['/a[/', 'Not a regular expression'],
    ['/(a+)+$/', 'A repeated group'],
    ['/((?:a{2,}))*$/', 'A repeated group'],
    ['/(?<x>a|[)b]|aa)*$/', 'A repeated group'],
    ['/a/xyz', 'Not a regular expression'],
  ])('is everything where the search %s cannot be used, with the reason', (written, problem) => {
    const { timeline, view, shown } = viewing();
    timeline.add(open);
    view.written = written;
    expect(shown()).toEqual([1]);
    expect(view.problem).toContain(problem);
  });

  it('is everything once an expression took too long for one entry', async () => {
    const { timeline, view, shown } = viewing();
    timeline.add(frame('a'.repeat(1200)));
    view.written = '/a*a*c/';
    expect(shown()).toEqual([]);
    await eventually(() => view.problem !== undefined, 'the problem');
    expect(view.problem).toContain('took too long');
    expect(shown()).toEqual([1]);
  });

  it('says of how many messages an expression saw the beginning alone', () => {
    const { timeline, view, shown } = viewing();
    timeline.add(frame(`${' '.repeat(5000)}end`));
    view.written = '/end/';
    expect([shown(), view.cut]).toEqual([[], 1]);
    view.written = 'end';
    expect([shown(), view.cut]).toEqual([[1], 0]);
  });

  it('loses at the front what the timeline lets go', () => {
    const { timeline, view, shown } = viewing(3);
    view.written = 'yes';
    for (const text of ['yes', 'no', 'yes']) timeline.add(frame(text));
    expect(shown()).toEqual([1, 3]);
    for (const text of ['yes', 'no']) timeline.add(frame(text));
    expect([shown(), view.gone]).toEqual([[3, 4], 1]);
  });

  it('comes in pieces where there is too much to judge at once', async () => {
    const { timeline, view } = viewing(50_000);
    for (let n = 0; n < 50_000; n++) timeline.add(frame('x'.repeat(200)));
    view.written = '/(?:x|y){1,150}z/';
    const started = performance.now();
    expect(view.isSearching).toBe(true);
    expect(performance.now() - started).toBeLessThan(500);
    view.written = 'x';
    await eventually(() => view.length === 50_000, 'all of them');
    expect(view.isSearching).toBe(false);
  });

  it('stays as it is while paused, even what the timeline lets go, and goes on with the newest', () => {
    const { timeline, view, shown } = viewing(2);
    timeline.add(open);
    timeline.add(open);
    view.pause();
    timeline.add(open);
    timeline.add(open);
    timeline.add(open);
    expect([shown(), view.total, view.newSincePause]).toEqual([[1, 2], 2, 3]);
    view.filter = { ...noFilter, directions: new Set(['in']) };
    expect(shown()).toEqual([]);
    view.filter = noFilter;
    view.resume();
    expect([shown(), view.newSincePause]).toEqual([[4, 5], 0]);
  });

  it('has a selection that moves within what is shown, and stays when its entry goes', () => {
    const { timeline, view } = viewing(3);
    for (const text of ['a', 'b', 'a']) timeline.add(frame(text));
    view.written = 'a';
    view.move(1, 0);
    expect([view.selected?.id, view.selectedIndex]).toEqual([1, 0]);
    view.move(1, 0);
    expect([view.selected?.id, view.selectedIndex]).toEqual([3, 1]);
    view.move(Number.NEGATIVE_INFINITY, 0);
    expect(view.selected?.id).toBe(1);
    timeline.add(frame('a'));
    expect([view.selected?.id, view.selectedIndex]).toEqual([1, -1]);
    view.move(1, 0);
    expect(view.selected?.id).toBe(4);
    view.clear();
    expect([view.selected, view.length]).toEqual([undefined, 0]);
  });

  it('opens the first frame, and no other', () => {
    const { timeline, view } = viewing();
    timeline.add(open);
    timeline.add(frame('1'));
    timeline.add(frame('2'));
    view.openFirstFrame(1);
    expect([view.selected?.id, view.isOpen]).toEqual([2, true]);
    view.isOpen = false;
    view.openFirstFrame(3);
    expect([view.selected?.id, view.isOpen]).toEqual([2, false]);
  });
});

it('keeps the latency of each of ten thousand own messages that were sent in one go', () => {
  const outbox = new Outbox();
  for (let n = 0; n < 10_000; n++) outbox.sent(n % 2 ? 'same' : `number ${n}`, n);
  const started = performance.now();
  for (let n = 0; n < 10_000; n++) expect(outbox.arrived(n % 2 ? 'same' : `number ${n}`, n + 5)).toBe(5);
  // By comparing with each that is awaited, it takes minutes.
  expect(performance.now() - started).toBeLessThan(3000);
});

it('a queue keeps its order through any mixture of steps', () => {
  const queue = new Queue<number>();
  let [next, first] = [0, 0];
  for (let n = 0; n < 20_000; n++) {
    if (n % 3 < 2) queue.push(next++);
    else expect(queue.shift()).toBe(first++);
  }
  expect([queue.length, queue.at(0), queue.at(queue.length - 1), queue.at(queue.length), queue.at(-1)]).toEqual([
    next - first,
    first,
    next - 1,
    undefined,
    undefined,
  ]);
  expect(queue.toArray()).toEqual(Array.from({ length: next - first }, (_, index) => first + index));
});

it.each(['', 'abc', 'Å', '€', '😀', '\ud800', 'x'.repeat(10_000), 'Å'.repeat(10_000)])(
  'counts bytes of UTF-8',
  (text) => {
    expect(utf8Length(text)).toBe(Buffer.byteLength(text));
  },
);

it('gives each client a colour that follows from its name', () => {
  expect([0, 25, 26, 53].map(clientName)).toEqual(['A', 'Z', 'A1', 'B2']);
  for (const index of [0, 7, 8, 25, 26, 53]) expect(clientColour(clientName(index))).toBe(index % 8);
});

describe('the rate and the latency', () => {
  it('are told second by second, and over the last minute', () => {
    const rates = new Rates();
    for (let n = 1; n <= 100; n++) rates.count(frame('', 'x', n), 5000 + n);
    rates.count(frame(''), 6500);
    rates.count(open, 6500);
    const points = rates.points(7500);
    expect(points).toHaveLength(59);
    expect(points.slice(-3).map(({ secondsAgo, received }) => [secondsAgo, received])).toEqual([
      [3, 0],
      [2, 100],
      [1, 1],
    ]);
    expect(points.at(-1)?.p50).toBeUndefined();
    const { count, p50, p95, p99 } = rates.latencies(7500);
    expect(count).toBe(100);
    for (const [told, right] of [
      [p50, 50],
      [p95, 95],
      [p99, 99],
    ] as const) {
      expect(Math.abs(told / right - 1)).toBeLessThan(0.06);
    }
  });

  it('are forgotten after a minute, and when all is cleared', () => {
    const rates = new Rates();
    rates.count(frame('', 'x', 1), 1000);
    expect(rates.latencies(62_000).count).toBe(0);
    expect(rates.points(62_000).some(({ received }) => received > 0)).toBe(false);
    rates.count(frame('', 'x', 1), 62_000);
    rates.clear();
    expect(rates.latencies(62_500).count).toBe(0);
  });
});

describe('two messages compared', () => {
  it('differ field by field where both are JSON', () => {
    const comparison = compareMessages('{"a":1,"b":{"c":[1,2]},"d":{}}', '{"a":1,"b":{"c":[1,3,4]},"e":null}');
    expect(comparison).toEqual({
      kind: 'fields',
      differences: [
        { kind: 'equal', path: 'a', before: '1', after: '1' },
        { kind: 'equal', path: 'b.c[0]', before: '1', after: '1' },
        { kind: 'changed', path: 'b.c[1]', before: '2', after: '3' },
        { kind: 'removed', path: 'd', before: '{}', after: undefined },
        { kind: 'added', path: 'b.c[2]', before: undefined, after: '4' },
        { kind: 'added', path: 'e', before: undefined, after: 'null' },
      ],
    });
  });

  it.each([
    ['abXcd', 'abYYcd', ['ab', 'X', 'YY', 'cd']],
    ['aa', 'aaa', ['aa', '', 'a', '']],
    ['{"a":1}', 'no', ['', '{"a":1}', 'no', '']],
  ])('differ where the texts part and meet again: %s and %s', (before, after, parts) => {
    const comparison = compareMessages(before, after);
    if (comparison.kind !== 'text') throw new Error('texts expected');
    expect([comparison.start, comparison.before, comparison.after, comparison.end]).toEqual(parts);
  });
});
