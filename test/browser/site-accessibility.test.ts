import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPages, siteDirectory } from '../support/built-site.ts';
import { launchChromium } from '../support/chromium.ts';
import { startService, type TestService } from '../support/service.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let context: BrowserContext;
let service: TestService;
beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startService({}, { siteDirectory })]);
  context = await browser.newContext({ colorScheme: 'light', viewport: { width: 1440, height: 900 } });
  await context.addInitScript(axeSource);
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
});

/** Every violation as one line: the rule, the place, and what is wrong there. */
async function violationsOn(page: Page, rules?: string[]): Promise<string[]> {
  const options: RunOptions = { resultTypes: ['violations'] };
  if (rules) options.runOnly = { type: 'rule', values: rules };
  const { violations } = await page.evaluate((given) => {
    const { axe } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
    return axe.run(given);
  }, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ any, all, none, html, target }) => {
      const message = [...any, ...all, ...none][0]?.message ?? html;
      return `${id}: ${target.join(' ')} (${message})`;
    }),
  );
}

const sidewaysPixels = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const isSource = (path: string) => path.startsWith('/source/');
// One component shows every file of the source, at length: one of them stands for all.
const pages = builtPages().filter((path, index, all) => !isSource(path) || index === all.findIndex(isSource));

describe.each(pages)('%s', (path) => {
  it('has no axe violation in light, in dark, and on a phone, and does not scroll sideways there', async () => {
    const page = await context.newPage();
    try {
      await page.goto(service.url + path);
      expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
      expect(await violationsOn(page)).toEqual([]);

      // Only colours differ between the themes.
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.waitForSelector('html[data-theme="dark"]');
      expect(await violationsOn(page, ['color-contrast', 'link-in-text-block'])).toEqual([]);

      await page.setViewportSize({ width: 390, height: 844 });
      expect(await violationsOn(page)).toEqual([]);
      expect(await sidewaysPixels(page)).toBeLessThanOrEqual(0);
    } finally {
      await page.close();
    }
  });
});
