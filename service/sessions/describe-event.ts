import type { Seen } from './expectations.ts';
import type { ReplayEvent } from './replay.ts';
import type { Act, TokenSource } from './session-file.ts';

/** Something that is done, in a few words; `client`, where it has one, is its subject. */
export function describeAct(act: Act): string {
  switch (act.do) {
    case 'mint':
      return `mints a token ${describeSource(act.source)}`;
    case 'connect':
      if (act.unrepeatable) return 'connects at an address that was not kept';
      return act.token === undefined ? 'connects without a token' : 'connects';
    case 'publish':
      return `publishes ${nameOf(act.payload)} to ${act.user_id}`;
    case 'send': {
      const noun = act.binary ? 'binary frame' : 'message';
      return `sends ${act.count === 1 ? `a ${noun}` : `${act.count} ${noun}s`} of ${act.bytes} bytes`;
    }
    case 'disconnect':
      return act.code === undefined ? 'closes without a code' : `closes with ${act.code}`;
  }
}

/** Something that is seen, in a few words; its client is the subject. */
export function describeSeen(seen: Seen): string {
  switch (seen.saw) {
    case 'open':
      return 'is open';
    case 'frame':
      return `receives ${nameOf(seen.text)}`;
    case 'closed':
      return `is closed with ${endOf(seen)}`;
  }
}

/** What happened in a replay, in a few words. */
export function describeReplayEvent(event: ReplayEvent): string {
  switch (event.kind) {
    case 'did':
      return describeAct(event.act);
    case 'skipped':
      return `${describeAct(event.act)}: skipped`;
    case 'refused':
      return `${describeAct(event.act)}: refused. ${event.why}`;
    case 'met':
      return describeSeen(event.seen);
    case 'missed':
      return `never ${describeSeen(event.seen)}`;
    case 'unexpected':
      return `${describeSeen(event.seen)}, which was not recorded`;
    case 'different':
      return `${describeSeen(event.seen)}; recorded: ${endOf(event.recorded)}`;
  }
}

/** The client to which it happened. */
export function clientOf(event: ReplayEvent): string | undefined {
  const subject = 'seen' in event ? event.seen : event.act;
  return 'client' in subject ? subject.client : undefined;
}

/**
 * Where a frame that was missed differs from one that came instead.
 *
 * @returns The two texts from shortly before the first difference; `undefined` where no other frame came.
 */
export function frameDifference(
  missed: ReplayEvent,
  deviations: readonly ReplayEvent[],
): { readonly recorded: string; readonly received: string } | undefined {
  if (missed.kind !== 'missed' || missed.seen.saw !== 'frame') return undefined;
  const { client, text } = missed.seen;
  for (const other of deviations) {
    if (other.kind !== 'unexpected' || other.seen.saw !== 'frame' || other.seen.client !== client) continue;
    const received = other.seen.text;
    let at = 0;
    while (at < text.length && text[at] === received[at]) at += 1;
    if (at < text.length || at < received.length)
      return { recorded: excerpt(text, at), received: excerpt(received, at) };
  }
  return undefined;
}

function excerpt(text: string, at: number): string {
  const from = Math.max(0, at - 24);
  return `${from > 0 ? '…' : ''}${text.slice(from, at + 40)}${text.length > at + 40 ? '…' : ''}`;
}

function endOf(seen: Seen): string {
  if (seen.saw !== 'closed') return '';
  return seen.error_code === undefined ? String(seen.code) : `${seen.code} ${seen.error_code}`;
}

function describeSource(source: TokenSource): string {
  if (source.kind === 'pasted')
    return `for ${source.user_id ?? 'an unknown user'}, in place of the one that was pasted`;
  const { user_id, defect, claims } = source;
  const extra = Object.keys(claims ?? {}).length > 0 ? ' with claims of its own' : '';
  return `for ${user_id}${extra}${defect === undefined ? '' : `, wrong on purpose: ${defect}`}`;
}

/** The `event` of a notification; for another text its beginning. */
function nameOf(text: string): string {
  try {
    const { event } = JSON.parse(text);
    if (typeof event === 'string') return cut(event);
  } catch {
    // Anything may be published.
  }
  return text === '' ? 'an empty text' : `“${cut(text.replaceAll(/\s+/g, ' '))}”`;
}

function cut(text: string): string {
  return text.length > 48 ? `${text.slice(0, 48)}…` : text;
}
