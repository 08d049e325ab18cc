import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pages } from '../../service/contract/endpoints.ts';
import { notificationEvents } from '../../service/contract/notifications.ts';
import { notificationPage } from '../../service/contract/reference-pages.ts';
import { siteDirectory } from '../support/built-site.ts';
import { launchChromium } from '../support/chromium.ts';
import { startService, type TestService } from '../support/service.ts';

let browser: Browser;
let service: TestService;
let page: Page;
const faults: string[] = [];
beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startService({}, { siteDirectory })]);
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
});
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => faults.push(String(error)));
});
afterEach(async () => {
  await page.close();
  expect(faults.splice(0)).toEqual([]);
});

const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('the page of a notification', () => {
  it.each(notificationEvents)('sends one to the reader, and shows it arriving: %s', async (event) => {
    await page.goto(service.url + notificationPage(event));
    await button('Send it to me').click();
    await button('Send another').waitFor();
    const frame = JSON.parse(await page.getByRole('region', { name: 'The frame' }).locator('code').innerText());
    expect(frame.event).toBe(event);
    expect(await page.getByRole('region', { name: 'Send it to me' }).getByRole('listitem').allInnerTexts()).toEqual(
      ['Token', 'Connected', 'Published', 'Arrived'].map((step) => expect.stringMatching(`^${step} .*s$`)),
    );
  });

  it('says what to do where the service does not mint tokens', async () => {
    const production = await startService({ ENABLE_DEV_ENDPOINTS: 'false' }, { siteDirectory });
    await page.goto(production.url + notificationPage('class_created'));
    await button('Send it to me').click();
    await page.getByText('The development endpoints are off').waitFor();
    await production.close();
  });

  it('says what to run where the server is gone', async () => {
    const gone = await startService({}, { siteDirectory });
    await page.goto(gone.url + notificationPage('class_created'));
    await button('Send it to me').hover();
    await page.locator('astro-island:not([ssr])').waitFor({ state: 'attached' });
    await gone.close();
    await button('Send it to me').click();
    await page
      .getByRole('alert')
      .filter({ hasText: /npm ci && (WEBSOCKET_PORT=\d+ )?npm start/ })
      .waitFor();
  });
});

describe('the index of the notifications', () => {
  const shown = () => page.getByRole('row').getByRole('rowheader').allInnerTexts();

  it('narrows by what is chosen and typed, and keeps it in the address', async () => {
    await page.goto(service.url + pages.notifications);
    expect(await shown()).toEqual(notificationEvents);
    await page.getByLabel('Sender').selectOption('file service');
    expect(await shown()).toEqual(['batch_files_uploaded', 'batch_file_removed', 'batch_validation_failed']);
    await page.getByLabel('Action required').selectOption('always');
    expect(await shown()).toEqual(['batch_validation_failed']);
    expect(await page.getByText('1 of 16 types').isVisible()).toBe(true);
    expect(new URL(page.url()).search).toBe('?sender=file+service&action=always');
    await page.reload();
    expect(await shown()).toEqual(['batch_validation_failed']);
  });

  it('finds a type by its category and priority from the link on its page', async () => {
    await page.goto(service.url + notificationPage('pipeline_completed'));
    await page.getByRole('link', { name: 'immediate', exact: true }).click();
    await page.waitForURL('**/reference/notifications/?priority=immediate');
    expect(await shown()).toContain('pipeline_completed');
    expect(await shown()).not.toContain('class_created');
  });

  it('finds a type by one of its fields, and says so where none fits', async () => {
    await page.goto(service.url + pages.notifications);
    await page.getByLabel('Find', { exact: true }).fill('credit_deficit');
    expect(await shown()).toEqual(['pipeline_denied_insufficient_credits', 'pipeline_denied_rate_limit']);
    await page.getByLabel('Find', { exact: true }).fill('zxqvw');
    await page.getByText('No type fits.').waitFor();
    await button('Show all').click();
    expect(await shown()).toEqual(notificationEvents);
    expect(new URL(page.url()).search).toBe('');
  });
});
