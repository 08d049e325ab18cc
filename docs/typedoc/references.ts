import { globSync } from 'node:fs';
import { type Application, OptionDefaults, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { load } from './plugin.ts';

/** A part of the site that TypeDoc writes. */
export interface Reference {
  /** Where its pages lie, below `docs/content/docs` and in the site alike. */
  readonly output: string;
  readonly title: string;
  /** What its first page says below the title. */
  readonly description: string;
  /** The documented files, from the root of the repository. */
  readonly files: readonly string[];
  /** Includes the documented files and as little else as possible: TypeDoc reads all of it. */
  readonly tsconfig: string;
  /** What a documented type names and has no page: `<file>:<name>`. */
  readonly unshown: readonly string[];
}

/** What a program outside the service may import. `service/client` is passed over until it exists. */
export const typescriptApi: Reference = {
  output: 'reference/typescript',
  title: 'TypeScript API',
  description:
    'The types and the tables of the contract, which the service itself runs on. There is no package to install: copy the files you need, which import nothing but each other.',
  files: globSync('service/{contract,client}/*.ts')
    .map((file) => file.replaceAll('\\', '/'))
    .sort(),
  tsconfig: 'docs/typedoc/contract.tsconfig.json',
  unshown: [],
};

/** What a maintainer meets first in the service. */
export const internals: Reference = {
  output: 'reference/internals',
  title: 'Internals',
  description: 'The parts of the service that hold it together, for whoever maintains it.',
  files: [
    'service/app.ts',
    'service/broker/broker.ts',
    'service/config.ts',
    'service/config-variables.ts',
    'service/auth/verify.ts',
    'service/auth/keys.ts',
  ],
  tsconfig: 'docs/typedoc/service.tsconfig.json',
  unshown: ['service/log.ts:LogStream'],
};

/** All that TypeDoc writes. */
export const references = [typescriptApi, internals] as const;

/** Tags for ts-json-schema-generator, which makes the JSON Schemas: TypeDoc knows them and does not print them. */
const schemaTags = [
  '@asType',
  '@minimum',
  '@maximum',
  '@exclusiveMinimum',
  '@exclusiveMaximum',
  '@multipleOf',
  '@minLength',
  '@maxLength',
  '@pattern',
  '@format',
  '@minItems',
  '@maxItems',
  '@uniqueItems',
  '@minProperties',
  '@maxProperties',
  '@nullable',
  '@additionalProperties',
] as const;

type Options = Partial<Omit<TypeDocOptions, 'entryPoints' | 'tsconfig'> & PluginOptions>;

/** The options of `starlight-typedoc` for one reference. The test of the comments runs TypeDoc with the same. */
export function typedocOptions(reference: Reference) {
  return {
    entryPoints: [...reference.files],
    output: reference.output,
    tsconfig: reference.tsconfig,
    typeDoc: {
      plugin: [(app: Application) => load(app, reference)],
      theme: 'reference',
      router: 'module',
      alwaysCreateEntryPointModule: true,
      entryFileName: 'index',
      // The check of the types is another step of `npm run check`.
      skipErrorChecking: true,
      // Neither a remote nor a revision: the site shows the documented files itself.
      disableGit: true,
      // The root of both the modules' names and the links' paths.
      displayBasePath: 'service',
      sourceLinkTemplate: '/source/service/{path}/#L{line}',
      // Rewritten in place, and what is left over removed: whoever reads meanwhile finds no page gone.
      cleanOutputDir: false,
      sort: ['source-order'],
      excludeExternals: true,
      intentionallyNotExported: [...reference.unshown],
      // `export … from`: the page of the file that declares it says what it is.
      excludeReferences: true,
      blockTags: [...OptionDefaults.blockTags, ...schemaTags, '@pageTitle'],
      notRenderedTags: [...OptionDefaults.notRenderedTags, ...schemaTags, '@pageTitle'],
      hideGroupHeadings: true,
      expandParameters: true,
      parametersFormat: 'table',
      interfacePropertiesFormat: 'table',
      classPropertiesFormat: 'table',
      typeAliasPropertiesFormat: 'table',
      typeDeclarationFormat: 'table',
      validation: {
        notExported: true,
        invalidLink: true,
        invalidPath: true,
        rewrittenLink: true,
        notDocumented: true,
        unusedMergeModuleWith: true,
      },
      logLevel: 'Warn',
    } satisfies Options,
  };
}
