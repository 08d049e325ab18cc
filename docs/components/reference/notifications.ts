import {
  type Definitions,
  fieldsOf,
  type JsonSchema,
  resolved,
  type SchemaField,
} from '../../../playground/schema/schema-fields.ts';
import { notificationExamples } from '../../../service/contract/examples.ts';
import commonSchema from '../../../service/contract/generated/notification-common.json';
import schemas from '../../../service/contract/generated/notification-schemas.json';
import {
  type NotificationEvent,
  notificationEvents,
  notificationSenders,
} from '../../../service/contract/notifications.ts';
import source from '../../../service/contract/notifications.ts?raw';
import { declarationsOf } from './declarations.ts';

/** Whether a teacher has to do something about a notification of a type. */
export type ActionRequired = 'always' | 'never' | 'sometimes';

/** All that the reference says of one notification type. */
export interface NotificationReference {
  readonly event: NotificationEvent;
  /** The first paragraph of the type's TSDoc: when it is sent. */
  readonly summary: string;
  /** The other paragraphs. */
  readonly remarks: readonly string[];
  readonly sender: string;
  readonly category: string;
  /** More than one where it depends on how things went. */
  readonly priorities: readonly string[];
  readonly actionRequired: ActionRequired;
  /** The fields of its own. */
  readonly fields: readonly SchemaField[];
  /** The fields that every notification has, as narrow as they are here. */
  readonly common: readonly SchemaField[];
  /** The name of the TypeScript interface of its `data`. */
  readonly typeName: string;
  /** That interface as it stands in the contract, with all that it is made of but the common fields. */
  readonly typeSource: string;
  /** The example on one line, as it is on the wire. */
  readonly wire: string;
}

const declarations = declarationsOf(source);
const common = commonSchema as unknown as JsonSchema & { readonly definitions: Definitions };

/** The fields of every notification, as wide as the contract allows them to be. */
export const commonFields: readonly SchemaField[] = fieldsOf(common, common.definitions);

/** How soon a teacher should see a notification, most urgent first. */
export const priorities = valuesOf(common.definitions['Priority']);

/** Every notification type, in the order of the contract. */
export const notifications: readonly NotificationReference[] = notificationEvents.map(describe);

function describe(event: NotificationEvent): NotificationReference {
  const schema = schemas[event] as unknown as JsonSchema & { readonly definitions: Definitions };
  const { definitions } = schema;
  const data = schema.properties?.data as JsonSchema;
  const typeName = data.$ref?.split('/').at(-1) ?? '';
  const whole = resolved(data, definitions);
  const all = fieldsOf(data, definitions);
  const [summary = '', ...remarks] = (whole.description ?? '').split('\n\n');
  const isCommon = ({ name }: SchemaField) => commonFields.some((one) => one.name === name);
  return {
    event,
    summary,
    remarks,
    sender: notificationSenders[event],
    category: String(whole.properties?.category?.const),
    priorities: valuesOf(whole.properties?.priority),
    actionRequired: howOften(whole.properties?.action_required?.const),
    fields: all.filter((field) => !isCommon(field)),
    common: all.filter(isCommon),
    typeName,
    typeSource: typeSourceOf(typeName),
    wire: JSON.stringify({ event, data: notificationExamples[event] }),
  };
}

function valuesOf(schema: JsonSchema | undefined): string[] {
  return schema?.const === undefined ? (schema?.enum ?? []).map(String) : [String(schema.const)];
}

function howOften(constant: unknown): ActionRequired {
  if (constant === undefined) return 'sometimes';
  return constant ? 'always' : 'never';
}

/** An interface with what it extends and holds, the outermost first. */
function typeSourceOf(name: string, seen = new Set(['NotificationCommon', 'Category', 'Priority'])): string {
  const declaration = declarations.get(name);
  if (declaration === undefined || seen.has(name)) return '';
  seen.add(name);
  const others = [...declaration.matchAll(/\b[A-Z]\w+\b/g)].map(([other]) => typeSourceOf(other, seen));
  return [declaration, ...others.filter(Boolean)].join('\n\n');
}
