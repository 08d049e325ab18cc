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

// TO SWITCH ON WITH THE FILES THEMSELVES: take the comment signs away, and add the list to docs/components/MachineFiles.astro's page.
// The links check fails while they are missing.
export const specifications: readonly MachineFile[] = [
  // {
  //   path: '/asyncapi.yaml',
  //   holds: 'The WebSocket in AsyncAPI: the endpoint, and every message with its schema',
  //   use: 'To generate a client or a mock of the WebSocket',
  // },
  // { path: '/asyncapi.json', holds: 'The same as JSON', use: 'For tools that read no YAML' },
  // {
  //   path: '/openapi.yaml',
  //   holds: 'The HTTP endpoints in OpenAPI, with their errors',
  //   use: 'To generate a client of health, metrics and the development endpoints',
  // },
  // { path: '/openapi.json', holds: 'The same as JSON', use: 'For tools that read no YAML' },
  // {
  //   path: '/schemas/notifications/<event>.json',
  //   isLink: false,
  //   holds: 'One notification type as a JSON Schema, such as `/schemas/notifications/batch_results_ready.json`',
  //   use: 'To check what arrives, or what a backend service is about to publish',
  // },
  // {
  //   path: '/types/notifications.ts',
  //   holds: 'Every notification type in TypeScript, without a dependency',
  //   use: 'To copy into a frontend that is written in TypeScript',
  // },
];
