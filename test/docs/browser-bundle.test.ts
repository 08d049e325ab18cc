import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { importsOf } from '../../scripts/imports.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Texts of the libraries' own that minification keeps. The tests below prove them on bundles that Vite makes. */
const signs: [library: string, sign: RegExp][] = [
  // The first is all that ws brings along when it is bundled for browsers.
  ['ws', /ws does not work in the browser|WebSocket was closed before the connection was established/],
  ['ioredis', /Reached the max retries per request limit/],
  ['fastify', /\bFST_ERR_[A-Z]/],
  // What Vite puts in the place of a built-in: a CommonJS module that exports nothing.
  ['a Node built-in', /\((\w+),(\w+)\)=>\{\2\.exports=\{\}\}/],
];

/** What a browser bundle holds that belongs to the server. */
function serverPartsOf(code: string): string[] {
  const builtins = importsOf('bundle.js', code).filter(({ specifier }) => isBuiltin(specifier));
  return [
    ...signs.filter(([, sign]) => sign.test(code)).map(([library]) => library),
    ...builtins.map(({ specifier }) => specifier),
  ];
}

/** Bundles a module for browsers as the site's build does. */
async function bundle(source: string): Promise<string> {
  const entry = 'virtual:entry';
  // Vitest says `test`, for which Vite puts something else in a built-in's place.
  vi.stubEnv('NODE_ENV', 'production');
  const result = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    build: { write: false, rolldownOptions: { input: entry } },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? source : undefined),
      },
    ],
  });
  const { output } = result as Rolldown.RolldownOutput;
  return output.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n');
}

describe('the bundles of the built site', () => {
  const files = globSync('dist/**/*.js', { cwd: root });

  it('hold no ws, no ioredis, no fastify and no Node built-in', () => {
    expect(files.length, 'no bundle found: run `npm run build` first').toBeGreaterThan(0);
    const found = files.flatMap((file) =>
      serverPartsOf(readFileSync(`${root}/${file}`, 'utf8')).map((part) => `${file} holds ${part}`),
    );
    expect(found).toEqual([]);
  });
});

describe('a bundle with a part of the server in it is found', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['ws', `import WebSocket from 'ws'; new WebSocket('ws://localhost');`],
    ['ioredis', `import { Redis } from 'ioredis'; new Redis();`],
    ['fastify', `import fastify from 'fastify'; fastify();`],
    ['a Node built-in', `import * as net from 'node:net'; globalThis.connect = net.connect;`],
  ])('%s', async (library, source) => {
    expect(serverPartsOf(await bundle(source))).toContain(library);
  });

  it('a built-in that was left as an import', () => {
    expect(serverPartsOf(`import{connect as c}from"node:net";c(1)`)).toEqual(['node:net']);
    expect(serverPartsOf(`const n=require("net");n.connect(1)`)).toEqual(['net']);
  });

  it('while a bundle of browser code is not', async () => {
    const source = `import { mount } from 'svelte'; globalThis.socket = new WebSocket('ws://localhost'); globalThis.mount = mount;`;
    expect(serverPartsOf(await bundle(source))).toEqual([]);
  });
});
