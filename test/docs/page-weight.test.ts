import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { builtPages, fileOf, siteDirectory } from '../support/built-site.ts';
import { scriptsOf } from '../support/page-scripts.ts';

const budgetBytes = 30_000;
/** The playground before its editor and its chart, which load when they are first used. It is to become 60 kB again. */
const playgroundBudgetBytes = 80_000;

const sumOf = (scripts: readonly { bytes: number }[]) => scripts.reduce((sum, { bytes }) => sum + bytes, 0);

describe('the JavaScript that a page loads before anyone touches it, compressed', () => {
  const figures: string[] = [];
  afterAll(() => console.log(['JavaScript, gzip:', ...figures].join('\n')));

  for (const page of builtPages()) {
    const budget = page === '/playground/' ? playgroundBudgetBytes : budgetBytes;
    it(`weighs at most ${budget / 1000} kB on ${page}`, () => {
      const scripts = scriptsOf(siteDirectory, readFileSync(fileOf(page), 'utf8'));
      figures.push(`${(sumOf(scripts) / 1000).toFixed(1).padStart(6)} kB  ${page}`);
      expect(sumOf(scripts), JSON.stringify(scripts, null, 1)).toBeLessThanOrEqual(budget);
    });
  }

  it('counts an island, its runtime and what both import, but not one that waits for someone to turn to it', () => {
    const namesOn = (page: string) =>
      scriptsOf(siteDirectory, readFileSync(fileOf(page), 'utf8')).map(({ name }) => name);
    expect(namesOn('/').some((name) => name.includes('LiveDemo'))).toBe(false);
    const names = namesOn('/playground/');
    expect(names.some((name) => name.includes('Playground'))).toBe(true);
    expect(names.some((name) => name.includes('client.svelte'))).toBe(true);
    expect(names).toContain('inline');
  });
});
