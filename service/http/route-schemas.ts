import type { FastifyInstance } from 'fastify';
import schemas from '../contract/generated/http-schemas.json' with { type: 'json' };
import { type HttpErrorCode, httpErrors } from '../contract/http-errors.ts';

/** The groups of endpoints in the OpenAPI document. */
export const tags = {
  health: { name: 'Health', description: 'Whether the service works. None of them takes a token.' },
  metrics: { name: 'Metrics', description: 'What the service counts, for Prometheus.' },
  websocket: {
    name: 'WebSocket',
    description:
      'The paths of the WebSocket, asked with plain HTTP. The AsyncAPI document describes the WebSocket itself.',
  },
  documents: { name: 'Documents', description: 'The service described for programs.' },
  development: {
    name: 'Development',
    description:
      'They exist where `ENABLE_DEV_ENDPOINTS` is on, which is possible in development alone, and answer callers on the service’s own machine and pages of the origins in `CORS_ORIGINS`.',
  },
} as const;

type SchemaName = keyof typeof schemas;

/** Errors that any request can meet before a route sees it, or because the service itself fails. */
const everywhere: readonly HttpErrorCode[] = ['REQUEST_INVALID', 'HEADERS_TOO_LARGE', 'INTERNAL_ERROR'];

/** Makes the types of the contract known to the routes' schemas, which refer to them as `<name>#`. */
export function addContractSchemas(app: FastifyInstance): void {
  for (const schema of Object.values(schemas)) app.addSchema(schema);
  // Schemas describe answers and never form them: an answer that does not fit is to be seen, not to be cut to size.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
}

/** A type of the contract, where a route takes or gives it. */
export function contractType(name: SchemaName): { readonly $ref: string } {
  return { $ref: `${name}#` };
}

/** An answer as JSON of a type of the contract. */
export function jsonAnswer(description: string, name: SchemaName): object {
  return { description, content: { 'application/json': { schema: contractType(name) } } };
}

/** An answer as a document of its own form: an object where it is JSON, else text. */
export function documentAnswer(description: string, mediaType: string): object {
  const type = mediaType.endsWith('json') ? 'object' : 'string';
  return { description, content: { [mediaType]: { schema: { type } } } };
}

/**
 * The problem documents that a route answers with, by status, beside those that any request can meet.
 *
 * @param codes - The errors of the route itself.
 */
export function problemAnswers(...codes: readonly HttpErrorCode[]): Record<number, object> {
  const byStatus = Object.groupBy([...codes, ...everywhere], (code) => httpErrors[code].status);
  const answers = Object.entries(byStatus).map(([status, ofStatus = []]) => [Number(status), problemAnswer(ofStatus)]);
  return Object.fromEntries(answers);
}

function problemAnswer(codes: readonly HttpErrorCode[]): object {
  const schema = {
    allOf: [contractType('ProblemDocument'), { properties: { error_code: { enum: codes } } }],
  };
  const description = codes.map((code) => `\`${code}\`: ${httpErrors[code].title}.`).join(' ');
  return { description, content: { 'application/problem+json': { schema } } };
}
