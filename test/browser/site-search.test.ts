import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteDirectory } from '../support/built-site.ts';
import { launchChromium } from '../support/chromium.ts';
import { startService, type TestService } from '../support/service.ts';

let browser: Browser;
let service: TestService;
let page: Page;
beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startService({}, { siteDirectory })]);
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
});

describe('the search', () => {
  it('opens with Ctrl+K, finds an error code, and leads straight to its part of a page by the keyboard alone', async () => {
    await page.goto(`${service.url}/start/what-this-is/`);
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.type('TOKEN_EXPIRED');
    // What was typed half-way is searched for as well; the list is at rest when the whole word has been.
    await page.locator('.search-results[aria-busy="false"]').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/reference/close-codes/1008/#token_expired');
  });

  it('says so when nothing is found, and closes with Escape', async () => {
    await page.goto(service.url);
    await page.getByRole('button', { name: /Search/ }).click();
    await page.getByRole('searchbox').fill('zxqvw');
    await page.getByText('Nothing found for “zxqvw”.').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('loads nothing of itself before it is opened', async () => {
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await page.goto(`${service.url}/migrate/`, { waitUntil: 'networkidle' });
    expect(requested.filter((path) => /pagefind|search-dialog/.test(path))).toEqual([]);
  });
});
