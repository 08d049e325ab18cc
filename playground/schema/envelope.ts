import type { JsonPath } from './json-path.ts';

/** A text read as far as every notification goes, known or not: `{"event": …, "data": {…}}`. */
export type Envelope =
  | { readonly name: 'not_json'; readonly message: string }
  | { readonly name: 'not_envelope'; readonly path: JsonPath; readonly message: string }
  | { readonly name: 'envelope'; readonly event: string; readonly value: { readonly data: object } };

/** Reads a text that may be anything. */
export function readEnvelope(text: string): Envelope {
  let value: { event?: unknown; data?: unknown } | null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { name: 'not_json', message: `Not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const wrong = (message: string, ...path: string[]) => ({ name: 'not_envelope', path, message }) as const;
  if (!isObject(value)) return wrong('JSON, but not an object: a notification is {"event": …, "data": {…}}.');
  if (typeof value.event !== 'string') return wrong('The field “event” must be a string.', 'event');
  if (!isObject(value.data)) return wrong('The field “data” must be an object.', 'data');
  return { name: 'envelope', event: value.event, value: value as { data: object } };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
