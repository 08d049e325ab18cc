/** `npm run check`: everything that can be known of the code without running it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

interface Step {
  name: string;
  command: readonly string[];
  /** The step is left out where this is missing. */
  needs?: string;
  /** How to mend what it finds, where a command can. */
  hint?: string;
}

interface Result {
  step: Step;
  passed: boolean;
  seconds: number;
  output: string;
}

/** The longest first, so that none of them is left over at the end. */
const steps: readonly Step[] = [
  {
    name: 'types of the site',
    command: ['astro', 'check', '--tsconfig', 'docs/tsconfig.json'],
    needs: 'astro.config.mjs',
  },
  {
    name: 'types of the playground',
    command: ['svelte-check', '--tsconfig', 'playground/tsconfig.json', '--fail-on-warnings'],
    needs: 'playground/tsconfig.json',
  },
  { name: 'types of service, tests and scripts', command: ['tsc', '-p', '.'] },
  { name: 'unused code and dependencies', command: ['knip', '--no-progress'] },
  { name: 'who imports whom', command: ['node', 'scripts/import-rules.ts'] },
  {
    name: 'lint and format',
    command: ['biome', 'ci', '--max-diagnostics=50', '.'],
    hint: 'npm run format',
  },
];

/** No step takes a minute; one that hangs must not hang whoever waits for it. */
const deadlineMs = 5 * 60_000;

function run(step: Step): Promise<Result> {
  const started = performance.now();
  const [program = '', ...args] = step.command;
  const { promise, resolve: done } = Promise.withResolvers<Result>();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
    env: {
      ...process.env,
      PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
      ASTRO_TELEMETRY_DISABLED: '1',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const finish = (passed: boolean) => done({ step, passed, output, seconds: (performance.now() - started) / 1000 });
  child.on('error', (error) => {
    output += error.message;
    finish(false);
  });
  child.on('close', (code, signal) => {
    if (signal) output += `\nEnded by ${signal} after ${deadlineMs / 1000} s at most.`;
    finish(code === 0);
  });
  return promise;
}

function print({ step, passed, seconds, output }: Result): void {
  console.log(`${passed ? 'ok  ' : 'FAIL'}  ${step.name} (${seconds.toFixed(1)} s)`);
  if (passed) return;
  console.log(`\n${stripVTControlCharacters(output).trim()}\n`);
  console.log(`      Again: npx ${step.command.join(' ')}${step.hint ? `   Mend: ${step.hint}` : ''}\n`);
}

/** Runs the steps, as many at once as there are cores. */
async function runAll(): Promise<Result[]> {
  const waiting = steps.filter(({ needs }) => needs === undefined || existsSync(needs));
  const results: Result[] = [];
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await run(step);
      print(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

const started = performance.now();
const results = await runAll();
const failed = results.filter(({ passed }) => !passed).map(({ step }) => step.name);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  failed.length === 0
    ? `\nAll ${results.length} checks passed in ${seconds} s.`
    : `\n${failed.length} of ${results.length} checks failed in ${seconds} s: ${failed.join(', ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
