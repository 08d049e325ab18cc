import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultText, parseSession } from '../../../service/sessions/parse-session.ts';
import { sessionLimits } from '../../../service/sessions/session-file.ts';
import { writeSession } from '../../../service/sessions/write-session.ts';
import { fakeToken } from '../../support/fake-token.ts';

const text = readFileSync('test/fixtures/two-teachers.session.json', 'utf8');
/** The example with other values at these paths, such as `setup.clients.0.name`; `undefined` takes one away. */
function changed(changes: Readonly<Record<string, unknown>>): string {
  const session = JSON.parse(text);
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.');
    const last = names.pop() as string;
    names.reduce((object, name) => object[name], session)[last] = value;
  }
  return JSON.stringify(session);
}

function refusal(input: string | Uint8Array): string {
  const parsed = parseSession(input);
  if (parsed.ok) throw new Error('it was read');
  return [parsed.problem, ...parsed.faults.map(faultText)].join('\n');
}

const bytes = (...values: number[]) => new Uint8Array(values);

describe('a session', () => {
  it('is read as it was written, and written as it was read', () => {
    const parsed = parseSession(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(writeSession(parsed.session)).toEqual({ text, removals: 0 });
    expect(parseSession(new TextEncoder().encode(text))).toEqual(parsed);
  });

  it('may hold an address of a service, claims and saved messages', () => {
    const input = changed({
      service: 'https://realtime.example/base',
      'setup.messages': [{ name: 'mine', event: 'class_created', text: '{' }],
      'setup.identity.claims': { role: 'admin', nested: { a: [1] } },
    });
    expect(parseSession(input)).toMatchObject({ ok: true, session: JSON.parse(input) });
  });
});

describe('what is no session is called what it is:', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'It is empty.'],
    ['white space', ' \n', 'It is empty.'],
    ['a PNG image', bytes(0x89, 0x50, 0x4e, 0x47), 'a PNG image'],
    ['a ZIP archive', bytes(0x50, 0x4b, 3, 4), 'a ZIP archive'],
    ['bytes', bytes(1, 0, 2), 'a binary file'],
    ['text in Latin-1', bytes(0x7b, 0xe4, 0x7d), 'another encoding than UTF-8'],
    ['a web page', '<!doctype html><title>Hello', 'an HTML page'],
    ['XML', '<?xml version="1.0"?>', 'an XML document'],
    ['prose', 'Dear all,', 'plain text'],
    ['a file that was cut off', text.slice(0, 400), 'broken JSON'],
    ['a token', fakeToken(), 'a token. Keep it to yourself'],
    ['an export of the timeline', '{"at":"2026"}\n{"at":"2027"}\n', 'JSON lines'],
    ['a list', '[1]', 'a JSON list of 1'],
    ['a number', '7', 'the JSON value of type number'],
    ['null', 'null', 'the JSON value null'],
    ['an empty object', '{}', 'an empty JSON object'],
    ['a HAR file', '{"log":{"version":"1.2","entries":[]}}', 'a HAR file'],
    ['a Postman collection', '{"info":{"name":"x"},"item":[]}', 'a Postman collection'],
    ['an Insomnia export', '{"_type":"export"}', 'an Insomnia export'],
    ['an OpenAPI document', '{"openapi":"3.1.0"}', 'an OpenAPI document'],
    ['a notification', '{"event":"class_created","data":{}}', 'a single notification'],
    ['another object', '{"a":1,"b":2,"c":3,"d":4}', '“a”, “b”, “c” and others'],
  ])('%s', (_what, input, said) => {
    expect(refusal(input)).toContain(said);
  });

  it('a token is named, and not shown', () => {
    const token = fakeToken();
    for (const input of [token, `"${token}"`, `{"${token}":1}`]) expect(refusal(input)).not.toContain(token);
  });

  it('a newer version says where it can be opened', () => {
    expect(refusal(changed({ version: 2 }))).toContain(
      'It is a session of version 2; this playground reads version 1.',
    );
  });

  it('more than a session may hold is not even looked at', () => {
    expect(refusal('x'.repeat(sessionLimits.bytes + 1))).toContain('at most 5 MB');
  });
});

