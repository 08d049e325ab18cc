import { lookUpCloseCode } from '../../service/contract/close-codes.ts';
import { parseCloseReason } from '../../service/contract/error-codes.ts';
import { boundsOf } from '../connections/reconnect-policy.ts';
import { count, formatBytes, formatMs, formatSeconds } from '../parts/format.ts';
import { cutText } from '../parts/json-tokens.ts';
import type { TimelineEntry } from './timeline.svelte.ts';

/** A timeline entry in words. */
export interface EntryDescription {
  /** `in` and `out` are messages; the others say how something went. */
  readonly tone: 'in' | 'out' | 'plain' | 'good' | 'bad';
  readonly title: string;
  /** Short facts, most important first. */
  readonly facts: readonly string[];
  /** What can be unfolded below: a message's text, or a sentence. */
  readonly body?: { readonly kind: 'message' | 'sentence'; readonly text: string };
}

/** How many characters of an event stand in a line; the longest of the platform's has fewer than half of them. */
const titleLimit = 80;

/** Puts a timeline entry into words. */
export function describeEntry(entry: TimelineEntry): EntryDescription {
  switch (entry.kind) {
    case 'minted': {
      const kind = entry.expectedError === null ? 'Token minted' : 'Wrong token minted';
      const facts = [entry.userId, formatSeconds(entry.lifetimeSeconds), formatMs(entry.ms)];
      return { tone: 'plain', title: kind, facts: entry.expectedError ? [entry.expectedError, ...facts] : facts };
    }
    case 'pasted':
      return { tone: 'plain', title: 'Token pasted', facts: [entry.userId ?? 'no subject to be read'] };
    case 'connecting':
      return { tone: 'plain', title: 'Connecting', facts: [entry.address] };
    case 'open':
      return { tone: 'good', title: 'Open', facts: [`handshake ${formatMs(entry.handshakeMs)}`] };
    case 'frame':
      return {
        tone: 'in',
        title: titleOf(entry.event),
        facts: [
          ...(entry.latencyMs === undefined ? [] : [`${formatMs(entry.latencyMs)} after publish`]),
          formatBytes(entry.bytes),
        ],
        body: { kind: 'message', text: entry.text },
      };
    case 'publish':
      return {
        tone: entry.outcome.name === 'failed' ? 'bad' : 'out',
        title: titleOf(entry.event),
        facts: [...outcomeFacts(entry), `to ${entry.userId}`, formatBytes(entry.bytes)],
        body: { kind: 'message', text: entry.text },
      };
    case 'sent': {
      const noun = entry.binary ? 'binary frame' : 'message';
      const each = entry.count === 1 ? formatBytes(entry.bytes) : `${formatBytes(entry.bytes)} each`;
      const title = isPing(entry.text) ? 'Sent a ping of its own' : `Sent ${count(entry.count, noun)}`;
      const body = entry.text === undefined ? {} : { body: { kind: 'message' as const, text: entry.text } };
      return { tone: 'out', title, facts: ['to the service', each], ...body };
    }
    case 'failure':
      return {
        tone: 'bad',
        title: 'No token',
        facts: [entry.failure.title],
        body: { kind: 'sentence', text: `${entry.failure.detail} ${entry.failure.remedy}` },
      };
    case 'closing':
      return { tone: 'plain', title: 'Closing', facts: [entry.code ? `with ${entry.code}` : 'without a code'] };
    case 'closed':
      return describeClose(entry);
    case 'waiting': {
      const { attempt, waitMs } = entry.wait;
      return {
        tone: 'plain',
        title: `Waits ${formatMs(waitMs)}`,
        facts: [`of ${boundsOf(entry.wait)}`, `wait ${attempt}`],
      };
    }
    case 'note':
      return { tone: entry.tone, title: entry.text, facts: [] };
    case 'stopped':
      return { tone: 'bad', title: 'Does not connect again', facts: [entry.why] };
  }
}

/** What many frontends send now and then as text; no ping of the protocol's, which no page can send. */
function isPing(text: string | undefined): boolean {
  return text !== undefined && /^\s*\{\s*"type"\s*:\s*"ping"\s*\}\s*$/.test(text);
}

function titleOf(event: string | undefined): string {
  if (event === undefined) return 'not a notification';
  return event.length > titleLimit ? `${cutText(event, titleLimit)}…` : event;
}

function outcomeFacts({ outcome }: TimelineEntry & { kind: 'publish' }): string[] {
  if (outcome.name === 'pending') return ['on its way'];
  if (outcome.name === 'failed') return [outcome.failure.title];
  return [count(outcome.receivers, 'receiver'), formatMs(outcome.ms)];
}

function describeClose({ ending }: TimelineEntry & { kind: 'closed' }): EntryDescription {
  const reason = parseCloseReason(ending.reason);
  const facts = [lookUpCloseCode(ending.code)?.name ?? 'unknown code'];
  if (reason) facts.unshift(reason.error_code);
  if (ending.opened) facts.push(`after ${formatMs(ending.openMs)}`);
  const tone = ending.code === 1000 ? 'plain' : 'bad';
  const body = ending.reason === '' ? {} : { body: { kind: 'message' as const, text: ending.reason } };
  return { tone, title: `Closed ${ending.code}`, facts, ...body };
}

/** One sentence for a screen reader. */
export function sentenceFor(entry: TimelineEntry): string {
  const { title, facts } = describeEntry(entry);
  const verb = { frame: 'Received ', publish: 'Published ' }[entry.kind as string] ?? '';
  return `${verb}${[title, ...facts].join(', ')}.`;
}
