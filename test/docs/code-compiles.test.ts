import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile as compileSvelte } from 'svelte/compiler';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { compileScript, compileTemplate, parse as parseVue } from 'vue/compiler-sfc';
import { generate } from '../../playground/code/generate.ts';
import { type LanguageId, languageOf, languages } from '../../playground/code/languages.ts';
import { python, requireProgram } from '../../scripts/programs.ts';
import { situations } from '../support/situations.ts';
import { typeCheck } from '../support/type-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'code-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Beside the templates, where packages and the contract's types are found. */
const templates = join(import.meta.dirname, '..', '..', 'playground', 'code', 'templates');
const names = Object.keys(situations);
const codeOf = (id: LanguageId, name: string) => generate(languageOf(id), situations[name] as never);

/** A Vue component as the TypeScript that Vue makes of it, its markup included. */
function vueAsTypeScript(code: string): string {
  const { descriptor, errors } = parseVue(code, { filename: 'Notifications.vue' });
  expect(errors).toEqual([]);
  const { content } = compileScript(descriptor, { id: 'x', inlineTemplate: true });
  const { errors: faults } = compileTemplate({ source: descriptor.template?.content ?? '', filename: 'x', id: 'x' });
  expect(faults).toEqual([]);
  return content;
}

describe.each(languages)('the code for $label', (language) => {
  it.each(names)('leaves no mark of its template: %s', (name) => {
    const code = codeOf(language.id, name);
    expect(code).not.toMatch(/^\s*(?:\/\/|#|<!--)[:~]|: inline/m);
    expect(code).not.toMatch(/\n\n\n\n|\n\n$/);
  });
});

describe('TypeScript finds no fault', () => {
  const texts = new Map<string, string>();
  const put = (file: string, text: string) => texts.set(join(templates, file), text);
  for (const [index, name] of names.entries()) {
    put(`realtime-${index}.ts`, codeOf('typescript', name));
    put(`react-${index}.tsx`, codeOf('react', name));
    put(`vue-${index}.ts`, vueAsTypeScript(codeOf('vue', name)));
  }
  const options = { jsx: ts.JsxEmit.ReactJSX };

  it('in TypeScript, React and Vue, in any situation, nor in the templates as they stand', () => {
    const files = [...texts.keys(), join(templates, 'realtime.ts'), join(templates, 'Notifications.tsx')];
    expect(typeCheck(files, texts, options)).toEqual([]);
  });

  it('but would, where a notification has no such field', () => {
    const wrong = new Map([
      [join(templates, 'wrong.ts'), codeOf('typescript', 'one user').replace('data.message', 'data.invented')],
    ]);
    expect(typeCheck([...wrong.keys()], wrong).map(({ message }) => message)).toEqual([
      expect.stringContaining('invented'),
    ]);
  });
});

/** Without what formatting adds or leaves out. */
const bare = (code: string) => code.replaceAll(/\s+|[,;](?=\s*[)\]}])/g, '');

it.each(names)('the code in JavaScript is that in TypeScript without its types: %s', (name) => {
  const withoutTypes = stripTypeScriptTypes(
    codeOf('typescript', name).replace(/^.*Types that notifications.ts.*\n/m, ''),
  );
  expect(bare(codeOf('javascript', name))).toBe(bare(withoutTypes));
});

it.each(names)('Svelte compiles its component without a warning: %s', (name) => {
  const { warnings } = compileSvelte(codeOf('svelte', name), { filename: 'Notifications.svelte', runes: true });
  expect(warnings).toEqual([]);
});

describe('programs that are not compiled', () => {
  const write = (id: LanguageId) =>
    names.map((name, index) => {
      const file = join(folder, `${index}-${languageOf(id).fileName}`);
      writeFileSync(file, codeOf(id, name));
      return file;
    });

  it('are of Python 3.9, in any situation', () => {
    const check = `import ast, sys\nfor file in sys.argv[1:]: ast.parse(open(file, encoding="utf-8", newline="").read(), file, feature_version=(3, 9))`;
    expect(execFileSync(requireProgram(python), ['-c', check, ...write('python')], { encoding: 'utf8' })).toBe('');
  });

  it('are of the POSIX shell, in any situation', () => {
    for (const file of [...write('wscat'), ...write('publish')])
      expect(execFileSync('sh', ['-n', file], { encoding: 'utf8' })).toBe('');
  });
});
