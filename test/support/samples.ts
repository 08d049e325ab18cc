import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typeCheck } from './type-check.ts';

const folder = fileURLToPath(new URL('../../docs/samples', import.meta.url));

/** The files of docs/samples, such as `migrate/dispatch.js`. */
export const sampleFiles: readonly string[] = globSync('**/*.*', { cwd: folder })
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

/** Where a sample writes an address out, it is this one. */
const writtenAddress = 'wss://realtime.example';

const AsyncFunction = (async () => {}).constructor as new (...names: string[]) => (...values: unknown[]) => unknown;

/**
 * Runs a sample as the body of a function whose parameters are its free names.
 *
 * @param address - `ws://<host>:<port>`: where a connection to the address that a sample writes out leads instead.
 * @returns The first WebSocket that it opened.
 * @throws What the sample throws, and where it opens none.
 */
export async function runSample(
  file: string,
  address: string,
  freeNames: Readonly<Record<string, unknown>>,
): Promise<WebSocket | undefined> {
  const sockets: WebSocket[] = [];
  class RecordedWebSocket extends WebSocket {
    constructor(url: string, options?: string[]) {
      super(url.replace(writtenAddress, address), options);
      sockets.push(this);
    }
  }
  const names = { WebSocket: RecordedWebSocket, ...freeNames };
  await new AsyncFunction(...Object.keys(names), readFileSync(join(folder, file), 'utf8'))(...Object.values(names));
  return sockets[0];
}

/** Whether a program is Node's: it imports packages, which a browser has not, and has no free names. */
const isNodeProgram = (file: string) => /^import /m.test(readFileSync(join(folder, file), 'utf8'));

/**
 * What TypeScript says of the programs in JavaScript: `<file>: <message>`. A program of Node is judged as such, the others as a
 * browser's.
 */
export function typeFaults(freeNames: string): string[] {
  const programs = sampleFiles.filter((file) => file.endsWith('.js'));
  return [
    ...faultsOf(
      programs.filter((file) => !isNodeProgram(file)),
      [],
      freeNames,
    ),
    ...faultsOf(programs.filter(isNodeProgram), ['node'], ''),
  ];
}

function faultsOf(programs: readonly string[], types: string[], freeNames: string): string[] {
  // Whoever copies a program of a few lines does not want annotations in it: a parameter of Node's may go without one.
  const options = { types, noImplicitAny: types.length === 0, allowJs: true, checkJs: true };
  const declarations = join(dirname(folder), 'free-names.d.ts');
  const files = [declarations, ...programs.map((file) => join(folder, file))];
  return typeCheck(files, new Map([[declarations, freeNames]]), options).map(
    ({ file, message }) => `${file.slice(folder.length + 1) || 'all'}: ${message}`,
  );
}
