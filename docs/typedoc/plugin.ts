import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Application,
  type Context,
  Converter,
  type DeclarationReflection,
  LiteralType,
  type ParameterReflection,
  RendererEvent,
  type SignatureReflection,
} from 'typedoc';
import ts from 'typescript';
import { type ReferencePages, referenceTheme } from './theme.ts';

/** What TypeDoc is to do otherwise than by itself, for the pages of one reference. */
export function load(app: Application, pages: ReferencePages): void {
  app.renderer.defineTheme('reference', referenceTheme(pages));
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, simplifyDeclaration);
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, simplifySignature);
  // The contract has pages of its own, to which the pages about the service lead.
  app.converter.addUnknownSymbolResolver((_reference, _reflection, _part, symbol) => {
    const [, module] = symbol?.packagePath.match(/^service\/((?:contract|client)\/[\w-]+)\.ts$/) ?? [];
    return module && `/reference/typescript/${module}/#${symbol?.qualifiedName.toLowerCase()}`;
  });
  app.renderer.on(RendererEvent.END, ({ outputDirectory, pages: written }) => {
    const names = new Set(written.map(({ url }) => url));
    for (const name of readdirSync(outputDirectory, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.md') && !names.has(name.replaceAll('\\', '/'))) rmSync(join(outputDirectory, name));
  });
}

/**
 * A table of data is shown as what its rows are (`satisfies`), not as every text in it: those stand on the site's own pages. A
 * literal type says the value already.
 */
function simplifyDeclaration(context: Context, reflection: DeclarationReflection): void {
  const declaration = context.getSymbolFromReflection(reflection)?.valueDeclaration;
  if (!declaration) return;
  if (ts.isPropertySignature(declaration)) nameType(context, reflection, declaration.type);
  if (!ts.isVariableDeclaration(declaration)) return;
  const { initializer } = declaration;
  if (initializer && ts.isSatisfiesExpression(initializer)) {
    context.project.removeTypeReflections(reflection.type);
    reflection.type = context.converter.convertType(context.withScope(reflection), initializer.type);
  }
  if (reflection.type instanceof LiteralType) delete reflection.defaultValue;
}

function simplifySignature(context: Context, signature: SignatureReflection, node?: ts.Node): void {
  if (!node || !ts.isFunctionLike(node)) return;
  nameType(context, signature, node.type);
  for (const [index, parameter] of (signature.parameters ?? []).entries())
    nameType(context, parameter, node.parameters[index]?.type as ts.TypeNode | undefined);
}

/** Where the source names a type, so does the page: TypeScript itself forgets the name of a `keyof` and tells each member. */
function nameType(
  context: Context,
  reflection: DeclarationReflection | ParameterReflection | SignatureReflection,
  node: ts.TypeNode | undefined,
): void {
  const parts = node && ts.isUnionTypeNode(node) ? node.types : [node];
  const isNamed = parts.some((part) => part && ts.isTypeReferenceNode(part));
  const isFlat = parts.every((part) => part && (ts.isTypeReferenceNode(part) || ts.isLiteralTypeNode(part)));
  if (isNamed && isFlat) reflection.type = context.converter.convertType(context, node);
}
