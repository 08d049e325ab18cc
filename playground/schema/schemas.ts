import json from '../../service/contract/generated/notification-schemas.json' with { type: 'json' };
import type { NotificationEvent } from '../../service/contract/notifications.ts';
import type { JsonPath } from './json-path.ts';
import { type Definitions, type JsonSchema, resolved } from './schema-fields.ts';

// All 16 in one: compressed they weigh 4 kB, one by one 14 kB. Import this module where it is loaded when first used.

/** The schema of a notification type, with what it refers to. */
export type NotificationSchema = JsonSchema & { readonly definitions: Definitions };

const schemas = json as unknown as Readonly<Record<NotificationEvent, NotificationSchema>>;

/** Whether a name is one of the catalogue's. */
export function isKnownEvent(event: string): event is NotificationEvent {
  return Object.hasOwn(schemas, event);
}

/** The schema of a notification type as a whole. */
export function schemaOf(event: NotificationEvent): NotificationSchema {
  return schemas[event];
}

/** A place in a notification, and what its schema says of it. */
export interface SchemaPlace {
  readonly schema: JsonSchema;
  readonly definitions: Definitions;
  /** The field's name as the reference has it, without `data.`: `phase_results.*.status`, `associations[].essay_id`. */
  readonly name: string;
}

/** What the schema says of a place; `undefined` where it says nothing, as of a field that it does not know. */
export function schemaAt(event: NotificationEvent, path: JsonPath): SchemaPlace | undefined {
  const root = schemas[event];
  const { definitions } = root;
  let place: SchemaPlace = { schema: root, definitions, name: '' };
  for (const [depth, part] of path.entries()) {
    const next = step(place, part);
    if (next === undefined) return undefined;
    place = depth === 0 && part === 'data' ? { ...next, name: '' } : next;
  }
  return place;
}

function step({ schema, definitions, name }: SchemaPlace, part: string | number): SchemaPlace | undefined {
  const { properties = {}, items, additionalProperties } = resolve(schema, definitions);
  const property = Object.hasOwn(properties, part) ? properties[part] : undefined;
  if (property) return { schema: property, definitions, name: name === '' ? String(part) : `${name}.${part}` };
  if (typeof part === 'number') return items && { schema: items, definitions, name: `${name}[]` };
  return typeof additionalProperties === 'object'
    ? { schema: additionalProperties, definitions, name: `${name}.*` }
    : undefined;
}

/** A schema that refers to another, as that other, with the description that stands where it is referred to. */
export function resolve(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const target = resolved(schema, definitions);
  return target === schema ? schema : { ...target, description: schema.description ?? target.description ?? '' };
}
