import { parseCloseReason } from '../../service/contract/error-codes.ts';
import { redact } from '../../service/sessions/redact.ts';
import type { WrittenSession } from '../../service/sessions/write-session.ts';
import type { TimelineEntry } from '../timeline/timeline.svelte.ts';

/**
 * One line of an export. Every line has the first four fields; the others depend on `kind`, which is that of the
 * timeline. Durations are milliseconds, sizes bytes of UTF-8.
 */
export interface ExportedLine {
  /** ISO 8601. */
  readonly at: string;
  /** Since the first entry. */
  readonly since_start_ms: number;
  /** The name of the client; `null` for what concerns none. */
  readonly client: string | null;
  readonly kind: TimelineEntry['kind'];
  readonly [field: string]: unknown;
}

/** The timeline as JSON lines: one entry a line, oldest first. */
export function exportLines(entries: readonly TimelineEntry[]): WrittenSession {
  const { value, removals } = redact(entries.map(lineOf));
  return { text: value.map((line) => `${JSON.stringify(line)}\n`).join(''), removals };
}

function lineOf(entry: TimelineEntry): ExportedLine {
  return {
    at: new Date(entry.at).toISOString(),
    since_start_ms: rounded(entry.sinceStartMs),
    client: entry.client ?? null,
    kind: entry.kind,
    ...fieldsOf(entry),
  };
}

function fieldsOf(entry: TimelineEntry): Readonly<Record<string, unknown>> {
  switch (entry.kind) {
    case 'minted': {
      const { userId, lifetimeSeconds, expectedError, ms } = entry;
      return {
        user_id: userId,
        lifetime_seconds: lifetimeSeconds,
        expected_error: expectedError,
        took_ms: rounded(ms),
      };
    }
    case 'pasted':
      return { user_id: entry.userId ?? null };
    case 'connecting':
      return { address: entry.address };
    case 'open':
      return { handshake_ms: rounded(entry.handshakeMs) };
    case 'frame': {
      const { event = null, bytes, latencyMs, text } = entry;
      return { event, bytes, latency_ms: latencyMs === undefined ? null : rounded(latencyMs), text };
    }
    case 'publish': {
      const { userId, event = null, bytes, outcome, text } = entry;
      return { user_id: userId, event, bytes, ...outcomeFields(outcome), text };
    }
    case 'sent': {
      const { binary, bytes, count } = entry;
      return { binary, bytes, count };
    }
    case 'failure':
      return { stage: entry.stage, problem: entry.failure.title, detail: entry.failure.detail };
    case 'closing':
      return { code: entry.code ?? null };
    case 'closed': {
      const { code, reason, opened, openMs } = entry.ending;
      const error_code = parseCloseReason(reason)?.error_code ?? null;
      return { code, error_code, reason, opened, open_ms: rounded(openMs) };
    }
    case 'waiting': {
      const { attempt, code, floorMs, ceilingMs, waitMs } = entry.wait;
      return { attempt, after_code: code, wait_ms: rounded(waitMs), floor_ms: floorMs, ceiling_ms: ceilingMs };
    }
    case 'stopped':
      return { why: entry.why };
    case 'note':
      return { text: entry.text };
  }
}

function outcomeFields(outcome: (TimelineEntry & { kind: 'publish' })['outcome']): Readonly<Record<string, unknown>> {
  if (outcome.name === 'accepted') {
    const { channel, receivers, ms } = outcome;
    return { outcome: 'accepted', channel, receivers, took_ms: rounded(ms) };
  }
  return outcome.name === 'failed' ? { outcome: 'failed', problem: outcome.failure.title } : { outcome: 'pending' };
}

/** To a microsecond: no browser's clock is finer. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
