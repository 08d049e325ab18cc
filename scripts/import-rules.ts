import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Import, importsOf } from './imports.ts';

/** A part of the code, and what it may import besides itself. */
interface Room {
  /** Files, and folders with a slash at the end. The longest that fits a file decides its room. */
  files: readonly string[];
  mayImport: readonly RoomName[] | 'any room';
  /** Rooms whose code may be read while the site is built, but not reach a browser. */
  atBuildTime?: readonly RoomName[];
  /** `browser`: no Node built-in and none of the server's packages. */
  packages: 'none' | 'browser' | 'any';
  /** What to do instead of importing this room. */
  instead?: string;
}

type RoomName =
  | 'contract'
  | 'client'
  | 'migration'
  | 'sessions'
  | 'errors'
  | 'config'
  | 'auth'
  | 'broker interface'
  | 'brokers'
  | 'publisher'
  | 'connections'
  | 'http'
  | 'log'
  | 'app'
  | 'serve'
  | 'main'
  | 'cli'
  | 'playground'
  | 'docs'
  | 'scripts'
  | 'generators'
  | 'test'
  | 'bench'
  | 'root'
  | 'package';

/** Who may import whom. */
export const rooms: Readonly<Record<RoomName, Room>> = {
  contract: { files: ['service/contract/'], mayImport: [], packages: 'none' },
  client: { files: ['service/client/'], mayImport: ['contract'], packages: 'none' },
  migration: { files: ['service/migration/'], mayImport: ['contract'], packages: 'browser' },
  // Recorded sessions, for the page and the command line alike: with what browsers and Node both have.
  sessions: { files: ['service/sessions/'], mayImport: ['contract'], packages: 'none' },
  errors: { files: ['service/errors.ts'], mayImport: ['contract'], packages: 'any' },
  config: {
    files: ['service/config.ts', 'service/config-variables.ts'],
    // The types of the settings alone: what they are is said where they are used.
    mayImport: ['contract', 'auth'],
    packages: 'any',
    instead: 'Take the settings as a parameter; service/app.ts passes them in.',
  },
  auth: { files: ['service/auth/'], mayImport: ['errors', 'contract'], packages: 'any' },
  'broker interface': { files: ['service/broker/broker.ts'], mayImport: ['contract', 'errors'], packages: 'any' },
  brokers: {
    files: ['service/broker/'],
    mayImport: ['broker interface', 'publisher', 'contract', 'errors'],
    packages: 'any',
    instead: 'Take a Broker (service/broker/broker.ts) as a parameter; service/app.ts alone picks one.',
  },
  // Publishes one message over Redis, without a broker.
  publisher: {
    files: ['service/broker/redis-publish.ts'],
    mayImport: ['brokers', 'broker interface', 'errors', 'contract'],
    packages: 'any',
  },
  connections: {
    files: ['service/connections/'],
    mayImport: ['errors', 'contract', 'broker interface'],
    packages: 'any',
  },
  http: {
    files: ['service/http/'],
    mayImport: ['connections', 'auth', 'broker interface', 'errors', 'contract'],
    packages: 'any',
  },
  log: { files: ['service/log.ts'], mayImport: ['config'], packages: 'any' },
  app: {
    files: ['service/app.ts'],
    mayImport: [
      'http',
      'connections',
      'auth',
      'brokers',
      'broker interface',
      'log',
      'config',
      'errors',
      'contract',
      'package',
    ],
    packages: 'any',
  },
  serve: { files: ['service/serve.ts'], mayImport: ['app', 'config', 'package'], packages: 'any' },
  main: { files: ['service/main.ts'], mayImport: ['serve', 'app', 'config'], packages: 'any' },
  cli: {
    files: ['service/cli.ts', 'service/commands/'],
    mayImport: ['serve', 'app', 'config', 'auth', 'publisher', 'sessions', 'errors', 'contract', 'package'],
    packages: 'any',
  },
  playground: {
    files: ['playground/'],
    mayImport: ['contract', 'client', 'migration', 'sessions'],
    packages: 'browser',
  },
  docs: {
    files: ['docs/'],
    mayImport: ['playground', 'contract', 'client', 'migration', 'sessions'],
    atBuildTime: ['config', 'package'],
    packages: 'any',
  },
  scripts: { files: ['scripts/'], mayImport: ['contract', 'config', 'generators'], packages: 'any' },
  // What describes the service is made of the service.
  generators: {
    files: ['scripts/generators/'],
    mayImport: ['contract', 'config', 'app', 'package'],
    packages: 'any',
  },
  test: {
    files: ['test/'],
    mayImport: 'any room',
    packages: 'any',
    instead: 'Move what both need out of test/, to scripts/ or to where it is used.',
  },
  bench: { files: ['bench/'], mayImport: 'any room', packages: 'any' },
  root: {
    files: ['astro.config.mjs', 'vitest.config.ts'],
    mayImport: ['scripts', 'docs', 'contract', 'config'],
    packages: 'any',
  },
  package: { files: ['package.json'], mayImport: [], packages: 'none' },
};

