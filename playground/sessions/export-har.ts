import { endpoints, websocketUrl } from '../../service/contract/endpoints.ts';
import { redact, removed } from '../../service/sessions/redact.ts';
import type { WrittenSession } from '../../service/sessions/write-session.ts';
import type { TimelineEntry } from '../timeline/timeline.svelte.ts';

/** An entry of a HAR 1.2 document, as far as it is written here (http://www.softwareishard.com/blog/har-12-spec/). */
interface HarEntry {
  readonly startedDateTime: string;
  time: number;
  readonly request: object;
  response: object;
  readonly cache: object;
  timings: object;
  readonly comment?: string;
  readonly connection?: string;
  /** What Chrome writes for a WebSocket, and reads again. */
  readonly _resourceType: 'websocket' | 'fetch';
  readonly _webSocketMessages?: HarMessage[];
  /** How it ended, which HAR has no place for. */
  _close?: { readonly code: number; readonly reason: string };
}

/** A message of a WebSocket as Chrome writes it: the time in seconds since 1970. */
interface HarMessage {
  readonly type: 'send' | 'receive';
  readonly time: number;
  readonly opcode: 1 | 2;
  readonly data: string;
}

/**
 * The timeline as HAR 1.2: an entry for each connection with its messages, and one for each call to mint or to publish.
 * Where the token stood in the address, words say that it was removed.
 *
 * @param base - The service's address.
 * @param version - Of the site.
 */
export function exportHar(entries: readonly TimelineEntry[], base: string): WrittenSession {
  const har: HarEntry[] = [];
  const open = new Map<string, HarEntry>();
  for (const entry of entries) {
    const made = callOf(entry, base) ?? handshakeOf(entry, base);
    if (made) har.push(made);
    if (entry.client === undefined) continue;
    if (made) open.set(entry.client, made);
    else follow(open.get(entry.client), entry);
  }
  const log = {
    version: '1.2',
    creator: { name: 'HuleEdu Realtime playground', version: '1' },
    pages: [],
    entries: har,
  };
  const { value, removals } = redact({ log });
  return { text: `${JSON.stringify(value, null, 2)}\n`, removals };
}

/** A call to the development endpoints. */
function callOf(entry: TimelineEntry, base: string): HarEntry | undefined {
  if (entry.kind === 'minted') {
    const body = { user_id: entry.userId, lifetime_seconds: entry.lifetimeSeconds };
    const answer = { token: removed, expected_error: entry.expectedError };
    return call(entry, base + endpoints.devTokens, body, entry.ms, answer);
  }
  if (entry.kind !== 'publish' || entry.outcome.name === 'pending') return undefined;
  const body = { user_id: entry.userId, payload: entry.text };
  const { outcome } = entry;
  if (outcome.name === 'failed') return call(entry, base + endpoints.devNotifications, body, 0, undefined);
  const { channel, receivers, ms } = outcome;
  return call(entry, base + endpoints.devNotifications, body, ms, { channel, bytes: entry.bytes, receivers });
}

/** A publish is entered when it begins; a token, when it is there. */
function call(entry: TimelineEntry, url: string, body: object, ms: number, answer: object | undefined): HarEntry {
  const startedAt = entry.kind === 'minted' ? entry.at - ms : entry.at;
  const mimeType = 'application/json';
  const text = answer === undefined ? '' : JSON.stringify(answer);
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: ms,
    request: {
      ...head('POST', url, []),
      headers: [{ name: 'content-type', value: mimeType }],
      postData: { mimeType, text: JSON.stringify(body) },
    },
    response:
      answer === undefined ? noResponse : { ...respond(200, 'OK'), content: { size: text.length, mimeType, text } },
    cache: {},
    timings: { send: 0, wait: ms, receive: 0 },
    _resourceType: 'fetch',
  };
}

function handshakeOf(entry: TimelineEntry, base: string): HarEntry | undefined {
  if (entry.kind !== 'connecting') return undefined;
  const query = entry.origin === undefined ? [] : [{ name: 'token', value: removed }];
  const url =
    entry.origin === undefined
      ? entry.address.split('?')[0]
      : `${websocketUrl(base)}?token=${encodeURIComponent(removed)}`;
  return {
    startedDateTime: new Date(entry.at).toISOString(),
    time: 0,
    request: head('GET', url ?? '', query),
    response: noResponse,
    cache: {},
    timings: { send: 0, wait: 0, receive: 0 },
    comment: `Client ${entry.client ?? ''}`,
    _resourceType: 'websocket',
    _webSocketMessages: [],
  };
}

/** What happens on a connection goes into its entry. */
function follow(har: HarEntry | undefined, entry: TimelineEntry): void {
  const messages = har?._webSocketMessages;
  if (har === undefined || messages === undefined) return;
  const time = entry.at / 1000;
  if (entry.kind === 'open') {
    har.response = { ...respond(101, 'Switching Protocols'), content: { size: 0, mimeType: 'x-unknown' } };
    har.time = entry.handshakeMs;
    har.timings = { send: 0, wait: entry.handshakeMs, receive: 0 };
  }
  if (entry.kind === 'frame') messages.push({ type: 'receive', time, opcode: 1, data: entry.text });
  if (entry.kind === 'sent') {
    const data = `[${entry.count} of ${entry.bytes} bytes each; their text is not kept]`;
    messages.push({ type: 'send', time, opcode: entry.binary ? 2 : 1, data });
  }
  if (entry.kind === 'closed') {
    const { code, reason } = entry.ending;
    har._close = { code, reason };
  }
}

function head(method: string, url: string, queryString: readonly object[]): object {
  return { method, url, httpVersion: 'HTTP/1.1', cookies: [], headers: [], queryString, headersSize: -1, bodySize: -1 };
}

function respond(status: number, statusText: string): object {
  return {
    status,
    statusText,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [],
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
  };
}

/** As browsers write a request that got no answer. */
const noResponse = { ...respond(0, ''), content: { size: 0, mimeType: 'x-unknown' } };
