/// <reference path="./raw.d.ts" />
import type { Situation } from './situation.ts';
import listenJs from './templates/listen.js?raw';
import listenTs from './templates/listen.ts?raw';
import svelte from './templates/Notifications.svelte?raw';
import react from './templates/Notifications.tsx?raw';
import vue from './templates/Notifications.vue?raw';
import publish from './templates/publish.sh?raw';
import realtimeJs from './templates/realtime.js?raw';
import python from './templates/realtime.py?raw';
import realtimeTs from './templates/realtime.ts?raw';
import wscat from './templates/wscat.sh?raw';

/** How literals are written, and what is tinted. */
export type Syntax = 'javascript' | 'typescript' | 'python' | 'shell';

/** What a program does of what is on the screen. */
export type Carries = 'connections' | 'publication';

/** One language or tool to get the code for. */
export interface Language {
  readonly id: string;
  readonly label: string;
  /** The name under which the file is saved. */
  readonly fileName: string;
  readonly syntax: Syntax;
  readonly template: string;
  /** The file that the template imports inline. */
  readonly inlined?: string;
  readonly carries: Carries;
  /** What to do with the file, in a sentence; backticks mark code. */
  readonly use: string;
  /** What is entered in a shell, in order. */
  readonly commands: (situation: Situation) => readonly string[];
}

const typesFile = 'notifications.ts';
const fetchTypes = ({ site }: Situation) => `curl -O ${site}/types/${typesFile}`;

/** A component in an application that Vite has made. */
function component(framework: string, ending: string): Pick<Language, 'fileName' | 'carries' | 'use' | 'commands'> {
  return {
    fileName: `Notifications.${ending}`,
    carries: 'connections',
    use: `A component. Put it and \`${typesFile}\` side by side in \`src/\` and show \`<Notifications />\`. For a new application:`,
    commands: (situation) => [
      `npm create vite@latest realtime -- --template ${framework}`,
      'cd realtime/src',
      fetchTypes(situation),
    ],
  };
}

/** In the order in which they are offered. */
export const languages = [
  {
    id: 'javascript',
    label: 'JavaScript',
    fileName: 'realtime.js',
    syntax: 'javascript',
    template: realtimeJs,
    inlined: listenJs,
    carries: 'connections',
    use: 'Runs in a page, or in the console of one: `<script type="module" src="realtime.js"></script>`',
    commands: () => [],
  },
  {
    id: 'typescript',
    label: 'TypeScript',
    fileName: 'realtime.ts',
    syntax: 'typescript',
    template: realtimeTs,
    inlined: listenTs,
    carries: 'connections',
    use: `Typed by the contract: \`${typesFile}\` belongs beside it. Any bundler takes it; Node from version 24 on runs it as it is:`,
    commands: (situation) => [fetchTypes(situation), 'node realtime.ts'],
  },
  {
    id: 'react',
    label: 'React',
    syntax: 'typescript',
    template: react,
    inlined: listenTs,
    ...component('react-ts', 'tsx'),
  },
  { id: 'vue', label: 'Vue', syntax: 'typescript', template: vue, inlined: listenTs, ...component('vue-ts', 'vue') },
  {
    id: 'svelte',
    label: 'Svelte',
    syntax: 'typescript',
    template: svelte,
    inlined: listenTs,
    ...component('svelte-ts', 'svelte'),
  },
  {
    id: 'node',
    label: 'Node',
    fileName: 'realtime.mjs',
    syntax: 'javascript',
    template: realtimeJs,
    inlined: listenJs,
    carries: 'connections',
    use: 'Needs Node 22 or newer, which has `WebSocket`, and no package.',
    commands: () => ['node realtime.mjs'],
  },
  {
    id: 'python',
    label: 'Python',
    fileName: 'realtime.py',
    syntax: 'python',
    template: python,
    carries: 'connections',
    use: 'Needs Python 3.9 and the package `websockets` 10.4, or newer.',
    commands: () => ['pip install websockets', 'python3 realtime.py'],
  },
  {
    id: 'wscat',
    label: 'wscat',
    fileName: 'wscat.sh',
    syntax: 'shell',
    template: wscat,
    carries: 'connections',
    use: 'Enter it in a shell. `npx` fetches `wscat`; Ctrl+C closes the connection.',
    commands: () => [],
  },
  {
    id: 'publish',
    label: 'curl and redis-cli',
    fileName: 'publish.sh',
    syntax: 'shell',
    template: publish,
    carries: 'publication',
    use: 'Enter it in a shell. It publishes what the workbench would, to whoever is connected.',
    commands: () => [],
  },
] as const satisfies readonly Language[];

/** The name of a language or tool. */
export type LanguageId = (typeof languages)[number]['id'];

/** The language of that name. */
export function languageOf(id: LanguageId): Language {
  return languages.find((language) => language.id === id) as Language;
}
