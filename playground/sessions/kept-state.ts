import { parseSession } from '../../service/sessions/parse-session.ts';
import {
  type Fault,
  isObject,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  text,
} from '../../service/sessions/read.ts';
import { redact } from '../../service/sessions/redact.ts';
import type { Setup } from '../../service/sessions/session-file.ts';
import { writeSession } from '../../service/sessions/write-session.ts';
import type { TimelineEntry } from '../timeline/timeline.svelte.ts';

/** Under this key a tab keeps its session until it is closed. */
export const keptSessionKey = 'huleedu-realtime.session';

/** How much of the timeline survives a reload: the newest entries, and their size as JSON in characters. */
export const keptTimeline = { entries: 300, characters: 1_000_000 };

/** What survives a reload. */
export interface KeptState {
  readonly setup: Setup;
  readonly entries: readonly TimelineEntry[];
  /** How many older entries were left behind. */
  readonly left: number;
}

/** The part of `Storage` that is needed. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The storage of this tab, or `undefined` where the browser forbids it: merely touching it throws then. */
export function tabStorage(): Store | undefined {
  try {
    const store = window.sessionStorage;
    store.getItem(keptSessionKey);
    return store;
  } catch {
    return undefined;
  }
}

/** Keeps a session; without the timeline where both do not fit. @returns Whether at least the set-up was kept. */
export function keep(store: Store, setup: Setup, entries: readonly TimelineEntry[]): boolean {
  const session = writeSession({ saved_at: new Date().toISOString(), setup }, 0).text;
  const kept = newestThatFit(entries);
  const write = (written: readonly string[]) => {
    const left = entries.length - written.length;
    store.setItem(keptSessionKey, `{"session":${session},"left":${left},"entries":[${written.join(',')}]}`);
  };
  for (const written of [kept, []]) {
    try {
      write(written);
      return true;
    } catch {
      // The quota is used up: the timeline is what takes the room.
    }
  }
  return false;
}

function newestThatFit(entries: readonly TimelineEntry[]): readonly string[] {
  let characters = 0;
  const fitting: string[] = [];
  for (const entry of entries.slice(-keptTimeline.entries).reverse()) {
    const written = JSON.stringify(redact(entry).value);
    characters += written.length;
    if (characters > keptTimeline.characters) break;
    fitting.push(written);
  }
  return fitting.reverse();
}

/** Reads what was kept. @returns `undefined` where nothing was; `broken` where it cannot be read. */
export function readKept(store: Store): KeptState | 'broken' | undefined {
  const kept = store.getItem(keptSessionKey);
  if (kept === null) return undefined;
  try {
    const { session, entries, left } = JSON.parse(kept);
    const parsed = parseSession(JSON.stringify(session));
    const faults: Fault[] = [];
    const read = list(entry, keptTimeline.entries)(entries, 'entries', faults);
    if (!parsed.ok || faults.length > 0 || typeof left !== 'number') return 'broken';
    return { setup: parsed.session.setup, entries: read, left };
  } catch {
    return 'broken';
  }
}

const any = Number.MAX_SAFE_INTEGER;
const line = text(keptTimeline.characters);
const size = number(-any, any, false);
const optionalSize = optional(size);
const flag: Read<boolean> = (value, path, faults) => {
  if (typeof value !== 'boolean') faults.push({ path, expected: 'true or false', found: 'another' });
  return value as boolean;
};
const origin: Read<unknown> = (value, path, faults) => {
  if (isObject(value) && typeof value.id === 'string' && isObject(value.source)) return value;
  faults.push({ path, expected: 'where a token came from', found: 'another' });
  return undefined;
};
const loose: Read<unknown> = (value, path, faults) => {
  if (!isObject(value)) faults.push({ path, expected: 'an object', found: 'another' });
  return value;
};

const usual = {
  id: size,
  client: optional(line),
  at: size,
  sinceStartMs: size,
  deltaMs: size,
};

/** What each kind of entry holds beside the usual. What lies within an outcome, an ending or a failure is shown as it is. */
const fields: { readonly [K in TimelineEntry['kind']]: Readonly<Record<string, unknown>> } = {
  minted: { userId: line, lifetimeSeconds: size, expectedError: anything(), ms: size, origin: optional(origin) },
  pasted: { userId: optional(line) },
  connecting: { address: line, origin: optional(origin) },
  open: { handshakeMs: size },
  frame: { text: line, bytes: size, event: optional(line), latencyMs: optionalSize },
  publish: { userId: line, text: line, bytes: size, event: optional(line), outcome: loose },
  sent: { binary: flag, bytes: size, count: size },
  failure: { stage: line, failure: loose },
  closing: { code: optionalSize },
  closed: { ending: object({ code: size, reason: line, opened: flag, openMs: size }) },
  waiting: { wait: loose },
  stopped: { why: line },
  note: { tone: oneOf('plain', 'good', 'bad'), text: line, ends: optional(line) },
};

function anything(): Read<unknown> {
  return (value) => value;
}

const entry: Read<TimelineEntry> = (value, path, faults) => {
  const kind = isObject(value) ? value.kind : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(fields, kind)) {
    faults.push({ path, expected: 'an entry of the timeline', found: 'another' });
    return undefined as never;
  }
  const own = fields[kind as TimelineEntry['kind']] as Readonly<Record<string, Read<unknown>>>;
  return object<Record<string, unknown>>({ ...usual, kind: line, ...own })(value, path, faults) as TimelineEntry;
};
