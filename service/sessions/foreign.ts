import { isObject } from './read.ts';
import { redactText } from './redact.ts';
import { sessionFormat } from './session-file.ts';

/** How files of other kinds begin. */
const magic: readonly [start: string, kind: string][] = [
  ['\u0089PNG', 'a PNG image'],
  ['PK\u0003\u0004', 'a ZIP archive'],
  ['%PDF', 'a PDF document'],
  ['GIF8', 'a GIF image'],
  ['\u00ff\u00d8\u00ff', 'a JPEG image'],
  ['\u001f\u008b', 'a gzip archive'],
];

/** Says what bytes are that are no text, or `undefined` where they are text. */
export function binaryKind(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  const known = magic.find(([sign]) => start.startsWith(sign));
  if (known) return known[1];
  if (bytes.subarray(0, 4096).includes(0)) return 'a binary file';
  return undefined;
}

/** Says what a text is that is no JSON. */
export function textKind(text: string): string {
  const start = text.trimStart();
  if (start === '') return 'empty';
  if (/^<(!doctype html|html)/i.test(start)) return 'an HTML page';
  if (start.startsWith('<')) return 'an XML document';
  if (redactText(start.slice(0, 5000)).removals > 0 && !/\s/.test(start.trim())) {
    return 'a token. Keep it to yourself; to use it, paste it as an identity';
  }
  const firstLine = start.slice(0, start.indexOf('\n'));
  if (start.includes('\n') && isJson(firstLine))
    return 'JSON lines, such as an export of the timeline: it cannot be replayed. Save the session as a file instead';
  if (/^[{[]/.test(start)) return 'broken JSON';
  return 'plain text';
}

/** Says what a JSON value is that is no session. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return `a JSON list of ${value.length}`;
  if (!isObject(value)) return `the JSON value ${value === null ? 'null' : `of type ${typeof value}`}`;
  const found = known.find(([, fits]) => fits(value));
  if (found) return found[0];
  const names = Object.keys(value);
  if (names.length === 0) return 'an empty JSON object';
  const shown = names.slice(0, 3).map((name) => `“${redactText(name).value.slice(0, 30)}”`);
  return `a JSON object with the fields ${shown.join(', ')}${names.length > 3 ? ' and others' : ''}, but no “format”: "${sessionFormat}"`;
}

const known: readonly [kind: string, fits: (value: Record<string, unknown>) => boolean][] = [
  [
    'a HAR file: it holds traffic of any kind and cannot be replayed',
    ({ log }) => isObject(log) && Array.isArray(log.entries),
  ],
  ['a Postman collection', ({ info, item }) => isObject(info) && Array.isArray(item)],
  ['a Postman environment', (value) => '_postman_variable_scope' in value],
  ['an Insomnia export', (value) => '_type' in value || '__export_format' in value],
  ['a Hoppscotch collection', ({ v, requests }) => v !== undefined && Array.isArray(requests)],
  ['an AsyncAPI document', (value) => 'asyncapi' in value],
  ['an OpenAPI document', (value) => 'openapi' in value || 'swagger' in value],
  ['a JSON Schema', (value) => '$schema' in value],
  [
    'a single notification: paste it where messages are published',
    ({ event, data }) => typeof event === 'string' && data !== undefined,
  ],
];

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
