import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { typescriptApi } from '../../docs/typedoc/references.ts';
import { typeCheck } from '../support/type-check.ts';

/** What the examples use and leave to the reader. */
const freeNames = `
  declare const socket: WebSocket;
  declare const token: string;
  declare function renewTokenAndReconnect(): void;
  declare function showHint(hint?: string): void;
  declare function showResults(batchId: string): void;
  declare function show(...what: unknown[]): void;
`;

interface Example {
  readonly file: string;
  readonly code: string;
}

/** The programs in the comments of a file: each block of TypeScript, which TypeDoc shows on the file's page. */
function examplesOf(file: string): Example[] {
  const blocks = readFileSync(file, 'utf8').matchAll(/^ *\* ```ts\n([\s\S]*?)^ *\* ```/gm);
  return [...blocks].map(([, block = '']) => ({ file, code: block.replaceAll(/^ *\* ?/gm, '') }));
}

/** What TypeScript says of a program that has all that a file exports at hand. */
function faultsOf({ file, code }: Example): string[] {
  const names = exportsOf(file).join(', ');
  const program = `import { ${names} } from './${file.replace(/^.*\//, '')}';\n${freeNames}\n${code}`;
  const path = file.replace(/[^/]*$/, 'example.ts');
  return typeCheck([path], new Map([[path, program]])).map(({ message }) => message);
}

function exportsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/^export (type|interface|const|function) (\w+)/gm)].map(([, kind, name]) =>
    kind === 'type' || kind === 'interface' ? `type ${name}` : String(name),
  );
}

const examples = typescriptApi.files.flatMap(examplesOf);

describe('the examples in the comments of the contract', () => {
  it('are found', () => {
    const declared = typescriptApi.files.flatMap((file) => readFileSync(file, 'utf8').match(/@example/g) ?? []);
    expect(examples.length).toBe(declared.length);
    expect(examples.length).toBeGreaterThan(3);
  });

  it.each(examples)('have no fault of type: $file', (example) => {
    expect(faultsOf(example)).toEqual([]);
  });

  it('would have one with a name that is gone', () => {
    const file = 'service/contract/endpoints.ts';
    expect(faultsOf({ file, code: "websocketAddress('https://a');" }).join()).toContain('websocketAddress');
  });
});
