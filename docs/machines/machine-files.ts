import { documents, notificationSchemaPath } from '../../service/contract/endpoints.ts';

/** A file, or a kind of file, that the site has for programs. */
export interface MachineFile {
  /** Where it is; a link, unless it names many. */
  readonly path: string;
  readonly isLink?: false;
  /** What is in it. Text in which backticks mark code. */
  readonly holds: string;
  /** When to take this one. */
  readonly use: string;
}

/** Texts for a program that reads prose, such as a coding agent. */
export const texts: readonly MachineFile[] = [
  {
    path: '/llms.txt',
    holds: 'The list of all pages, a line each',
    use: 'First: to find the page that answers a question',
  },
  {
    path: '/llms-small.txt',
    holds: 'The migration, the protocol and its errors, in one text',
    use: 'To move a frontend, or to build one: fits into what an agent can keep in mind',
  },
  {
    path: '/llms-full.txt',
    holds: 'Every page, in one text',
    use: 'To work on the service, or to search in one file',
  },
  {
    path: '/protocol/messages.md',
    holds: 'One page as Markdown, here the messages; every page has its own, and names it in its head',
    use: 'To read one page without its layout',
  },
];

/** For programs that follow links rather than read. */
export const maps: readonly MachineFile[] = [
  { path: '/sitemap.xml', holds: 'The address of every page', use: 'For search engines and for checking links' },
  { path: '/robots.txt', holds: 'That every robot is welcome, and where the sitemap is', use: 'For search engines' },
];

/** The service described for programs. */
export const specifications: readonly MachineFile[] = [
  {
    path: documents.asyncapiYaml,
    holds: 'The WebSocket in AsyncAPI 3.0: the endpoint, every message with its schema, every close code',
    use: 'To generate a client or a mock of the WebSocket',
  },
  { path: documents.asyncapi, holds: 'The same as JSON', use: 'For tools that read no YAML' },
  {
    path: documents.openapiYaml,
    holds: 'The HTTP endpoints in OpenAPI 3.1, with their errors',
    use: 'To generate a client of health, metrics and the development endpoints',
  },
  { path: documents.openapi, holds: 'The same as JSON', use: 'For tools that read no YAML' },
  {
    path: notificationSchemaPath('<event>'),
    isLink: false,
    holds: `One notification type as a JSON Schema, such as \`${notificationSchemaPath('batch_results_ready')}\``,
    use: 'To check what arrives, or what a backend service is about to publish',
  },
  {
    path: '/types/notifications.ts',
    holds: 'Every notification type in TypeScript, without a dependency',
    use: 'To copy into a frontend that is written in TypeScript',
  },
];
