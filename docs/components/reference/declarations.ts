import ts from 'typescript';

/**
 * The exported interfaces and types of a source file as they are written, TSDoc included, by name.
 *
 * Types are gone when the program runs, so the text is read.
 */
export function declarationsOf(source: string): ReadonlyMap<string, string> {
  return new Map(
    ts
      .createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true)
      .statements.filter((node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      .map((node) => [node.name.text, withoutSchemaTags(node.getFullText().trim())]),
  );
}

/** Leaves the tags out that only the maker of JSON Schemas reads. */
function withoutSchemaTags(text: string): string {
  return text
    .replaceAll(/(?:^ *\*\n)?(?:^ *\* @(?:asType|minimum|maximum|minLength|maxLength) .*\n)+/gm, '')
    .replaceAll(/^ *\/\*\* @(?:asType|minimum|maximum|minLength|maxLength) .*\*\/\n/gm, '')
    .replaceAll(/\/\*\*\n *\* (.*)\n *\*\//g, '/** $1 */');
}
