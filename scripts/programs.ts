import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

type ProgramKey = 'chromium' | 'redisServer' | 'python';

/** A program of the system that the tests run and npm cannot install. */
export interface Program {
  key: ProgramKey;
  name: string;
  /** The environment variable that names its path, before any other place is looked at. */
  variable: string;
  /** Command names, looked up on PATH, and absolute paths; the first that exists is taken. */
  candidates: readonly string[];
  /** Arguments with which it ends well where it has all that is needed of it. */
  check?: readonly string[];
}

export const chromium: Program = {
  key: 'chromium',
  name: 'Chromium',
  variable: 'CHROMIUM_PATH',
  candidates: [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
};

export const redisServer: Program = {
  key: 'redisServer',
  name: 'redis-server',
  variable: 'REDIS_SERVER_PATH',
  candidates: ['redis-server', '/opt/homebrew/bin/redis-server', '/usr/local/bin/redis-server'],
};

/** The Python of the system comes first: it is the one that the system's packages are for. */
export const python: Program = {
  key: 'python',
  name: 'Python with its package websockets',
  variable: 'PYTHON_PATH',
  candidates: ['/usr/bin/python3', 'python3', '/opt/homebrew/bin/python3', '/usr/local/bin/python3'],
  check: ['-c', 'import websockets'],
};

/**
 * Where a program lies, or undefined.
 *
 * @throws Error when the program's variable is set to something that cannot be run: a wrong wish is not
 * answered with another program.
 */
export function findProgram(program: Program, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const wanted = env[program.variable];
  if (wanted) {
    if (!isRunnable(wanted))
      throw new Error(`${program.variable} is ${wanted}, which is no program that can be run. Correct it or unset it.`);
    if (!isComplete(program, wanted))
      throw new Error(`${program.variable} is ${wanted}, which is not ${program.name}. Correct it or unset it.`);
    return wanted;
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return program.candidates
    .flatMap((candidate) => (isAbsolute(candidate) ? [candidate] : folders.map((folder) => join(folder, candidate))))
    .find((path) => isRunnable(path) && isComplete(program, path));
}

/** Where a program lies. Throws an error that says how to get it. */
export function requireProgram(program: Program): string {
  const path = findProgram(program);
  if (path) return path;
  throw new Error(`${program.name} was not found. ${installation([program])}`);
}

/** What installs a program, a system's id in os-release(5) or Node's platform in front. */
const installCommands: Readonly<Record<string, Record<ProgramKey, string>>> = {
  debian: {
    chromium: 'sudo apt-get install -y --no-install-recommends chromium',
    redisServer: 'sudo apt-get install -y --no-install-recommends redis-server',
    python: 'sudo apt-get install -y --no-install-recommends python3-websockets',
  },
  // Ubuntu's package named chromium only fetches the snap.
  ubuntu: {
    chromium: 'sudo snap install chromium',
    redisServer: 'sudo apt-get install -y --no-install-recommends redis-server',
    python: 'sudo apt-get install -y --no-install-recommends python3-websockets',
  },
  fedora: {
    chromium: 'sudo dnf install -y chromium',
    redisServer: 'sudo dnf install -y redis',
    python: 'sudo dnf install -y python3-websockets',
  },
  darwin: {
    chromium: 'brew install --cask google-chrome',
    redisServer: 'brew install redis',
    python: 'python3 -m pip install --user websockets',
  },
};

/** What to do to get programs on a system. `ids` are those of {@link systemIds}. */
export function installation(missing: readonly Program[], ids: readonly string[] = systemIds()): string {
  const commands = ids.map((id) => installCommands[id]).find((known) => known !== undefined);
  const variables = missing.map(({ name, variable }) => `${variable} to the path of ${name}`).join(' and ');
  if (!commands) return `Install ${missing.map(({ name }) => name).join(' and ')}, or set ${variables}.`;
  return `Run: ${missing.map(({ key }) => commands[key]).join(' && ')}\nOr set ${variables}.`;
}

/** What system this is, the closest name first: ID and ID_LIKE of os-release(5), else Node's platform. */
export function systemIds(): string[] {
  if (process.platform !== 'linux') return [process.platform];
  if (!existsSync('/etc/os-release')) return [];
  const text = readFileSync('/etc/os-release', 'utf8');
  const values = ['ID', 'ID_LIKE'].map((key) => text.match(new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm'))?.[1] ?? '');
  return values.join(' ').split(' ').filter(Boolean);
}

/** Whether the program has what is needed of it, such as a package. */
function isComplete({ check }: Program, path: string): boolean {
  if (check === undefined) return true;
  try {
    execFileSync(path, check, { stdio: 'ignore', timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
