import { fileURLToPath } from 'node:url';
import { createGenerator, type Schema } from 'ts-json-schema-generator';
import { maxTokenLifetimeSeconds } from '../../service/contract/development.ts';
import { notificationSchemaPath } from '../../service/contract/endpoints.ts';
import {
  type NotificationEvent,
  notificationEvents,
  notificationSenders,
} from '../../service/contract/notifications.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The files of the contract whose types become schemas. */
const sources = 'service/contract/{notifications,health,development,http-errors,error-codes}.ts';

/** The types that the HTTP endpoints take and give. */
const httpTypes = [
  'HealthResponse',
  'RedisHealthResponse',
  'WebsocketHealthResponse',
  'TokenRequest',
  'TokenResponse',
  'NotificationRequest',
  'NotificationResponse',
  'HandshakesResponse',
  'ProblemDocument',
  'CloseReason',
] as const;

/** A schema object: what a boolean schema could say is not needed here. */
export type SchemaObject = Schema & { readonly $ref?: string };
type Definitions = Record<string, SchemaObject>;

let made: Definitions | undefined;

/** The JSON Schema (draft 7) of every exported type of the contract, by its name, with the TSDoc as descriptions. */
export function contractDefinitions(): Definitions {
  made ??= withLimits(
    completed(
      createGenerator({
        path: root(sources),
        tsconfig: root('tsconfig.json'),
        type: '*',
        expose: 'export',
        jsDoc: 'extended',
        // A client ignores what it does not know, so an object may hold more.
        additionalProperties: true,
        skipTypeCheck: true,
      }).createSchema().definitions as Definitions,
    ),
  );
  return made;
}

/** One JSON Schema for each notification type, as it is on the wire: `event` and `data`. Each stands by itself. */
export function notificationSchemas(): Record<NotificationEvent, SchemaObject> {
  const definitions = contractDefinitions();
  const types = definitions.NotificationDataByEvent?.properties as Record<NotificationEvent, SchemaObject>;
  const entries = notificationEvents.map((event): [NotificationEvent, SchemaObject] => {
    const data = types[event];
    const [summary = '', ...remarks] = (resolve(data, definitions).description ?? '').split('\n\n');
    return [
      event,
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $id: notificationSchemaPath(event),
        title: event,
        description: [`${summary} Sent by the ${notificationSenders[event]}.`, ...remarks].join('\n\n'),
        type: 'object',
        properties: {
          event: { type: 'string', const: event, description: 'The name of the notification type.' },
          data,
        },
        required: ['event', 'data'],
        definitions: pick(data, definitions),
      },
    ];
  });
  return Object.fromEntries(entries) as Record<NotificationEvent, SchemaObject>;
}

/** The JSON Schema of the fields that every notification has, as wide as the contract allows them to be. */
export function commonSchema(): SchemaObject {
  const definitions = contractDefinitions();
  const { NotificationCommon } = definitions;
  return { ...NotificationCommon, definitions: pick(NotificationCommon, definitions) };
}

/** The schemas of what the HTTP endpoints take and give, by the name of the type. They refer to each other as `<name>#`. */
export function httpSchemas(): Record<string, SchemaObject> {
  const definitions = contractDefinitions();
  const wanted = pick({ anyOf: httpTypes.map((name) => ({ $ref: `#/definitions/${name}` })) }, definitions);
  return Object.fromEntries(
    Object.entries(wanted).map(([name, schema]) => [
      name,
      // What a caller sends is held to the letter: a misspelt field is named rather than passed over.
      withNamedRefs({ $id: name, ...schema, ...(name.endsWith('Request') && { additionalProperties: false }) }),
    ]),
  );
}

/** A limit that is a constant of the contract: a comment cannot name it in a way that the schema would understand. */
function withLimits(definitions: Definitions): Definitions {
  const lifetime = definitions.TokenRequest?.properties?.['lifetime_seconds'];
  if (typeof lifetime !== 'object') throw new Error('The contract has no TokenRequest.lifetime_seconds.');
  lifetime.maximum = maxTokenLifetimeSeconds;
  return definitions;
}

/** Every definition that a schema refers to, directly or not. */
export function pick(from: unknown, definitions: Definitions, found: Definitions = {}): Definitions {
  for (const [, name = ''] of JSON.stringify(from).matchAll(/"#\/definitions\/(\w+)"/g)) {
    const definition = definitions[name];
    if (definition === undefined || name in found) continue;
    found[name] = definition;
    pick(definition, definitions, found);
  }
  return found;
}

function resolve(schema: SchemaObject, definitions: Definitions): SchemaObject {
  const name = schema.$ref?.replace('#/definitions/', '');
  return (name !== undefined && definitions[name]) || schema;
}

function withNamedRefs<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema).replaceAll(/"#\/definitions\/(\w+)"/g, '"$1#"')) as T;
}

/**
 * Gives the fields that a notification narrows the words of the common ones: a type that is made narrower is documented where
 * it is made, and its meaning stays. A field that is never null loses the sentence on what null means.
 */
function completed(definitions: Definitions): Definitions {
  const common = definitions.NotificationCommon?.properties as Record<string, SchemaObject>;
  const meanings = new Map(
    Object.entries(common).map(([name, schema]) => [
      name,
      schema.description ?? resolve(schema, definitions).description,
    ]),
  );
  for (const definition of Object.values(definitions)) {
    const properties = (definition.properties ?? {}) as Record<string, SchemaObject>;
    if (!Object.keys(common).every((name) => name in properties)) continue;
    for (const [name, schema] of Object.entries(properties)) {
      const description = schema.description ?? meanings.get(name);
      const isNullable = Array.isArray(schema.type) && schema.type.includes('null');
      if (description) schema.description = isNullable ? description : withoutNull(description);
    }
  }
  return definitions;
}

function withoutNull(description: string): string {
  return description.replace(/\s*`null` [^.]*\.$/, '');
}
