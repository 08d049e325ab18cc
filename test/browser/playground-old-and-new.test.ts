import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../support/axe.ts';
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
  expect(faults).toEqual([]);
});
afterEach(() => page.close());

/** Opens the tool, and keeps what Chromium's console says. */
async function open(url = service.url, width = 1440): Promise<string[]> {
  page = await browser.newPage({ viewport: { width, height: 900 } });
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => faults.push(String(error)));
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(`${url}/playground/?tool=old-and-new`);
  await button('The right token, at both').waitFor();
  return said;
}

const tool = () => page.getByRole('tabpanel', { name: 'Old and new' });
const button = (name: string) => tool().getByRole('button', { name, exact: true });
const side = (name: string) => tool().getByRole('region', { name, exact: true });
const lesson = () => tool().locator('.lesson');

async function compare(name: string): Promise<void> {
  await button(name).click();
  await lesson().waitFor();
}

/** What the page saw on a side, without the times. */
async function seen(name: string): Promise<string[]> {
  const lines = await side(name).getByRole('listitem').allInnerTexts();
  return lines.map((line) =>
    line
      .replace(/^[\d.]+ m?s\s*/, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
}

describe('the tool “Old and new”', () => {
  it('shows of the old endpoint error and 1006, of the new one open and the notification, and why', async () => {
    const said = await open();
    await compare('The right token, at both');
    expect(await seen('Old endpoint')).toEqual([
      'new WebSocket',
      'error an Event without a message, a status or a reason',
      'close 1006 Abnormal closure, although nothing closed it reason: empty',
    ]);
    expect(await seen('New endpoint')).toEqual(['new WebSocket', 'open', expect.stringMatching(/^message \d+ B/)]);
    const [old, now] = [await side('Old endpoint').innerText(), await side('New endpoint').innerText()];
    expect(old).toContain('Answered with HTTP 410 in place of a WebSocket: the old WebSocket endpoint is gone.');
    expect(old).toContain('Connect to /ws?token=<jwt> of the WebSocket service.');
    expect(now).toContain('Opened the WebSocket, after it had subscribed the user’s channel.');
    expect(now).toContain('teacher-1');
    const link = side('Old endpoint').getByRole('link', { name: 'ENDPOINT_GONE' });
    expect(await link.getAttribute('href')).toBe('/reference/http-errors/#endpoint_gone');
    await tool()
      .getByText(/^Published to teacher-1: it reached the new side/)
      .waitFor();

    // The words that are said to be in the console are the words in the console, which has the token, too.
    const shown = await side('Old endpoint').locator('.console').innerText();
    expect(said.map((text) => text.replace(/token=[^']*/, 'token=…'))).toContain(shown.replaceAll('\n', ' '));
  });

  it('publishes again at a click, and closes the new side', async () => {
    await open();
    await compare('The right token, at both');
    await button('Publish another').click();
    await side('New endpoint').locator('li.message').nth(1).waitFor();
    expect(await seen('Old endpoint')).toHaveLength(3);
    await side('New endpoint').locator('summary').first().click();
    await side('New endpoint').getByText('"event": "batch_results_ready"').first().waitFor();
    await button('Close the new side').click();
    await side('New endpoint').getByText('close 1000').waitFor();
    expect(await button('Publish another').isDisabled()).toBe(true);
  });

  it('shows a wrong token as 1006 before the handshake, and as 1008 with its cause after it', async () => {
    await open();
    await compare('An expired token, at both');
    expect((await seen('Refused in HTTP')).at(-1)).toContain('close 1006');
    const refused = await seen('Refused by the new endpoint');
    expect(refused.slice(0, 2)).toEqual(['new WebSocket', 'open']);
    expect(refused[2]).toMatch(/^close 1008 .*"error_code":"TOKEN_EXPIRED"/);
    const card = side('Refused by the new endpoint');
    expect(await card.innerText()).toContain('Fetch a new token and connect again.');
    const href = await card.getByRole('link', { name: 'TOKEN_EXPIRED' }).getAttribute('href');
    expect(href).toBe('/reference/close-codes/1008/#token_expired');
    expect(await lesson().innerText()).toMatch(/a 401 or 403 would look no different/);
  });

  it('shows that a browser sends no header', async () => {
    await open();
    await compare('The token in a header');
    expect((await seen('With a header'))[1]).toMatch(/^throws SyntaxError: .*subprotocol/);
    expect(await side('With a header').innerText()).toContain('the browser sent nothing');
    expect(await seen('New endpoint')).toEqual(['new WebSocket', 'open']);
    expect(await lesson().getByRole('link').getAttribute('href')).toBe('/reference/close-codes/1008/#token_in_header');
  });

  it('has no token in the page, whatever was dialled', async () => {
    await open();
    for (const name of ['The right token, at both', 'An expired token, at both', 'The token in a header']) {
      await compare(name);
      expect(await page.content()).not.toMatch(/eyJ[\w-]{5}/);
    }
  });

  it('says what to do where the service has stopped, and works again when it is back', async () => {
    const own = await startService({}, { siteDirectory });
    await open(own.url);
    await own.close();
    await button('The right token, at both').click();
    const alert = tool().getByRole('alert');
    await alert.getByText('The service does not answer').waitFor();
    expect(await alert.innerText()).toMatch(/npm ci && WEBSOCKET_PORT=\d+ npm start/);
    const again = await startService({ WEBSOCKET_PORT: new URL(own.url).port }, { siteDirectory });
    await button('Try again').click();
    await lesson().waitFor();
    await again.close();
  });

  it('says what to do where the development endpoints are off', async () => {
    const off = await startService({ ENABLE_DEV_ENDPOINTS: 'false' }, { siteDirectory });
    await open(off.url);
    await button('The right token, at both').click();
    await tool().getByRole('alert').getByText('The development endpoints are off').waitFor();
    await off.close();
  });

  it.each([1440, 390])(
    'shows both sides without scrolling sideways, and without a fault for axe, at %i px',
    async (width) => {
      await open(service.url, width);
      await compare('The right token, at both');
      const [old, now] = [await side('Old endpoint').boundingBox(), await side('New endpoint').boundingBox()];
      if (width === 1440) expect(old?.y).toBe(now?.y);
      else expect(old?.x).toBe(now?.x);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      expect(await violationsOf(page)).toEqual([]);
    },
  );
});
