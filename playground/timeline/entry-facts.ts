import { defaultPingIntervalSeconds } from '../../service/contract/endpoints.ts';
import { count, formatBytes, formatMs, formatSeconds, formatTime } from '../parts/format.ts';
import { labelsOf } from './filter.ts';
import type { TimelineEntry } from './timeline.svelte.ts';

/** A name and a value for reading. */
export type Fact = readonly [name: string, value: string];

/** All that is known of an entry, but for its message. */
export function factsOf(entry: TimelineEntry): Fact[] {
  return [...timesOf(entry), ...ownFacts(entry)];
}

function timesOf({ at, sinceStartMs, deltaMs, client }: TimelineEntry): Fact[] {
  return [
    ['Time', `${formatTime(at)} (${new Date(at).toISOString()})`],
    ['Since the first entry', formatMs(sinceStartMs)],
    ['Since the entry before', formatMs(deltaMs)],
    ['Connection', client ?? 'none'],
  ];
}

function ownFacts(entry: TimelineEntry): Fact[] {
  switch (entry.kind) {
    case 'minted':
      return [
        ['User', entry.userId],
        ['Lifetime', formatSeconds(entry.lifetimeSeconds)],
        ['Made in', formatMs(entry.ms)],
        ['Must be refused with', entry.expectedError ?? 'nothing: it is right'],
      ];
    case 'pasted':
      return [['User', entry.userId ?? 'not said: it has no sub']];
    case 'connecting':
      return [['Address', entry.address]];
    case 'open':
      return [
        ['Handshake', formatMs(entry.handshakeMs)],
        [
          'Pings',
          `The service sends one every ${defaultPingIntervalSeconds} s unless it is set up otherwise. The browser answers and tells the page nothing, so none can stand here.`,
        ],
      ];
    case 'frame':
      return [
        ['Size', sizeOf(entry.bytes)],
        [
          'From publish to arrival',
          entry.latencyMs === undefined ? 'not known: this page did not publish it' : formatMs(entry.latencyMs),
        ],
        ...notificationFacts(entry),
      ];
    case 'publish':
      return [
        ['To user', entry.userId],
        ['Size', sizeOf(entry.bytes)],
        ...outcomeOf(entry),
        ...notificationFacts(entry),
      ];
    case 'sent':
      return [
        ['Sent', count(entry.count, entry.binary ? 'binary frame' : 'text message')],
        ['Size of each', sizeOf(entry.bytes)],
      ];
    case 'waiting':
      return [
        ['Waits', formatMs(entry.wait.waitMs)],
        ['Drawn between', `${formatMs(entry.wait.floorMs)} and ${formatMs(entry.wait.ceilingMs)}`],
        ['Attempt', String(entry.wait.attempt)],
        ['After close code', String(entry.wait.code)],
      ];
    case 'stopped':
      return [['Why', entry.why]];
    case 'failure':
      return [
        ['What', entry.failure.title],
        ['Why', entry.failure.detail],
        ['What to do', entry.failure.remedy],
      ];
    case 'closing':
      return [['With code', entry.code === undefined ? 'none' : String(entry.code)]];
    case 'note':
      return [['What', entry.text]];
    case 'closed':
      return [];
  }
}

function sizeOf(bytes: number): string {
  return bytes < 1000 ? formatBytes(bytes) : `${formatBytes(bytes)} (${bytes.toLocaleString('en')} bytes)`;
}

function outcomeOf({ outcome }: TimelineEntry & { kind: 'publish' }): Fact[] {
  if (outcome.name === 'pending') return [['Outcome', 'on its way']];
  if (outcome.name === 'failed')
    return [
      ['Outcome', `${outcome.failure.title} ${outcome.failure.detail}`],
      ['What to do', outcome.failure.remedy],
    ];
  return [
    ['Channel', outcome.channel],
    ['Receivers', String(outcome.receivers)],
    ['Answered after', formatMs(outcome.ms)],
  ];
}

function notificationFacts(entry: TimelineEntry): Fact[] {
  const { category, priority } = labelsOf(entry);
  return [
    ...(typeof category === 'string' ? [['Category', category] as const] : []),
    ...(typeof priority === 'string' ? [['Priority', priority] as const] : []),
  ];
}
