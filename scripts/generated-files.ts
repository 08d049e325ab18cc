import { envExample } from './env-example.ts';

/** A file that is made from others and committed, so that it can be read without making it. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  make(): string | Promise<string>;
}

/** Every generated file. `npm run generate` writes them; a test fails where one is not what it would be made now. */
export const generatedFiles: readonly GeneratedFile[] = [{ path: '.env.example', make: envExample }];
