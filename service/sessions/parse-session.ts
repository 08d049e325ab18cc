import { maxTokenLifetimeSeconds, type TokenDefect, tokenDefects } from '../contract/development.ts';
import { notificationEvents } from '../contract/notifications.ts';
import { binaryKind, jsonKind, textKind } from './foreign.ts';
import {
  boolean,
  type Fault,
  isObject,
  list,
  looseObject,
  number,
  object,
  oneOf,
  optional,
  type Read,
  show,
  tagged,
  text,
  textThat,
} from './read.ts';
import {
  type ClientSetup,
  isAct,
  sessionLimits as limits,
  type RecordedEvent,
  type Recording,
  type SavedMessage,
  type SessionFile,
  type Setup,
  sessionFormat,
  sessionVersion,
  type TokenRecipe,
  type TokenSource,
} from './session-file.ts';

/** A session that was read, or why it cannot be: one sentence, and what is wrong in particular. */
export type ParsedSession =
  | { readonly ok: true; readonly session: SessionFile }
  | { readonly ok: false; readonly problem: string; readonly faults: readonly Fault[] };

/**
 * Reads a session. It is taken whole or not at all.
 *
 * @param input - The text, or the bytes of a file.
 */
export function parseSession(input: string | Uint8Array): ParsedSession {
  const length = typeof input === 'string' ? input.length : input.byteLength;
  if (length > limits.bytes) {
    return no(`It holds ${(length / 1e6).toFixed(1)} MB. A session holds at most ${limits.bytes / 1e6} MB.`);
  }
  const source = typeof input === 'string' ? { text: input } : decode(input);
  if ('problem' in source) return no(source.problem);
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch (error) {
    const kind = textKind(source.text);
    const where =
      kind === 'broken JSON' ? `: ${(error as Error).message.replace(/,? ?["'`…].*(is not valid JSON)/s, ' $1')}` : '';
    return no(
      kind === 'empty' ? 'It is empty.' : `It is ${kind}${where}. A session is a JSON document that was saved here.`,
    );
  }
  return readSession(value);
}

function decode(bytes: Uint8Array): { readonly text: string } | { readonly problem: string } {
  const kind = binaryKind(bytes);
  if (kind) return { problem: `It is ${kind}. A session is a JSON document that was saved here.` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'It is a binary file, or text in another encoding than UTF-8. A session is JSON in UTF-8.' };
  }
}

function readSession(value: unknown): ParsedSession {
  if (!isObject(value) || value.format !== sessionFormat) return no(`It is ${jsonKind(value)}. It is not a session.`);
  if (typeof value.version === 'number' && value.version > sessionVersion) {
    return no(
      `It is a session of version ${value.version}; this playground reads version ${sessionVersion}. It was saved by a newer one: open it there.`,
    );
  }
  const faults: Fault[] = [];
  const session = sessionFile(value, '', faults);
  if (faults.length === 0 && session.recording) checkReferences(session.recording, faults);
  if (faults.length === 0) return { ok: true, session };
  const count = faults.length === 1 ? 'One thing is' : `${faults.length} things are`;
  return { ok: false, problem: `It is a session, but ${count} wrong in it.`, faults };
}

function no(problem: string): ParsedSession {
  return { ok: false, problem, faults: [] };
}

/** A fault as a sentence. */
export function faultText({ path, expected, found }: Fault): string {
  return `${path}: expected ${expected}, found ${found}.`;
}

const name = text(limits.name, 1);
const payload = text(limits.payload);
const moment = textThat(
  (given) => /^\d{4}-\d\d-\d\dT/.test(given) && !Number.isNaN(Date.parse(given)),
  'a time in ISO 8601',
);
const at_ms = number(0, limits.durationMs, false);
const address = textThat(isServiceAddress, 'an http or https address without user, password and query');
const defects = Object.keys(tokenDefects) as TokenDefect[];

const recipeFields = {
  user_id: name,
  lifetime_seconds: number(1, maxTokenLifetimeSeconds),
  defect: optional(oneOf(...defects)),
  claims: optional(looseObject(limits.depth)),
};
const recipe = object<TokenRecipe>(recipeFields);
const source = tagged<TokenSource>('kind', {
  minted: object<TokenSource & { kind: 'minted' }>({ kind: oneOf('minted'), ...recipeFields }),
  pasted: object<TokenSource & { kind: 'pasted' }>({ kind: oneOf('pasted'), user_id: optional(name) }),
});

const setup = object<Setup>({
  identity: recipe,
  clients: list(
    object<ClientSetup>({ name, reconnect: oneOf('off', 'back_off'), connected: boolean, token: optional(source) }),
    limits.clients,
  ),
  publisher: object<Setup['publisher']>({
    event: oneOf(...notificationEvents),
    user_id: optional(name),
    text: optional(payload),
  }),
  messages: optional(
    list(object<SavedMessage>({ name, event: oneOf(...notificationEvents), text: payload }), limits.messages),
  ),
});

type ActOf<K> = Extract<RecordedEvent, { do: K }>;
type SeenAs<K> = Extract<RecordedEvent, { saw: K }>;

const act = tagged<RecordedEvent>('do', {
  mint: object<ActOf<'mint'>>({ at_ms, do: oneOf('mint'), token: name, source }),
  connect: object<ActOf<'connect'>>({
    at_ms,
    do: oneOf('connect'),
    client: name,
    token: optional(name),
    unrepeatable: optional(oneOf(true)),
  }),
  publish: object<ActOf<'publish'>>({ at_ms, do: oneOf('publish'), message: name, user_id: name, payload }),
  send: object<ActOf<'send'>>({
    at_ms,
    do: oneOf('send'),
    client: name,
    binary: boolean,
    bytes: number(0, limits.payload),
    count: number(1, limits.sendCount),
  }),
  disconnect: object<ActOf<'disconnect'>>({
    at_ms,
    do: oneOf('disconnect'),
    client: name,
    code: optional(oneOf(1000)),
  }),
});

const observation = tagged<RecordedEvent>('saw', {
  open: object<SeenAs<'open'>>({ at_ms, saw: oneOf('open'), client: name }),
  frame: object<SeenAs<'frame'>>({
    at_ms,
    saw: oneOf('frame'),
    client: name,
    message: optional(name),
    text: optional(payload),
  }),
  closed: object<SeenAs<'closed'>>({
    at_ms,
    saw: oneOf('closed'),
    client: name,
    code: number(1000, 4999),
    error_code: optional(name),
  }),
});

const event: Read<RecordedEvent> = (value, path, faults) => {
  if (isObject(value) && 'do' in value) return act(value, path, faults);
  if (isObject(value) && 'saw' in value) return observation(value, path, faults);
  faults.push({ path, expected: 'an object with “do” or “saw”', found: show(value) });
  return undefined as never;
};

const sessionFile = object<SessionFile>({
  format: oneOf(sessionFormat),
  version: oneOf(sessionVersion),
  saved_at: moment,
  service: optional(address),
  setup,
  recording: optional(object<Recording>({ started_at: moment, events: list(event, limits.events) })),
});

/** What no single field tells: that time does not run back, and that what is named was there before. */
function checkReferences({ events }: Recording, faults: Fault[]): void {
  const known = { token: new Set<string>(), message: new Set<string>(), client: new Set<string>() };
  let last = 0;
  for (const [index, one] of events.entries()) {
    const path = `recording.events[${index}]`;
    const refer = (to: keyof typeof known, id: string | undefined) => {
      if (id === undefined || known[to].has(id)) return;
      const earlier = { token: 'minted', message: 'published', client: 'connected' }[to];
      faults.push({ path: `${path}.${to}`, expected: `a ${to} that was ${earlier} before`, found: show(id) });
    };
    const define = (what: keyof typeof known, id: string) => {
      if (known[what].has(id)) faults.push({ path: `${path}.${what}`, expected: 'a new id', found: show(id) });
      known[what].add(id);
    };
    if (one.at_ms < last) faults.push({ path: `${path}.at_ms`, expected: `at least ${last}`, found: show(one.at_ms) });
    last = Math.max(last, one.at_ms);
    if (!isAct(one)) {
      refer('client', one.client);
      if (one.saw !== 'frame') continue;
      refer('message', one.message);
      if ((one.message === undefined) === (one.text === undefined))
        faults.push({
          path,
          expected: 'either “message” or “text”',
          found: one.text === undefined ? 'neither' : 'both',
        });
    } else if (one.do === 'mint') define('token', one.token);
    else if (one.do === 'publish') define('message', one.message);
    else if (one.do === 'connect') {
      refer('token', one.token);
      known.client.add(one.client);
    } else refer('client', one.client);
  }
}

/** Credentials would be shared with it, and the service asks for none. */
export function isServiceAddress(address: string): boolean {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) return false;
  const { username, password, search, hash } = new URL(address);
  return `${username}${password}${search}${hash}` === '';
}
