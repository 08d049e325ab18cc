import ts from 'typescript';

/** One field of an interface, as its source says it. */
export interface Field {
  readonly name: string;
  /** The type as it is written. */
  readonly type: string;
  readonly isOptional: boolean;
  /** What the TSDoc above the field says, without its tags; empty where there is none. */
  readonly meaning: string;
}

/** An interface, as its source says it. */
export interface Interface {
  readonly summary: string;
  /** The fields that it adds to those it extends. */
  readonly fields: readonly Field[];
  readonly parents: readonly string[];
}

/** A named type such as a union of texts. */
export interface Alias {
  readonly type: string;
  readonly meaning: string;
}

/** Reads the type aliases of one source file with their TSDoc, by name. */
export function readAliases(source: string): ReadonlyMap<string, Alias> {
  return new Map(
    parse(source)
      .statements.filter(ts.isTypeAliasDeclaration)
      .map((node) => [node.name.text, { type: node.type.getText(), meaning: docOf(node) }]),
  );
}

/** Reads the interfaces of one source file with their TSDoc, by name. Types are gone when the program runs, so the text is read. */
export function readInterfaces(source: string): ReadonlyMap<string, Interface> {
  return new Map(
    parse(source)
      .statements.filter(ts.isInterfaceDeclaration)
      .map((node) => [node.name.text, describe(node)]),
  );
}

function parse(source: string): ts.SourceFile {
  return ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
}

function describe(node: ts.InterfaceDeclaration): Interface {
  return {
    summary: docOf(node),
    fields: node.members.filter(ts.isPropertySignature).map((member) => ({
      name: member.name.getText(),
      type: member.type?.getText() ?? 'unknown',
      isOptional: member.questionToken !== undefined,
      meaning: docOf(member),
    })),
    parents: (node.heritageClauses ?? []).flatMap((clause) => clause.types.map((type) => type.expression.getText())),
  };
}

function docOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
    .join('\n')
    .trim();
}
