import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchChromium } from './chromium.ts';

/** The browser of a file of tests, and the tab of the test that runs. */
export interface TestTab {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Opens another tab of the same person. */
  another(): Promise<Page>;
}

/**
 * Launches one Chromium for the tests of a file, and opens a tab of a new person for each of them. A test fails where an
 * exception is left uncaught in one of its tabs.
 *
 * @param options - 1440 × 900 px unless they say otherwise.
 */
export function tabForEachTest(options: BrowserContextOptions = {}): TestTab {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let faults: string[];
  const another = async () => {
    const tab = await context.newPage();
    tab.setDefaultTimeout(15_000);
    tab.on('pageerror', (error) => faults.push(String(error)));
    return tab;
  };
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    faults = [];
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    page = await another();
  });
  afterEach(async () => {
    await context?.close();
    expect(faults).toEqual([]);
  });
  return {
    get browser() {
      return browser;
    },
    get context() {
      return context;
    },
    get page() {
      return page;
    },
    another,
  };
}
