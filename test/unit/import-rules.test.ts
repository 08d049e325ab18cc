import { describe, expect, it } from 'vitest';
import { line, sourceFiles, violations } from '../../scripts/import-rules.ts';

/** What the rules say of a repository that holds one file. */
function judge(file: string, text: string): string[] {
  return violations(new Map([[file, text]])).map(line);
}

describe('who may import whom', () => {
  it('holds in this repository', () => {
    const files = sourceFiles('.');
    expect(files.size).toBeGreaterThan(20);
    expect(violations(files).map(line)).toEqual([]);
  });

  it('says in one line which file imports what, the rule, and the remedy', () => {
    expect(judge('service/http/upgrade.ts', `import { createRedisBroker } from '../broker/redis.ts';`)).toEqual([
      'service/http/upgrade.ts imports service/broker/redis.ts: http may import connections, auth, broker interface, errors, contract. ' +
        'Take a Broker (service/broker/broker.ts) as a parameter; service/app.ts alone picks one.',
    ]);
  });
});

describe('a forbidden import is found', () => {
  const forbidden: [what: string, file: string, text: string][] = [
    ['of another part, in the contract', 'service/contract/claims.ts', `import { x } from '../errors.ts';`],
    ['of a package, in the contract', 'service/contract/claims.ts', `import { z } from 'zod';`],
    ['of a Node built-in, in the contract', 'service/contract/claims.ts', `import 'node:fs';`],
    ['of a test', 'service/app.ts', `import { startService } from '../test/support/service.ts';`],
    ['of a test, in a benchmark', 'bench/fan-out.ts', `import { startRedis } from '../test/support/redis-server.ts';`],
    ['of a broker, in the command line', 'service/cli.ts', `import { m } from './broker/memory.ts';`],
    [
      'of the server, in the playground',
      'playground/session.svelte.ts',
      `import { loadConfig } from '../service/config.ts';`,
    ],
    ['of a package of the server, in the playground', 'playground/outbox.ts', `import { WebSocket } from 'ws';`],
    ['of a scoped package of the server', 'playground/outbox.ts', `import cors from '@fastify/cors';`],
    ['of a built-in without its prefix', 'playground/outbox.ts', `import { connect } from 'net';`],
    ['of a file in no room', 'service/app.ts', `import { help } from '../helpers/help.ts';`],
    ['from a file in no room', 'service/helpers.ts', `import { endpoints } from './contract/endpoints.ts';`],
  ];
  it.each(forbidden)('%s', (_what, file, text) => {
    expect(judge(file, text)).toHaveLength(1);
  });
});

describe('an import is found', () => {
  const from = 'service/http/upgrade.ts';
  const path = '../broker/redis.ts';
  const forms: [form: string, file: string, text: string][] = [
    ['for types alone', from, `import type { RedisSettings } from '${path}';`],
    ['within a type', from, `type S = import('${path}').RedisSettings;`],
    ['when it is dynamic', from, `const load = () => import('${path}');`],
    ['in a template literal', from, `const load = () => import(\`${path}\`);`],
    ['when it is exported on', from, `export * from '${path}';`],
    ['when it is required', from, `const r = require('${path}');`],
    ['after a regular expression with a quote in it', from, `const quote = /['"\`]/;\nimport { a } from '${path}';`],
    ['as a glob', 'playground/all.ts', `const all = import.meta.glob(['../service/broker/*.ts']);`],
    [
      'in a Svelte component',
      'playground/A.svelte',
      `<p>x</p>\n<script lang="ts">\nimport '../service/app.ts';\n</script>`,
    ],
    ['at build time of a page', 'docs/A.astro', `---\nimport '../service/app.ts';\n---\n<p>x</p>`],
    ['in the script of a page', 'docs/A.astro', `<p>x</p><script>import '../service/app.ts';</script>`],
    ['in MDX', 'docs/content/docs/a.mdx', `---\ntitle: A\n---\n\nimport '../../../service/app.ts';\n\n# A`],
    ['as raw text', 'docs/A.astro', `---\nimport code from '../service/app.ts?raw';\n---\n`],
  ];
  it.each(forms)('%s', (_form, file, text) => {
    expect(judge(file, text)).toHaveLength(1);
  });
});

describe('what is allowed is left alone', () => {
  const allowed: [what: string, file: string, text: string][] = [
    ['the app picks a broker', 'service/app.ts', `import { m } from './broker/memory.ts';`],
    [
      'the configuration table at build time',
      'docs/V.astro',
      `---\nimport { variables } from '../service/config.ts';\n---\n`,
    ],
    ['a test imports anything', 'test/unit/a.test.ts', `import '../../service/app.ts'; import 'ws'; import 'node:fs';`],
    [
      'code that is quoted in MDX',
      'docs/content/docs/a.mdx',
      `# A\n\n\`\`\`ts\n\nimport { x } from '../../service/app.ts';\n\n\`\`\`\n`,
    ],
    ['code that is quoted in a string', 'playground/code.ts', `const code = "import { WebSocket } from 'ws';";`],
  ];
  it.each(allowed)('%s', (_what, file, text) => {
    expect(judge(file, text)).toEqual([]);
  });

  it('but the same table in the script of a page is not', () => {
    expect(judge('docs/V.astro', `<script>import { variables } from '../service/config.ts';</script>`)).toHaveLength(1);
  });
});
