import ts from 'typescript';

/** What every program of the documentation is judged by: as strictly as a reader's own may be. */
const strictly: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.esnext.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
};

/** One thing that TypeScript says of a program. */
export interface TypeFault {
  /** The path of the file; empty where it concerns none. */
  readonly file: string;
  readonly message: string;
}

/**
 * What TypeScript says of programs.
 *
 * @param files - The paths of the programs. A file of that name need not exist: what `texts` holds is read in its place.
 * @param options - What differs from the usual.
 */
export function typeCheck(
  files: readonly string[],
  texts: ReadonlyMap<string, string> = new Map(),
  options: ts.CompilerOptions = {},
): TypeFault[] {
  const all = { ...strictly, ...options };
  const host = ts.createCompilerHost(all);
  const read = host.getSourceFile;
  host.getSourceFile = (name, ...rest) => {
    const text = texts.get(name);
    return text === undefined
      ? read.call(host, name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ESNext);
  };
  return ts.getPreEmitDiagnostics(ts.createProgram([...files], all, host)).map(({ file, messageText }) => ({
    file: file?.fileName ?? '',
    message: ts.flattenDiagnosticMessageText(messageText, ' '),
  }));
}
