import { redactText } from './redact.ts';

/** One thing that is wrong with a file. */
export interface Fault {
  /** Where: `recording.events[3].code`; empty for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Reads a value as a type. A fault is added to the list, and the result is then not to be used. */
export type Read<T> = (value: unknown, path: string, faults: Fault[]) => T;

interface Field<T> {
  readonly read: Read<T>;
  readonly isOptional: boolean;
}

/** A field that may be left out. */
export function optional<T>(read: Read<T>): Field<T | undefined> {
  return { read, isOptional: true };
}

/** A value in a few words, for a fault: never long, and never a token. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const { value: text } = redactText(value.slice(0, 400));
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function wrong(value: unknown, path: string, faults: Fault[], expected: string): never {
  faults.push({ path, expected, found: show(value) });
  return undefined as never;
}

/** A text of `min` to `max` characters. */
export function text(max: number, min = 0): Read<string> {
  const expected = min > 0 ? `a text of 1 to ${max} characters` : `a text of at most ${max} characters`;
  return (value, path, faults) => {
    if (typeof value === 'string' && value.length > max)
      faults.push({ path, expected, found: `${value.length} characters` });
    return typeof value === 'string' && value.length >= min ? value : wrong(value, path, faults, expected);
  };
}

/** A text that also fits a condition, which `expected` names. */
export function textThat(fits: (text: string) => boolean, expected: string): Read<string> {
  return (value, path, faults) =>
    typeof value === 'string' && fits(value) ? value : wrong(value, path, faults, expected);
}

/** A number from `min` to `max`. */
export function number(min: number, max: number, isWhole = true): Read<number> {
  const expected = `a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`;
  return (value, path, faults) =>
    typeof value === 'number' && value >= min && value <= max && (!isWhole || Number.isInteger(value))
      ? value
      : wrong(value, path, faults, expected);
}

export const boolean: Read<boolean> = (value, path, faults) =>
  typeof value === 'boolean' ? value : wrong(value, path, faults, 'true or false');

/** One of a few values. */
export function oneOf<const T extends string | number | true>(...values: readonly T[]): Read<T> {
  const expected = values.map((one) => JSON.stringify(one)).join(' or ');
  return (value, path, faults) =>
    values.includes(value as T)
      ? (value as T)
      : wrong(value, path, faults, expected.length > 200 ? 'a known name' : expected);
}

/** A list of at most `max` values. */
export function list<T>(read: Read<T>, max: number): Read<readonly T[]> {
  const expected = `a list of at most ${max}`;
  return (value, path, faults) => {
    if (!Array.isArray(value) || value.length > max) return wrong(value, path, faults, expected);
    return value.map((one, index) => read(one, `${path}[${index}]`, faults));
  };
}

/** The names of all fields that a type has; of a union, those of all its members. */
type NamesOf<T> = T extends unknown ? keyof T & string : never;

/** An object with these fields and no others. */
export function object<T extends object>(
  fields: Readonly<Record<NamesOf<T>, Read<unknown> | Field<unknown>>>,
): Read<T> {
  const names = Object.keys(fields) as NamesOf<T>[];
  return (value, path, faults) => {
    if (!isObject(value)) return wrong(value, path, faults, 'an object');
    const at = (name: string) => (path === '' ? name : `${path}.${name}`);
    for (const name of Object.keys(value)) {
      if (!names.includes(name as NamesOf<T>))
        faults.push({
          path: at(name.slice(0, 40)),
          expected: `one of the fields ${names.join(', ')}`,
          found: 'another',
        });
    }
    const result: Record<string, unknown> = {};
    for (const name of names) {
      const field = fields[name];
      const { read, isOptional } = typeof field === 'function' ? { read: field, isOptional: false } : field;
      if (isOptional && value[name] === undefined) continue;
      result[name] = read(Object.hasOwn(value, name) ? value[name] : undefined, at(name), faults);
    }
    return result as T;
  };
}

/** One of several objects, told apart by the value of one field. */
export function tagged<T>(tag: string, reads: Readonly<Record<string, Read<T>>>): Read<T> {
  const expected = Object.keys(reads)
    .map((one) => JSON.stringify(one))
    .join(' or ');
  return (value, path, faults) => {
    if (!isObject(value)) return wrong(value, path, faults, 'an object');
    const kind = value[tag];
    const read = typeof kind === 'string' && Object.hasOwn(reads, kind) ? reads[kind] : undefined;
    return read ? read(value, path, faults) : wrong(kind, `${path}.${tag}`, faults, expected);
  };
}

/** Any JSON object that is not nested deeper than `depth`. */
export function looseObject(depth: number): Read<Readonly<Record<string, unknown>>> {
  return (value, path, faults) => {
    if (!isObject(value)) return wrong(value, path, faults, 'an object');
    if (isDeeper(value, depth)) faults.push({ path, expected: `at most ${depth} levels`, found: 'more' });
    return value;
  };
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((one) => isDeeper(one, depth - 1));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
