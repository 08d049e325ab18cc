import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { NotificationEvent } from '../../service/contract/notifications.ts';
import type { Deviation, FrameCheck } from './check-frame.ts';
import { readEnvelope } from './envelope.ts';
import type { JsonPath } from './json-path.ts';
import { limitsOf, typeInWords } from './schema-fields.ts';
import { isKnownEvent, resolve, schemaAt, schemaOf } from './schemas.ts';

/** Keywords that only say that something inside is wrong, which is said by itself. */
const structural = new Set(['$ref', 'properties', 'items', 'additionalProperties']);

/** More are not told: nobody reads them, and a frame may hold a million. */
const toldDeviations = 100;

const validators = new Map<NotificationEvent, Validator>();

/** Checks a text against the schema of the notification that it claims to be. Never throws. */
export function checkText(text: string): FrameCheck {
  const envelope = readEnvelope(text);
  if (envelope.name !== 'envelope') return envelope;
  const { event, value } = envelope;
  if (!isKnownEvent(event)) return { name: 'unknown_event', event };
  const deviations = deviationsOf(event, value);
  return deviations.length === 0 ? { name: 'fine', event } : { name: 'deviations', event, deviations };
}

function deviationsOf(event: NotificationEvent, value: object): Deviation[] {
  let errors: OutputUnit[];
  try {
    errors = validatorOf(event).validate(value).errors;
  } catch {
    // It writes each name into a pointer, and cannot write half a surrogate pair.
    const expected = 'names that are valid Unicode';
    return [
      {
        path: ['data'],
        kind: 'value',
        expected,
        found: 'another',
        message: `A field’s name is not valid Unicode: the rest was not checked.`,
      },
    ];
  }
  const leaves = errors.filter(({ keyword }) => !structural.has(keyword));
  const seen = new Set<string>();
  const found: Deviation[] = [];
  for (const { keyword, instanceLocation } of leaves) {
    const place = `${keyword === 'required'} ${instanceLocation}`;
    if (seen.has(place)) continue;
    seen.add(place);
    const path = pathOf(instanceLocation, value);
    found.push(...(keyword === 'required' ? missing(event, path, value) : [wrong(event, path, value)]));
    if (found.length >= toldDeviations) break;
  }
  return found.slice(0, toldDeviations);
}

function validatorOf(event: NotificationEvent): Validator {
  let validator = validators.get(event);
  if (validator === undefined) {
    // The validator notes addresses in the schema that it is given: a copy, because others read the schema too.
    validator = new Validator(structuredClone(schemaOf(event)) as unknown as Schema, '7', false);
    validators.set(event, validator);
  }
  return validator;
}

/** `#/data/a~1b/0` as a path; whether a part is an index only the value itself can tell. */
function pathOf(pointer: string, value: unknown): JsonPath {
  let at = value;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = decodeURI(part).replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(at) ? Number(name) : name;
      at = (at as Record<string | number, unknown>)[step];
      return step;
    });
}

function missing(event: NotificationEvent, path: JsonPath, value: unknown): Deviation[] {
  const place = schemaAt(event, path);
  const owner = valueAt(value, path) as object;
  const { required = [] } = place ? resolve(place.schema, place.definitions) : {};
  return required
    .filter((name) => !(name in owner))
    .map((name) => {
      const expected = expectedAt(event, [...path, name]);
      return {
        path: [...path, name],
        kind: 'missing',
        expected,
        found: 'nothing',
        message: `“${name}” is missing: ${expected}.`,
      };
    });
}

function wrong(event: NotificationEvent, path: JsonPath, value: unknown): Deviation {
  const expected = expectedAt(event, path);
  const found = inWords(valueAt(value, path));
  return { path, kind: 'value', expected, found, message: `Expected ${expected}, found ${found}.` };
}

function expectedAt(event: NotificationEvent, path: JsonPath): string {
  const place = schemaAt(event, path);
  if (place === undefined) return 'something else';
  const { schema, definitions } = place;
  const whole = resolve(schema, definitions);
  const words = [typeInWords(schema, definitions).replaceAll('`', ''), limitsOf(whole)];
  return words.filter(Boolean).join(', ');
}

function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<string | number, unknown>)[part], value);
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 38)}…`;
}
