import { asyncapiDocument } from './asyncapi.ts';
import { commonSchema, httpSchemas, notificationSchemas } from './contract-schemas.ts';
import { envExample } from './env-example.ts';
import { openapiDocument } from './openapi.ts';

/** A file that is made from others and committed, so that it can be read without making it. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  make(): string | Promise<string>;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const contract = (name: string) => `service/contract/generated/${name}`;

/**
 * Every generated file, in the order in which they are made: a later one may be made of an earlier. `npm run generate` writes
 * them; a test fails where one is not what it would be made now.
 */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: '.env.example', make: envExample },
  { path: contract('notification-schemas.json'), make: () => json(notificationSchemas()) },
  { path: contract('notification-common.json'), make: () => json(commonSchema()) },
  { path: contract('http-schemas.json'), make: () => json(httpSchemas()) },
  { path: contract('asyncapi.json'), make: () => json(asyncapiDocument()) },
  { path: contract('openapi.json'), make: async () => json(await openapiDocument()) },
];
