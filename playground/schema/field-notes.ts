import { type NotificationEvent, notificationSenders } from '../../service/contract/notifications.ts';
import { fieldPage, notificationPage } from '../../service/contract/reference-pages.ts';
import type { JsonPath } from './json-path.ts';
import { fieldsOf, type SchemaField } from './schema-fields.ts';
import { schemaAt, schemaOf } from './schemas.ts';

/** What the reference says of a field, and where. Backticks in the texts mark code. */
export interface FieldNote {
  /** The field as the reference names it; the `event` itself for the event. */
  readonly name: string;
  /** In words: `integer or null`. */
  readonly type: string;
  readonly meaning: string;
  /** What its value is held to, beside the type; empty where to nothing. */
  readonly limits: string;
  readonly isOptional: boolean;
  /** Its reference entry. */
  readonly href: string;
}

const fields = new Map<NotificationEvent, ReadonlyMap<string, SchemaField>>();

/**
 * What the reference says of a place in a notification.
 *
 * @param path - From the whole: `['data', 'batch_id']`, `['event']`.
 * @returns Of an entry of a list or a map, what is said of the list or the map; `undefined` for a field that the schema does not know.
 */
export function fieldNote(event: NotificationEvent, path: JsonPath): FieldNote | undefined {
  const [first, ...inside] = path;
  if (first === 'event' && inside.length === 0) return eventNote(event);
  if (first !== 'data') return undefined;
  if (inside.length === 0) return dataNote(event);
  const name = schemaAt(event, path)?.name.replace(/(\.\*|\[\])$/, '');
  const field = name === undefined ? undefined : fieldsByName(event).get(name);
  if (field === undefined) return undefined;
  const { type, meaning, limits, isOptional } = field;
  return { name: field.name, type, meaning, limits, isOptional, href: fieldPage(event, field.name) };
}

function eventNote(event: NotificationEvent): FieldNote {
  const type = `sent by the ${notificationSenders[event]}`;
  return { name: event, type, meaning: summaryOf(event), limits: '', isOptional: false, href: notificationPage(event) };
}

function dataNote(event: NotificationEvent): FieldNote {
  const meaning = `The fields of ${event}, and those of every notification.`;
  return {
    name: 'data',
    type: 'object',
    meaning,
    limits: '',
    isOptional: false,
    href: `${notificationPage(event)}#fields`,
  };
}

/** When it is sent: the sender stands at the end of the first paragraph, and by itself in the note. */
function summaryOf(event: NotificationEvent): string {
  const [first = ''] = (schemaOf(event).description ?? '').split('\n\n');
  return first.replace(/ Sent by the .*$/, '');
}

function dataOf(event: NotificationEvent) {
  const { properties, definitions } = schemaOf(event);
  return { data: properties?.['data'] ?? {}, definitions };
}

function fieldsByName(event: NotificationEvent): ReadonlyMap<string, SchemaField> {
  let found = fields.get(event);
  if (found === undefined) {
    const { data, definitions } = dataOf(event);
    found = new Map(fieldsOf(data, definitions).map((field) => [field.name, field]));
    fields.set(event, found);
  }
  return found;
}
