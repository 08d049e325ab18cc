/** What the built site depends on. What does not exist yet is passed over. */
export const siteInputs: readonly string[] = [
  'docs',
  'playground',
  'service/contract',
  'service/client',
  'service/migration',
  // What the pages about the internals are made of: docs/typedoc/references.ts.
  'service/app.ts',
  'service/auth/keys.ts',
  'service/auth/verify.ts',
  'service/broker/broker.ts',
  'service/config.ts',
  'service/config-variables.ts',
  'astro.config.mjs',
  'scripts/build-site.ts',
  'scripts/precompress.ts',
  'scripts/site-address.ts',
  'scripts/site-inputs.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** What the build itself writes among its inputs: it must not make the site stale. */
export const siteProducts: readonly string[] = [
  'docs/content/docs/reference/typescript',
  'docs/content/docs/reference/internals',
];
