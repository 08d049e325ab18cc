import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { stringify } from 'yaml';
import { documents } from '../contract/endpoints.ts';
import asyncapi from '../contract/generated/asyncapi.json' with { type: 'json' };
import notificationSchemas from '../contract/generated/notification-schemas.json' with { type: 'json' };
import { HttpError } from '../errors.ts';
import { documentAnswer, problemAnswers, tags } from './route-schemas.ts';

/** Collects the routes that are registered from here on, to describe them as OpenAPI. Registered before them. */
export async function collectRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'HuleEdu Realtime over HTTP',
        version,
        description:
          'What the service answers beside the WebSocket. Every error is a problem document (RFC 9457) with a stable `error_code`, unless a browser asks for a page that does not exist: it gets a page that says so.',
      },
      // Relative to where the document is, which is right wherever that is.
      servers: [{ url: '/', description: 'The service that this document comes from.' }],
      tags: Object.values(tags),
    },
    // OpenAPI 3.1 has `const`.
    convertConstToEnum: false,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`) },
  });
}

/** Registers the documents that describe the service for programs. */
export function registerDocuments(app: FastifyInstance): void {
  const serve = (operationId: string, path: string, mediaType: string, summary: string, text: () => string) => {
    let made: string | undefined;
    app.get(path, { schema: documentSchema(operationId, summary, mediaType) }, (_request, reply) => {
      made ??= text();
      reply.type(`${mediaType}; charset=utf-8`).header('cache-control', 'no-cache').send(made);
    });
  };
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const yaml = (value: unknown) => stringify(value, { aliasDuplicateObjects: false });

  serve('getAsyncapi', documents.asyncapi, 'application/json', 'The WebSocket as an AsyncAPI 3.0 document', () =>
    json(asyncapi),
  );
  serve('getAsyncapiYaml', documents.asyncapiYaml, 'application/yaml', 'The AsyncAPI document as YAML', () =>
    yaml(asyncapi),
  );
  serve('getOpenapi', documents.openapi, 'application/json', 'The HTTP endpoints as an OpenAPI 3.1 document', () =>
    json(app.swagger()),
  );
  serve('getOpenapiYaml', documents.openapiYaml, 'application/yaml', 'The OpenAPI document as YAML', () =>
    yaml(app.swagger()),
  );

  app.get<{ Params: { event: string } }>(
    `${documents.notificationSchemas}:event.json`,
    {
      schema: {
        ...documentSchema(
          'getNotificationSchema',
          'The JSON Schema of one notification type',
          'application/schema+json',
          'NOT_FOUND',
        ),
        params: {
          type: 'object',
          properties: { event: { type: 'string', description: 'The name of the type, such as `class_created`.' } },
        },
      },
    },
    ({ params: { event } }, reply) => {
      if (!Object.hasOwn(notificationSchemas, event))
        throw new HttpError('NOT_FOUND', 'There is no notification type of this name.');
      const schema = notificationSchemas[event as keyof typeof notificationSchemas];
      reply.type('application/schema+json; charset=utf-8').header('cache-control', 'no-cache').send(json(schema));
    },
  );
}

function documentSchema(
  operationId: string,
  summary: string,
  mediaType: string,
  ...errors: 'NOT_FOUND'[]
): FastifySchema {
  return {
    tags: [tags.documents.name],
    operationId,
    summary,
    response: { 200: documentAnswer('The document.', mediaType), ...problemAnswers(...errors) },
  };
}