/** Packages of the server, which no browser can run or should download. */
export const serverPackages = ['ws', 'ioredis', 'fastify', '@fastify', 'pino', 'pino-pretty', 'prom-client'] as const;

/** An import that the table does not allow. */
export interface Violation {
  file: string;
  imports: string;
  rule: string;
  remedy: string;
}

/** The violation as one line. */
export function line({ file, imports, rule, remedy }: Violation): string {
  return `${file} imports ${imports}: ${rule} ${remedy}`;
}

/** Every import of the given files that the table does not allow. Keys are paths from the repository's root. */
export function violations(files: ReadonlyMap<string, string>): Violation[] {
  return [...files].flatMap(([file, text]) =>
    importsOf(file, text).flatMap((one) => {
      const broken = isLocal(one.specifier) ? brokenRoomRule(file, one) : brokenPackageRule(file, one);
      return broken ?? [];
    }),
  );
}

function brokenRoomRule(file: string, { specifier, inPageScript }: Import): Violation | undefined {
  const imports = target(file, specifier);
  const [from, to] = [roomOf(file), roomOf(imports)];
  if (from === undefined || to === undefined) {
    const rule = `${from === undefined ? file : imports} is in no room of the table in scripts/import-rules.ts.`;
    return { file, imports, rule, remedy: 'Move it into a room, or add a row.' };
  }
  if (from === to) return undefined;
  const { mayImport, atBuildTime = [] } = rooms[from];
  const forBuild = inPageScript || file.endsWith('.svelte') ? [] : atBuildTime;
  if (mayImport === 'any room' && (to !== 'test' || from === 'test')) return undefined;
  const allowed = mayImport === 'any room' ? ['everything but test'] : [...mayImport, ...forBuild];
  if (allowed.includes(to)) return undefined;
  return {
    file,
    imports,
    rule: `${from} may import ${allowed.join(', ') || 'nothing but itself'}.`,
    remedy: rooms[to].instead ?? 'Move the shared part to a room that both may import, or pass it in as a parameter.',
  };
}

function brokenPackageRule(file: string, { specifier, inPageScript }: Import): Violation | undefined {
  const from = roomOf(file);
  if (from === undefined) return undefined;
  const allowed = inPageScript && rooms[from].packages === 'any' ? 'browser' : rooms[from].packages;
  const problem = {
    file,
    imports: specifier,
    remedy: 'Do it with what every browser has, or do it in the service.',
  };
  if (allowed === 'none') return { ...problem, rule: `${from} imports no package and no Node built-in.` };
  const isServers = isBuiltin(specifier) || serverPackages.some((name) => `${specifier}/`.startsWith(`${name}/`));
  if (allowed === 'browser' && isServers)
    return { ...problem, rule: `${from} runs in a browser: no Node built-in and no package of the server.` };
  return undefined;
}

function isLocal(specifier: string): boolean {
  return specifier.startsWith('.') || specifier.startsWith('/');
}

/** The path from the repository's root that a local specifier means, without Vite's `?raw` and the like. */
function target(file: string, specifier: string): string {
  const path = specifier.replace(/\?.*$/, '');
  return path.startsWith('/') ? posix.normalize(path.slice(1)) : posix.join(posix.dirname(file), path);
}

function roomOf(path: string): RoomName | undefined {
  const fits = (place: string) => (place.endsWith('/') ? path.startsWith(place) : path === place);
  return (Object.keys(rooms) as RoomName[])
    .flatMap((name) => rooms[name].files.filter(fits).map((place) => ({ name, length: place.length })))
    .sort((a, b) => b.length - a.length)[0]?.name;
}

/** All source files below `root`, read. */
export function sourceFiles(root: string): Map<string, string> {
  const folders = 'service,playground,docs,scripts,test,bench';
  const endings = 'ts,mts,js,mjs,svelte,astro,mdx';
  const paths = globSync([`{${folders}}/**/*.{${endings}}`, '*.{ts,mjs,js}'], { cwd: root });
  return new Map(
    paths.sort().map((path) => [path.replaceAll('\\', '/'), readFileSync(posix.join(root, path), 'utf8')]),
  );
}

/** Run as a program, prints one line a violation. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = violations(sourceFiles(process.cwd()));
  for (const one of found) console.error(line(one));
  process.exitCode = found.length > 0 ? 1 : 0;
}
