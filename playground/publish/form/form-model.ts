import type { NotificationEvent } from '../../../service/contract/notifications.ts';
import { readEnvelope } from '../../schema/envelope.ts';
import { type JsonPath, pathKey } from '../../schema/json-path.ts';
import { type JsonNode, memberOf, parseTree } from '../../schema/json-tree.ts';
import { type Definitions, isNullable, type JsonSchema, limitsOf, typeInWords } from '../../schema/schema-fields.ts';
import { resolve, schemaAt } from '../../schema/schemas.ts';

/** What a value is edited with. */
export type Control =
  | 'text'
  | 'number'
  | 'moment'
  | 'switch'
  | 'choice'
  /** The schema allows one value alone. */
  | 'constant'
  | 'object'
  | 'list'
  /** An object whose names are the sender's. */
  | 'map';

/** A field of the form: what the schema says of it, and what the text holds there. */
export interface FormField {
  readonly path: JsonPath;
  /** Of an entry of a list its number, from 1. */
  readonly label: string;
  readonly control: Control;
  /** In words; backticks mark code. */
  readonly type: string;
  readonly limits: string;
  readonly meaning: string;
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  /** What may be chosen, or the one that must be. */
  readonly choices: readonly unknown[];
  /** The value; `undefined` where the text has none there. */
  readonly value: unknown;
  /** Whether the control can show the value. Where not, it is shown as JSON, to be replaced. */
  readonly fits: boolean;
  /** The fields of an object, or the entries of a list or map. */
  readonly inner: readonly FormField[];
  /** The least that the schema lets stand here: for a new entry, or in place of what does not fit. */
  readonly blank: unknown;
  /** The least entry of a list or map. */
  readonly blankEntry: unknown;
}

/** The form for a text, or why there is none. */
export type Form =
  | { readonly name: 'fields'; readonly fields: readonly FormField[]; readonly unknown: readonly string[] }
  | { readonly name: 'none'; readonly reason: string };

/** The fields of a text as a notification of a type. */
export function formOf(text: string, event: NotificationEvent): Form {
  const envelope = readEnvelope(text);
  if (envelope.name !== 'envelope') return { name: 'none', reason: envelope.message };
  if (envelope.event !== event)
    return { name: 'none', reason: `The text is a notification “${envelope.event}”, and ${event} is chosen.` };
  const root = parseTree(text);
  const place = schemaAt(event, ['data']);
  const data = memberOf(root, 'data')?.node;
  if (place === undefined || data?.kind !== 'object') return { name: 'none', reason: 'The text is nested too deep.' };
  const fields = fieldsIn(resolve(place.schema, place.definitions), place.definitions, data, ['data']);
  const known = new Set(fields.map(({ label }) => label));
  return { name: 'fields', fields, unknown: data.members.map(({ key }) => key).filter((key) => !known.has(key)) };
}

/** Fields by their place, for finding what a check says of them. */
export function messagesByPath(
  deviations: readonly { readonly path: JsonPath; readonly message: string }[],
): ReadonlyMap<string, string> {
  return new Map(deviations.map(({ path, message }) => [pathKey(path), message]));
}

function fieldsIn(
  { properties = {}, required = [] }: JsonSchema,
  definitions: Definitions,
  owner: JsonNode | undefined,
  path: JsonPath,
): FormField[] {
  return Object.entries(properties).map(([name, schema]) =>
    fieldOf(schema, definitions, memberOf(owner, name)?.node, [...path, name], name, required.includes(name)),
  );
}

function fieldOf(
  given: JsonSchema,
  definitions: Definitions,
  node: JsonNode | undefined,
  path: JsonPath,
  label: string,
  isRequired: boolean,
): FormField {
  const schema = resolve(given, definitions);
  const control = controlOf(schema);
  const entrySchema = (control === 'list' ? schema.items : schema.additionalProperties) as JsonSchema;
  const value = plainValue(node);
  return {
    path,
    label,
    control,
    type: typeInWords(schema, definitions),
    limits: limitsOf(schema),
    meaning: schema.description ?? '',
    isRequired,
    isNullable: isNullable(schema),
    choices: schema.const === undefined ? (schema.enum ?? []) : [schema.const],
    value,
    fits: node === undefined || (value === null ? isNullable(schema) : fitsControl(control, node, schema)),
    inner: innerOf(control, schema, definitions, node, path),
    blank: blankOf(schema, definitions),
    blankEntry: control === 'list' || control === 'map' ? blankOf(entrySchema, definitions) : undefined,
  };
}

function innerOf(
  control: Control,
  schema: JsonSchema,
  definitions: Definitions,
  node: JsonNode | undefined,
  path: JsonPath,
): FormField[] {
  if (control === 'object') return fieldsIn(schema, definitions, node, path);
  const { items = {}, additionalProperties } = schema;
  if (control === 'list' && node?.kind === 'array')
    return node.items.map((item, index) =>
      fieldOf(items, definitions, item, [...path, index], String(index + 1), true),
    );
  if (control !== 'map' || node?.kind !== 'object') return [];
  const entry = additionalProperties as JsonSchema;
  const names = [...new Set(node.members.map(({ key }) => key))];
  return names.map((key) => fieldOf(entry, definitions, memberOf(node, key)?.node, [...path, key], key, true));
}

function controlOf(schema: JsonSchema): Control {
  const type = [schema.type].flat().find((one) => one !== 'null');
  if (schema.const !== undefined) return 'constant';
  if (schema.enum) return 'choice';
  if (type === 'boolean') return 'switch';
  if (type === 'array') return 'list';
  if (type === 'object') return schema.properties ? 'object' : 'map';
  if (type === 'number' || type === 'integer') return 'number';
  // The contract says it in words: as a `format`, it would forbid times that ISO 8601 allows.
  return schema.description?.includes('ISO 8601') ? 'moment' : 'text';
}

function fitsControl(control: Control, node: JsonNode, { const: constant, enum: choices }: JsonSchema): boolean {
  if (control === 'list') return node.kind === 'array';
  if (control === 'object' || control === 'map') return node.kind === 'object';
  if (node.kind !== 'value') return false;
  if (control === 'constant') return node.value === constant;
  if (control === 'choice') return choices?.includes(node.value) ?? false;
  return typeof node.value === { text: 'string', moment: 'string', number: 'number', switch: 'boolean' }[control];
}

function plainValue(node: JsonNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'value') return node.value;
  if (node.kind === 'array') return node.items.map(plainValue);
  // Without a prototype: a name may be `__proto__`.
  const value: Record<string, unknown> = Object.create(null);
  for (const { key, node: inner } of node.members) value[key] = plainValue(inner);
  return value;
}

function blankOf(given: JsonSchema, definitions: Definitions): unknown {
  const schema = resolve(given, definitions);
  if (isNullable(schema)) return null;
  const { properties = {}, required = [], minimum = 0 } = schema;
  switch (controlOf(schema)) {
    case 'constant':
      return schema.const;
    case 'choice':
      return schema.enum?.[0];
    case 'switch':
      return false;
    case 'number':
      return minimum;
    case 'list':
      return [];
    case 'map':
      return {};
    case 'object':
      return Object.fromEntries(required.map((name) => [name, blankOf(properties[name] as JsonSchema, definitions)]));
    case 'moment':
      return new Date().toISOString();
    case 'text':
      return '';
  }
}
