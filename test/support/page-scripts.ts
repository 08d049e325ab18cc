import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';

/** One script that a page loads before anyone touches it. */
export interface LoadedScript {
  /** The path below the site, or `inline`. */
  readonly name: string;
  /** Its size in bytes, compressed with gzip. */
  readonly bytes: number;
}

/**
 * The JavaScript that a built page loads without interaction: its scripts, preloads and islands with everything that they
 * import statically, and its inline scripts. Imports that run later (`import()`) are left out.
 *
 * @param site - The directory of the built site.
 * @param html - The page.
 */
export function scriptsOf(site: string, html: string): LoadedScript[] {
  const islands = [...html.matchAll(/<astro-island\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter(isAliveByItself)
    .join('\n');
  const entries = [
    ...html.matchAll(/<script\b[^>]*?\bsrc="([^"]+)"/g),
    ...html.matchAll(/<link\b[^>]*?\brel="modulepreload"[^>]*?\bhref="([^"]+)"/g),
    ...islands.matchAll(/\bcomponent-url="([^"]+)"/g),
    ...islands.matchAll(/\brenderer-url="([^"]+)"/g),
  ].map(([, url = '']) => url);

  const sizes = new Map<string, number>();
  const visit = (path: string) => {
    if (sizes.has(path)) return;
    const code = readFileSync(join(site, path), 'utf8');
    sizes.set(path, gzipSync(code).length);
    for (const specifier of staticImports(code)) visit(new URL(specifier, `http://site${path}`).pathname);
  };
  for (const entry of entries) visit(new URL(entry, 'http://site').pathname);

  const inline = [...html.matchAll(/<script\b(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, code = '']) => code);
  const inlineBytes = inline.filter((code) => code.trim() !== '').map((code) => gzipSync(code).length);
  return [
    ...[...sizes].map(([name, bytes]) => ({ name, bytes })),
    ...inlineBytes.map((bytes) => ({ name: 'inline', bytes })),
  ];
}

/** `client:interest` waits for someone to turn to the island. */
function isAliveByItself(island: string): boolean {
  return !/\bclient="interest"/.test(island);
}

/** Static imports and re-exports stand at the top level alone. */
function staticImports(code: string): string[] {
  return ts
    .createSourceFile('script.js', code, ts.ScriptTarget.Latest)
    .statements.filter((statement) => ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
    .map(({ moduleSpecifier }) => moduleSpecifier)
    .filter((specifier) => specifier !== undefined && ts.isStringLiteral(specifier))
    .map((specifier) => (specifier as ts.StringLiteral).text);
}
