import {
  type Definitions,
  fieldsOf,
  type JsonSchema,
  type SchemaField,
} from '../../../playground/schema/schema-fields.ts';
import document from '../../../service/contract/generated/openapi.json' with { type: 'json' };
import type { HttpErrorCode } from '../../../service/contract/http-errors.ts';

interface RawOperation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly description?: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: JsonSchema }> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Record<string, { readonly schema: JsonSchema & { readonly allOf?: readonly JsonSchema[] } }>;
      }
    >
  >;
}

/** One answer that is no error. */
export interface HttpAnswer {
  readonly status: string;
  readonly description: string;
  /** `undefined` where there is no body. */
  readonly mediaType: string | undefined;
  readonly fields: readonly SchemaField[];
}

/** All that the reference says of one endpoint, from the OpenAPI document. */
export interface HttpOperation {
  /** `GET` or `POST`. */
  readonly method: string;
  readonly path: string;
  /** Stable: the path without its signs. */
  readonly anchor: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly place: string; readonly meaning: string }[];
  readonly bodyFields: readonly SchemaField[];
  readonly answers: readonly HttpAnswer[];
  /** Its own errors; those that any request can meet are left out. */
  readonly errors: readonly HttpErrorCode[];
}

/** A group of endpoints. */
export interface HttpGroup {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly HttpOperation[];
}

const definitions = document.components.schemas as unknown as Definitions;
const paths = document.paths as unknown as Record<string, Record<string, RawOperation>>;

const errorsOfEach = Object.values(paths).flatMap((methods) => Object.values(methods).map(errorsOf));

/** Errors that every endpoint can answer with. */
export const errorsOfAny: readonly HttpErrorCode[] = (errorsOfEach[0] ?? []).filter((code) =>
  errorsOfEach.every((errors) => errors.includes(code)),
);

/** Every endpoint of the OpenAPI document, in its groups. */
export const httpGroups: readonly HttpGroup[] = document.tags.map(({ name, description }) => ({
  name,
  description,
  operations: Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(name))
      .map(([method, operation]) => describe(method.toUpperCase(), path, operation)),
  ),
}));

function describe(method: string, path: string, operation: RawOperation): HttpOperation {
  const { summary, parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content['application/json']?.schema;
  const answers = Object.entries(responses).filter(([, { content }]) => !content?.['application/problem+json']);
  return {
    method,
    path,
    anchor: path.replaceAll(/[^\w]+/g, '-').replaceAll(/^-|-$/g, ''),
    summary,
    parameters: parameters.map((one) => ({ name: one.name, place: one.in, meaning: one.description ?? '' })),
    bodyFields: body ? fieldsOf(body, definitions) : [],
    answers: answers.map(([status, { description, content = {} }]) => {
      const [mediaType, media] = Object.entries(content)[0] ?? [];
      return { status, description, mediaType, fields: media ? fieldsOf(media.schema, definitions) : [] };
    }),
    errors: errorsOf(operation).filter((code) => !errorsOfAny.includes(code)),
  };
}

function errorsOf({ responses }: RawOperation): HttpErrorCode[] {
  return Object.values(responses).flatMap(({ content }) => {
    const schema = content?.['application/problem+json']?.schema;
    return (schema?.allOf ?? []).flatMap(({ properties }) => properties?.['error_code']?.enum ?? []);
  }) as HttpErrorCode[];
}
