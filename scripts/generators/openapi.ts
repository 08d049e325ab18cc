import { loadConfig } from '../../service/config.ts';

/**
 * The OpenAPI 3.1 document of a service in development, where every endpoint exists: from the schemas of its routes.
 *
 * A running service gives the document of the endpoints that it has itself.
 */
export async function openapiDocument(): Promise<object> {
  // Imported here, not above: the service reads schemas that may just have been made anew.
  const { buildApp } = await import('../../service/app.ts');
  const app = await buildApp(loadConfig({ LOG_FORMAT: 'json', LOG_LEVEL: 'fatal' }));
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
