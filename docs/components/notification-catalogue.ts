import {
  type NotificationEvent,
  notificationEvents,
  notificationSenders,
} from '../../service/contract/notifications.ts';
import source from '../../service/contract/notifications.ts?raw';
import { type Field, readAliases, readInterfaces } from './interface-fields.ts';

const interfaces = readInterfaces(source);
const aliases = readAliases(source);

/** One notification type with all that its page says of it. */
export interface CatalogueEntry {
  readonly event: NotificationEvent;
  readonly sender: string;
  readonly summary: string;
  /** The common fields that it narrows, such as `category` to the one that it always has. */
  readonly narrowed: readonly Field[];
  /** The fields of its own, those of what it extends first. */
  readonly fields: readonly Field[];
}

/** The fields that every notification has. A named type is spelt out. */
export const commonFields: readonly Field[] = (interfaces.get('NotificationCommon')?.fields ?? []).map((field) => {
  const alias = aliases.get(field.type);
  return alias ? { ...field, type: alias.type, meaning: field.meaning || alias.meaning } : field;
});

const typeNames = new Map(interfaces.get('NotificationDataByEvent')?.fields.map(({ name, type }) => [name, type]));

function ownFields(name: string): Field[] {
  const found = interfaces.get(name);
  if (!found || name === 'NotificationCommon') return [];
  return [...found.parents.flatMap(ownFields), ...found.fields];
}

const isCommon = (field: Field) => commonFields.some(({ name }) => name === field.name);

/** Every notification type, in the order of the contract. */
export const catalogue: readonly CatalogueEntry[] = notificationEvents.map((event) => {
  const name = typeNames.get(event) ?? '';
  const fields = ownFields(name);
  return {
    event,
    sender: notificationSenders[event],
    summary: interfaces.get(name)?.summary ?? '',
    narrowed: fields.filter(isCommon),
    fields: fields.filter((field) => !isCommon(field)),
  };
});
