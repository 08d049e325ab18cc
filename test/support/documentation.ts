import { Application, Logger, LogLevel, type ProjectReflection, type Reflection, ReflectionKind } from 'typedoc';
import type { typedocOptions } from '../../docs/typedoc/references.ts';

/** What TypeDoc made of source files, and what it had to say about them. */
export interface Documentation {
  readonly project: ProjectReflection;
  /** Warnings and errors, links that lead nowhere among them. */
  readonly complaints: readonly string[];
}

class Complaints extends Logger {
  readonly lines: string[] = [];
  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.lines.push(message);
  }
}

/**
 * Runs TypeDoc as the site's build does, and its own checks, which the build leaves out.
 *
 * @param directory - Where the pages are written to.
 */
export async function runTypedoc(
  { entryPoints, tsconfig, typeDoc }: Pick<ReturnType<typeof typedocOptions>, 'entryPoints' | 'tsconfig' | 'typeDoc'>,
  directory: string,
): Promise<Documentation> {
  const { plugin, ...options } = typeDoc;
  const app = await Application.bootstrapWithPlugins({
    ...options,
    plugin: [...plugin, 'typedoc-plugin-markdown'],
    entryPoints,
    tsconfig,
    readme: 'none',
    outputs: [{ name: 'markdown', path: directory }],
  });
  const logger = new Complaints();
  app.logger = logger;
  const project = await app.convert();
  if (!project) throw new Error(`TypeDoc made nothing: ${logger.lines.join('\n')}`);
  app.validate(project);
  await app.generateOutputs(project);
  return { project, complaints: logger.lines };
}

/** The kinds of things that can stand without a word of their own: what they belong to speaks for them. */
const silent =
  ReflectionKind.Project |
  ReflectionKind.TypeLiteral |
  ReflectionKind.SignatureContainer |
  ReflectionKind.Reference |
  ReflectionKind.ConstructorSignature;

/** The full names of all that is exported, down to fields and parameters, and has no sentence; a tag alone is none. */
export function undocumented(project: ProjectReflection): string[] {
  return Object.values(project.reflections)
    .filter((one) => !one.kindOf(silent) && !isFunctionType(one) && !hasWords(one))
    .map((one) => one.getFullName())
    .sort();
}

/** The signature of a field or a type that is a function: the field or the type has the comment. */
function isFunctionType(reflection: Reflection): boolean {
  return (
    reflection.kindOf(ReflectionKind.CallSignature) && reflection.parent?.kindOf(ReflectionKind.TypeLiteral) === true
  );
}

function hasWords(reflection: Reflection): boolean {
  return [reflection, ...functionsOf(reflection)].some((one) =>
    one.comment?.summary.some(({ text }) => text.trim() !== ''),
  );
}

function functionsOf(reflection: Reflection): Reflection[] {
  const { type } = reflection as { type?: { type: string; declaration?: { signatures?: Reflection[] } } };
  return type?.declaration?.signatures ?? [];
}
