import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { references, typedocOptions, typescriptApi } from '../../docs/typedoc/references.ts';
import { siteInputs, siteProducts } from '../../scripts/site-inputs.ts';
import { fileOf } from '../support/built-site.ts';
import { type Documentation, runTypedoc, undocumented } from '../support/documentation.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'typedoc-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe.each(references)('$title', (reference) => {
  let documentation: Documentation;
  beforeAll(async () => {
    documentation = await runTypedoc(typedocOptions(reference), join(directory, reference.output));
  });

  it('says something of everything that is exported, of each field and of each parameter', () => {
    expect(undocumented(documentation.project)).toEqual([]);
  });

  it('has no link that leads nowhere, and nothing else that TypeDoc warns of', () => {
    expect(documentation.complaints).toEqual([]);
  });

  it('has a page for each file, with a title and a description', () => {
    const modules = documentation.project.children ?? [];
    expect(modules.map(({ name }) => `service/${name}.ts`).sort()).toEqual([...reference.files].sort());
    for (const { name } of modules) {
      const page = readFileSync(join(directory, reference.output, `${name}.md`), 'utf8');
      expect(page).toMatch(/^---\ntitle: "[A-Z].+"\ndescription: ".+\."\n/);
    }
  });

  it('is made of inputs of the site, and is no input itself', () => {
    const isInput = (file: string) => siteInputs.some((input) => `${file}/`.startsWith(`${input}/`));
    expect(reference.files.filter((file) => !isInput(file))).toEqual([]);
    expect(siteProducts).toContain(`docs/content/docs/${reference.output}`);
  });

  it.each(reference.files)('leads to the source of %s, where each line can be linked to', (file) => {
    const html = readFileSync(fileOf(`/source/${file}/`), 'utf8');
    const numbers = [...html.matchAll(/<div class="ec-line" id="L(\d+)"/g)].map(([, number]) => Number(number));
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(numbers).toEqual(lines.map((_line, index) => index + 1));
    expect(html).not.toContain('data-pagefind-body');
  });
});

describe('what the check of the comments finds', () => {
  let faulty: Documentation;
  beforeAll(async () => {
    const source = `
      export interface Bare {
        /** @asType integer */
        readonly tagged: number;
        readonly inner: {
          /** Said. */
          readonly said: string;
          readonly unsaid: string;
        } | undefined;
      }
      /** Leads to {@link Nowhere}. */
      export function lost(unsaid: string): void {}
      interface Hidden {}
      /** Said. */
      export type Shown = Hidden;
      /** Said. @unheardOf */
      export type Union = { readonly kind: 'a' } | 'b';
    `;
    await writeFile(join(directory, 'faulty.ts'), source);
    await writeFile(join(directory, 'package.json'), '{ "name": "faulty", "version": "1.0.0" }');
    const tsconfig = join(directory, 'tsconfig.json');
    await writeFile(tsconfig, JSON.stringify({ include: ['faulty.ts'] }));
    const options = typedocOptions(typescriptApi);
    const entryPoints = [join(directory, 'faulty.ts')];
    faulty = await runTypedoc({ ...options, entryPoints, tsconfig }, join(directory, 'faulty'));
  });

  it('a file, a type, a field or a parameter without a sentence, wherever it stands', () => {
    const names = undocumented(faulty.project).map((name) => name.replace(/^.*faulty\.?/, ''));
    expect(names).toEqual([
      '',
      'Bare',
      'Bare.inner',
      'Bare.inner.__type.unsaid',
      'Bare.tagged',
      'Union.__type.kind',
      'lost.lost.unsaid',
    ]);
  });

  it('a link that leads nowhere, a type that is not exported, and a tag that nothing knows', () => {
    const found = faulty.complaints.join('\n');
    expect(found).toContain('"Nowhere"');
    expect(found).toContain('Hidden');
    expect(found).toContain('@unheardOf');
  });
});
