import ts from 'typescript';

/** One import in a file: static, dynamic, type-only, re-exported, `require`, or a glob of Vite. */
export interface Import {
  /** As it is written. */
  specifier: string;
  /** In a `<script>` of a page, which the reader's browser runs though the rest of the file runs at build time. */
  inPageScript: boolean;
}

/**
 * Every import of a source file.
 *
 * @param path - Decides by its ending how the text is read: Svelte, Astro, MDX, or TypeScript and JavaScript.
 */
export function importsOf(path: string, text: string): Import[] {
  return codeParts(path, text).flatMap(({ code, inPageScript }) =>
    specifiers(code).map((specifier) => ({ specifier, inPageScript })),
  );
}

interface CodePart {
  code: string;
  inPageScript: boolean;
}

function codeParts(path: string, text: string): CodePart[] {
  if (path.endsWith('.svelte')) return scripts(text).map((code) => ({ code, inPageScript: false }));
  if (path.endsWith('.mdx')) return [{ code: mdxCode(text), inPageScript: false }];
  if (!path.endsWith('.astro')) return [{ code: text, inPageScript: false }];
  const frontmatter = text.match(/^\s*---\r?\n([\s\S]*?)\r?\n---/);
  const template = text.slice(frontmatter?.[0].length ?? 0);
  return [
    { code: frontmatter?.[1] ?? '', inPageScript: false },
    ...scripts(template).map((code) => ({ code, inPageScript: true })),
  ];
}

function scripts(markup: string): string[] {
  return [...markup.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '');
}

/** MDX reads as code each block that begins with `import` or `export` at the start of a line, up to a blank line. */
function mdxCode(text: string): string {
  return text
    .replace(/^---\r?\n[\s\S]*?\r?\n---/, '')
    .replace(/^ *(`{3,}|~{3,})[\s\S]*?^ *\1/gm, '')
    .split(/\r?\n\s*\r?\n/)
    .map((block) => block.trimStart())
    .filter((block) => /^(import|export)\b/.test(block))
    .join('\n');
}

function specifiers(code: string): string[] {
  const found: string[] = [];
  const take = (node: ts.Node | undefined) => {
    if (node && ts.isStringLiteralLike(node)) found.push(node.text);
    else if (node && ts.isArrayLiteralExpression(node)) node.elements.forEach(take);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) take(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) take(node.expression);
    else if (ts.isImportTypeNode(node)) take(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    else if (ts.isCallExpression(node) && isImportCall(node.expression)) take(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('part.ts', code, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS));
  return found;
}

/** `import(…)`, `require(…)` or `import.meta.glob(…)`. */
function isImportCall(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  return ts.isPropertyAccessExpression(callee) && ts.isMetaProperty(callee.expression) && callee.name.text === 'glob';
}