describe('a fault is named with its place, what was expected and what was found:', () => {
  const events = 'recording.events';
  const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

  it.each<[what: string, path: string, value: unknown, said: string]>([
    ['a missing field', 'setup', undefined, 'setup: expected an object, found nothing.'],
    ['an unknown field', 'setpu', {}, 'setpu: expected one of the fields format, version'],
    ['a defect', 'setup.identity.defect', 'ugly', 'setup.identity.defect: expected a known name, found "ugly".'],
    ['a lifetime', 'setup.identity.lifetime_seconds', 0, 'expected a whole number from 1 to 2592000, found 0.'],
    [
      'a mode',
      'setup.clients.1.reconnect',
      'maybe',
      'setup.clients[1].reconnect: expected "off" or "back_off", found "maybe".',
    ],
    [
      'a long name',
      'setup.clients.0.name',
      'x'.repeat(300),
      'setup.clients[0].name: expected a text of 1 to 256 characters, found 300 characters.',
    ],
    [
      'claims without end',
      'setup.identity.claims',
      deep(40),
      'setup.identity.claims: expected at most 32 levels, found more.',
    ],
    [
      'an address with a password',
      'service',
      'http://u:hunter2@host',
      'service: expected an http or https address without user, password and query',
    ],
    ['an address with a query', 'service', 'http://host/?token=x', 'service: expected'],
    ['a time', 'saved_at', 'yesterday', 'saved_at: expected a time in ISO 8601, found "yesterday".'],
    ['a step', `${events}.0.do`, 'jump', 'recording.events[0].do: expected "mint" or "connect"'],
    ['a name of every object', `${events}.0.do`, 'constructor', 'recording.events[0].do: expected "mint" or "connect"'],
    [
      'neither step nor observation',
      `${events}.0`,
      {},
      'recording.events[0]: expected an object with “do” or “saw”, found an object.',
    ],
    ['time that runs back', `${events}.3.at_ms`, 1, 'recording.events[3].at_ms: expected at least 12, found 1.'],
    [
      'a token that nobody minted',
      `${events}.1.token`,
      't9',
      'recording.events[1].token: expected a token that was minted before, found "t9".',
    ],
    [
      'a message that nobody published',
      `${events}.7.message`,
      'm9',
      'recording.events[7].message: expected a message that was published before',
    ],
    [
      'a client that never connected',
      `${events}.2.client`,
      'Z',
      'recording.events[2].client: expected a client that was connected before',
    ],
    [
      'a frame that is two',
      `${events}.7.text`,
      'x',
      'recording.events[7]: expected either “message” or “text”, found both.',
    ],
    ['an id that is taken', `${events}.3.token`, 't1', 'recording.events[3].token: expected a new id, found "t1".'],
    [
      'a code',
      `${events}.13.code`,
      99,
      'recording.events[13].code: expected a whole number from 1000 to 4999, found 99.',
    ],
    [
      'a number in quotes',
      `${events}.0.at_ms`,
      '0',
      'recording.events[0].at_ms: expected a number from 0 to 86400000, found "0".',
    ],
  ])('%s', (_what, path, value, said) => {
    expect(refusal(changed({ [path]: value }))).toContain(said);
  });

  it('all of them at once, and without the password', () => {
    const said = refusal(changed({ saved_at: 'x', service: 'http://u:hunter2@host' }));
    expect(said).toContain('2 things are wrong');
    expect(said).not.toContain('hunter2');
  });

  it('a field of every object is no field of a session', () => {
    expect(refusal(text.replace('"version": 1', '"version": 1, "__proto__": {}'))).toContain('__proto__: expected');
  });
});
