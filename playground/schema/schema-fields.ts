/** As much of JSON Schema as the contract's types use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Named schemas that others refer to by the last part of `$ref`. */
export type Definitions = Readonly<Record<string, JsonSchema>>;

/** One row of a table of fields. */
export interface SchemaField {
  /** With its parents: `channels.confirmed`, `phase_results.*.status`, `associations[].essay_id`. */
  readonly name: string;
  /** In words; backticks mark what a program would write. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly isOptional: boolean;
  readonly meaning: string;
  /** What its value is held to, beside the type. */
  readonly limits: string;
  /** The texts that it can be, where they are too many to stand in the type. */
  readonly choices: readonly string[];
}

/** More choices than this do not stand in the type. */
const choicesInType = 5;

/**
 * Every field of an object, the fields of objects inside it behind it.
 *
 * @param definitions - What `$ref` may name.
 */
export function fieldsOf(schema: JsonSchema, definitions: Definitions, prefix = ''): SchemaField[] {
  const { properties = {}, required = [] } = resolved(schema, definitions);
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = prefix + name;
    const row: SchemaField = {
      name: path,
      type: typeInWords(field, definitions),
      isNullable: isNullable(field),
      isOptional: !required.includes(name),
      meaning: field.description ?? resolved(field, definitions).description ?? '',
      limits: limitsOf(field),
      choices: choicesOf(field, definitions),
    };
    const inner = innerObject(field, definitions);
    return inner ? [row, ...fieldsOf(inner.schema, definitions, path + inner.joint)] : [row];
  });
}

/** The object that a field holds, or holds many of, and what stands between their names. */
function innerObject(field: JsonSchema, definitions: Definitions) {
  const whole = resolved(field, definitions);
  const candidates = [
    { schema: whole, joint: '.' },
    { schema: whole.items && resolved(whole.items, definitions), joint: '[].' },
    {
      schema:
        typeof whole.additionalProperties === 'object' ? resolved(whole.additionalProperties, definitions) : undefined,
      joint: '.*.',
    },
  ];
  const found = candidates.find(({ schema }) => schema?.properties);
  return found && { schema: found.schema as JsonSchema, joint: found.joint };
}

/** A schema, or the one that it names. */
export function resolved(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const name = schema.$ref?.split('/').at(-1);
  if (name === undefined) return schema;
  const found = definitions[name];
  if (found === undefined) throw new Error(`No schema is called ${name}.`);
  return found;
}

/** A type as a reader says it: `string`, `integer or null`, `"high" or "immediate"`, `array of strings`. */
export function typeInWords(schema: JsonSchema, definitions: Definitions): string {
  const { const: constant, enum: choices, anyOf, type, items, additionalProperties } = resolved(schema, definitions);
  if (constant !== undefined) return literal(constant);
  if (choices && choices.length > choicesInType) return 'string';
  if (choices) return choices.map(literal).join(' or ');
  if (anyOf) return anyOf.map((one) => typeInWords(one, definitions)).join(' or ');
  if (type === 'array' && items) return `array of ${plural(items, definitions)}`;
  if (type === 'object' && typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0)
    return `object of ${plural(additionalProperties, definitions)}`;
  return [type ?? 'anything'].flat().join(' or ');
}

function choicesOf(field: JsonSchema, definitions: Definitions): string[] {
  const { enum: choices = [], anyOf = [] } = resolved(field, definitions);
  const all = [...choices, ...anyOf.flatMap((one) => resolved(one, definitions).enum ?? [])];
  return all.length > choicesInType ? all.map(String) : [];
}

const literal = (value: unknown) => `\`${JSON.stringify(value)}\``;

function plural(schema: JsonSchema, definitions: Definitions): string {
  const { type } = resolved(schema, definitions);
  return typeof type === 'string' ? `${type}s` : typeInWords(schema, definitions);
}

/** Whether the value may be `null`. */
export function isNullable({ type, anyOf = [] }: JsonSchema): boolean {
  return [type].flat().includes('null') || anyOf.some((one) => one.type === 'null');
}

/** What a value is held to beside its type: `0 to 1`, `at most 256 characters`; empty where to nothing. */
export function limitsOf({ minimum, maximum, minLength, maxLength }: JsonSchema): string {
  const range = (from: number | undefined, to: number | undefined, unit: string) => {
    if (from !== undefined && to !== undefined) return `${from} to ${to}${unit}`;
    if (from !== undefined) return `at least ${from}${unit}`;
    return to === undefined ? '' : `at most ${to}${unit}`;
  };
  return [range(minimum, maximum, ''), range(minLength, maxLength, ' characters')].filter(Boolean).join(', ');
}
