import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { notificationExamples } from '../../service/contract/examples.ts';
import { violationsOf } from '../support/axe.ts';
import { siteDirectory } from '../support/built-site.ts';
import { eventually } from '../support/eventually.ts';
import { startService, type TestService } from '../support/service.ts';
import { tabForEachTest } from '../support/tab.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService({}, { siteDirectory });
});
afterAll(() => service?.close());

const own = tabForEachTest({ permissions: ['clipboard-read', 'clipboard-write'] });
let page: Page;
beforeEach(() => {
  ({ page } = own);
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const language = (name: string) => page.getByRole('radio', { name, exact: true });
const code = async () => (await page.getByRole('region', { name: /, the code$/ }).textContent()) ?? '';

async function connectAndOpenCode(): Promise<void> {
  await page.goto(`${service.url}/playground/`);
  await button('Mint and connect').click();
  await button('Disconnect').waitFor();
  await page.getByRole('tab', { name: 'Code', exact: true }).click();
  await language('JavaScript').waitFor();
}

describe('the code for what is on the screen', () => {
  it('is loaded when it is opened, not before', async () => {
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(request.url()));
    await page.goto(`${service.url}/playground/`);
    await page.getByText('Running', { exact: true }).waitFor();
    expect(scripts.filter((url) => url.includes('CodePanel'))).toEqual([]);
    await page.getByRole('tab', { name: 'Code', exact: true }).click();
    await language('JavaScript').waitFor();
    expect(scripts.filter((url) => /CodePanel.*\.js/.test(url))).toHaveLength(1);
  });

  it('names the service, the user and, once some have arrived, the types; but no token', async () => {
    await connectAndOpenCode();
    expect(await code()).toContain(`'${service.url.replace('http', 'ws')}/ws'`);
    expect(await code()).toContain(`'teacher-1'`);
    expect(await code()).not.toMatch(/eyJ/);
    expect(await code()).not.toContain('switch');
    await service.publish(
      'teacher-1',
      JSON.stringify({ event: 'class_created', data: notificationExamples.class_created }),
    );
    await eventually(async () => (await code()).includes(`case 'class_created':`), 'the type is in the code');
    await page
      .getByText('From the screen: 1 connection of teacher-1, 1 notification type, not connecting again.')
      .waitFor();
  });

  it('is copied as it is shown, and downloaded under the name that it is run by', async () => {
    await connectAndOpenCode();
    await language('Python').check();
    const shown = await code();
    expect(shown).toContain('import websockets');
    await button('Copy the code').click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
    const [download] = await Promise.all([page.waitForEvent('download'), button('Download realtime.py').click()]);
    expect(download.suggestedFilename()).toBe('realtime.py');
    expect(readFileSync(await download.path(), 'utf8')).toBe(shown);
    await page.getByText('pip install websockets').waitFor();
  });

  it('comes in the language that was chosen last, by the keyboard too', async () => {
    await page.goto(`${service.url}/playground/?tool=code`);
    await language('JavaScript').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByText('Notifications.tsx', { exact: true }).waitFor();
    await page.reload();
    await page.getByText('Notifications.tsx', { exact: true }).waitFor();
    expect(await language('React').isChecked()).toBe(true);
  });

  it.each([
    ['light', 1440],
    ['dark', 390],
  ] as const)('has no axe violation and fits the screen: %s, %i px', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${service.url}/playground/?tool=code`);
    await language('TypeScript').check();
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
