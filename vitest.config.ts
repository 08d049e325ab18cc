import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Where to write the results as JSON, for `.ci/run`. */
const report = process.env.TEST_REPORT;

/** The files of one kind of test. `order`: kinds of one number share the workers, lower numbers run first. */
function kind(name: string, order: number) {
  return { name, include: [`test/${name}/**/*.test.ts`], sequence: { groupOrder: order } };
}

const browserTimeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Prints figures of a page under load: nothing else may run beside it. */
const measured = 'test/browser/playground-timeline.test.ts';

export default defineConfig({
  test: {
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    // A failing expectation must not hide behind a forgotten `.only`, and a flaky one not behind a retry.
    allowOnly: false,
    retry: 0,
    maxWorkers: 2,
    teardownTimeout: 10_000,
    projects: [
      {
        // Playground state is written with runes. The tests want the reactive runtime of the browser; in Node, Svelte would
        // otherwise compile and resolve to the one for server rendering, in which nothing ever changes.
        plugins: [svelte({ configFile: false, dynamicCompileOptions: () => ({ generate: 'client' }) })],
        ssr: { resolve: { conditions: ['browser', 'module', 'node'] } },
        // Under the condition `browser`, `ws` is a stub that throws; these tests run real servers.
        resolve: { alias: { ws: fileURLToPath(import.meta.resolve('ws')) } },
        test: { ...kind('unit', 0), testTimeout: 5_000, hookTimeout: 10_000 },
      },
      { test: { ...kind('docs', 0), testTimeout: 20_000, hookTimeout: 60_000 } },
      { test: { ...kind('integration', 1), testTimeout: 20_000, hookTimeout: 30_000 } },
      { test: { ...kind('browser', 2), ...browserTimeouts, exclude: [measured] } },
      // It takes the two cores that a small machine has.
      { test: { ...kind('browser', 3), name: 'measured', include: [measured], ...browserTimeouts, maxWorkers: 1 } },
    ],
  },
});
