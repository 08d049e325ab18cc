import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, type Locator, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromium, requireProgram } from '../../scripts/programs.ts';
import { violationsOf } from '../support/axe.ts';
import { siteDirectory } from '../support/built-site.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { tabForEachTest } from '../support/tab.ts';
import { timelineRows } from '../support/timeline.ts';

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

const own = tabForEachTest();
let context: BrowserContext;
let page: Page;
beforeEach(() => {
  ({ context, page } = own);
});

const button = (name: string, scope: Page | Locator = page) => scope.getByRole('button', { name, exact: true });
const rows = () => timelineRows(page);
const tourCard = () => page.getByRole('region', { name: 'Tour' });
const bar = () => page.getByRole('region', { name: 'Service', exact: true });
const trouble = () => page.locator('.playground > [role=alert]');
const focused = () => page.evaluate(() => document.activeElement?.textContent?.replaceAll(/\s+/g, ' ').trim());

const violations = () => violationsOf(page);

async function open(url: string) {
  await page.goto(`${url}/playground/`);
  await page.getByText('Running', { exact: true }).waitFor();
}

/** Goes through the whole tour by its own buttons. */
async function takeTour() {
  const steps = ['It lives for an hour', 'A WebSocket opened', 'went to the channel', 'The message arrived'];
  for (const [index, text] of steps.entries()) {
    if (index > 0) await button('Next', tourCard()).click();
    await tourCard().getByText(text).waitFor();
  }
}

describe.each(['embedded', 'redis'] as const)('the tour, with the %s broker', (kind) => {
  let redis: RedisServer | undefined;
  let service: TestService;
  beforeAll(async () => {
    if (kind === 'redis') redis = await startRedis();
    service = await startService(redis ? { REDIS_URL: redis.url } : {}, { siteDirectory });
  });
  afterAll(async () => {
    await service?.close();
    await redis?.close();
  });

  it.each([wide, phone])(
    'goes from one click to a message received at $width px, and is never in the way again',
    async (size) => {
      await page.setViewportSize(size);
      await open(service.url);
      await button('Show me').click();
      await takeTour();
      await rows().filter({ hasText: 'after publish' }).waitFor();
      expect(await page.locator('.lit').count()).toBe(1);
      expect(await page.locator('.lit').getByRole('heading', { name: 'Timeline' }).isVisible()).toBe(true);
      await button('A wrong token', tourCard()).click();
      await page.getByRole('group', { name: 'How the connection ended' }).getByText('1008').first().waitFor();
      expect(await tourCard().count()).toBe(0);
      await page.reload();
      await page.getByText('Running', { exact: true }).waitFor();
      expect(await button('Show me').isVisible()).toBe(false);
      await button('Help').click();
      await button('Start the tour').click();
      await tourCard().getByText('It lives for an hour').waitFor();
    },
  );
});

describe('the playground', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({}, { siteDirectory });
  });
  afterAll(() => service?.close());

  it('leads through the tour by itself, unless it is paused', async () => {
    await open(service.url);
    await button('Show me').click();
    await tourCard().getByText('A WebSocket opened').waitFor();
    await button('Pause', tourCard()).click();
    await button('Play', tourCard()).waitFor();
    await page.keyboard.press('Escape');
    await tourCard().waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.classList.contains('playground'))).toBe(true);
  });

  it('does not move the tour on for whoever wants no motion', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await open(service.url);
    await button('Show me').click();
    await button('Play', tourCard()).waitFor();
  });

  it('takes the tour by keyboard alone', async () => {
    await open(service.url);
    await button('Show me').focus();
    await page.keyboard.press('Enter');
    for (const text of ['It lives for an hour', 'A WebSocket opened', 'went to the channel']) {
      await tourCard().getByText(text).waitFor();
      await button('Next', tourCard()).focus();
      await page.keyboard.press('Enter');
    }
    await tourCard().getByText('The message arrived').waitFor();
    expect(await focused()).toBe('Done');
  });

  it('explains in the tour that the service is gone, and only once on the page', async () => {
    const own = await startService({}, { siteDirectory });
    await open(own.url);
    await button('Show me').click();
    await tourCard().getByText('It lives for an hour').waitFor();
    await button('Pause', tourCard()).click();
    await own.close();
    await button('Next', tourCard()).click();
    await tourCard().getByText('The WebSocket could not be opened').waitFor();
    await trouble().getByText('The service does not answer').waitFor();
    await button('Try again', tourCard()).click();
    await tourCard().getByText('The service does not answer: see above.').waitFor();
    expect(await page.getByText('npm start').count()).toBe(1);
  });

  it('obeys its keys, but not while someone types, and not once they are turned off', async () => {
    await open(service.url);
    await page.locator('h1').click();
    await page.keyboard.press('c');
    await button('Disconnect').waitFor();
    await page.keyboard.press('p');
    await rows().filter({ hasText: 'after publish' }).waitFor();
    await page.keyboard.press('d');
    await rows().filter({ hasText: 'Closed 1000' }).waitFor();
    const before = await rows().count();

    await page.getByLabel('User id').fill('');
    await page.getByLabel('User id').pressSequentially('cdp?1');
    expect(await page.getByLabel('User id').inputValue()).toBe('cdp?1');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await rows().count()).toBe(before);

    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Help' }).waitFor();
    await page.getByRole('dialog').getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.keyboard.press('c');
    await page.reload();
    await page.getByText('Running', { exact: true }).waitFor();
    await rows().filter({ hasText: 'The page was reloaded' }).waitFor();
    await page.keyboard.press('?');
    await page.keyboard.press('c');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await rows().last().innerText()).toContain('The page was reloaded');
    await button('Help').click();
    await page.getByRole('dialog').getByRole('checkbox').check();
    await button('Close').click();
    expect(await focused()).toBe('Help');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Help' }).waitFor();
  });

  it('keeps the service in sight while scrolling, in one line, at both widths', async () => {
    for (const size of [wide, phone]) {
      await page.setViewportSize(size);
      await open(service.url);
      await page.mouse.wheel(0, 900);
      await page.waitForFunction(() => scrollY > 300);
      const box = await bar().boundingBox();
      expect(box?.height).toBeLessThan(50);
      expect(box?.y).toBeGreaterThan(0);
      expect(box?.y).toBeLessThan(80);
      const text = await bar().innerText();
      for (const part of ['Running', new URL(service.url).host, 'embedded', 'v1.']) expect(text).toContain(part);
      const spill = await bar()
        .locator('.line, .where')
        .evaluateAll((all) => all.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
      expect(spill).toEqual([0, 0]);
    }
  });

  it('closes the form for the address with Escape, and gives the focus back', async () => {
    await open(service.url);
    await bar().getByRole('button', { name: 'change address' }).click();
    await page.getByLabel('Address of the service').fill('http://localhost:1');
    await page.keyboard.press('Escape');
    await page.getByLabel('Address of the service').waitFor({ state: 'detached' });
    expect(await focused()).toContain('change address');
    expect(await bar().innerText()).toContain(new URL(service.url).host);
  });

  it('shows on a phone either the tools or the timeline, and counts what is new there', async () => {
    await page.setViewportSize(phone);
    await open(service.url);
    const views = page.getByRole('navigation', { name: 'Tools or timeline' });
    expect(await page.getByRole('region', { name: 'Timeline', exact: true }).isVisible()).toBe(false);
    await button('Mint and connect').click();
    await views.getByText('3 new').waitFor();
    await views.getByRole('button', { name: 'Timeline' }).click();
    expect(await rows().first().isVisible()).toBe(true);
    expect(await button('Mint and connect').isVisible()).toBe(false);
    expect(await views.getByRole('button', { name: 'Timeline' }).innerText()).toBe('Timeline');
    await service.publish('teacher-1', '{"event":"class_created","data":{}}');
    await rows().filter({ hasText: 'class_created' }).waitFor();
    await views.getByRole('button', { name: 'Tools' }).click();
    expect(await button('Mint and connect').isVisible()).toBe(true);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    for (const touched of await views.getByRole('button').all()) {
      expect((await touched.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    }
  });

  it('leads from the skip link to the timeline, on a phone too', async () => {
    for (const size of [wide, phone]) {
      await page.setViewportSize(size);
      await open(service.url);
      await button('Skip to the timeline').focus();
      await page.keyboard.press('Enter');
      await eventually(() => page.evaluate(() => document.activeElement?.id === 'timeline'), 'the focus');
      expect(await page.getByRole('region', { name: 'Timeline', exact: true }).isVisible()).toBe(true);
    }
  });

  it('has one heading of the page, one for each panel, and a panel for each tab', async () => {
    await open(service.url);
    const levels = await page.locator('main :is(h1, h2, h3)').evaluateAll((all) => all.map(({ tagName }) => tagName));
    expect(levels.filter((level) => level === 'H1')).toHaveLength(1);
    expect(levels).not.toContain('H3');
    for (const tab of await page.getByRole('tab').all()) {
      const id = await tab.getAttribute('aria-controls');
      expect(await page.locator(`[role=tabpanel]#${id}`).count()).toBe(1);
    }
  });

  it('has no violation in any of its states, at both widths and in both themes', async () => {
    for (const size of [wide, phone]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await context.clearCookies();
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(size);
        await open(service.url);
        await page.evaluate(() => localStorage.clear());
        await page.reload();
        await page.getByText('Running', { exact: true }).waitFor();
        const where = `${size.width} px, ${colorScheme}`;
        expect(await violations(), `first visit, ${where}`).toEqual([]);
        await button('Show me').click();
        await takeTour();
        expect(await violations(), `tour, ${where}`).toEqual([]);
        await button('Done', tourCard()).click();
        await button('Help').click();
        await page.getByRole('dialog').waitFor();
        expect(await violations(), `help, ${where}`).toEqual([]);
        await button('Close').click();
        await bar().getByRole('button', { name: 'change address' }).click();
        expect(await violations(), `address, ${where}`).toEqual([]);
      }
    }
  }, 120_000);

  it('speaks little in a flood, and how the connection ended all the same', async () => {
    await open(service.url);
    await page.evaluate(() => {
      const spoken: string[] = [];
      Object.assign(globalThis, { spoken });
      const voice = document.querySelector('.playground > [role=status]') as HTMLElement;
      new MutationObserver(() => spoken.push(voice.innerText)).observe(voice, {
        characterData: true,
        childList: true,
        subtree: true,
      });
    });
    const spoken = () => page.evaluate(() => (globalThis as unknown as { spoken: string[] }).spoken);
    await button('Mint and connect').click();
    await button('Disconnect').waitFor();
    await eventually(async () => (await spoken()).some((text) => text.includes('Open')), 'the opening spoken');
    for (let n = 0; n < 600; n++) await service.publish('teacher-1', '{"event":"class_created","data":{}}');
    await button('Disconnect').click();
    await eventually(
      async () => (await spoken()).some((text) => text.includes('Closed 1000')),
      'the end spoken',
      12_000,
    );
    const all = await spoken();
    expect(all.length).toBeLessThanOrEqual(8);
    expect(all.some((text) => /\d+ new entries/.test(text))).toBe(true);
  });

  it('moves nothing while it loads, and leaves the console clean', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('response', (response) => void (response.status() >= 400 && complaints.push(response.url())));
    await page.addInitScript(() => {
      Object.assign(globalThis, { shift: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          (globalThis as unknown as { shift: number }).shift += (entry as unknown as { value: number }).value;
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    for (const size of [wide, phone]) {
      await page.setViewportSize(size);
      await open(service.url);
      expect(await page.evaluate(() => (globalThis as unknown as { shift: number }).shift)).toBeLessThan(0.01);
    }
    expect((await page.request.get(`${service.url}/favicon.ico`)).headers()['content-type']).toContain('icon');
    expect(complaints).toEqual([]);
  });

  it('takes no press before it is alive, and then every one', async () => {
    const gate = Promise.withResolvers<void>();
    await page.route('**/_astro/Playground.*.js', async (route) => {
      await gate.promise;
      await route.continue();
    });
    await page.goto(`${service.url}/playground/`, { waitUntil: 'commit' });
    await page.locator('.playground[inert]').waitFor();
    const pressed = button('Mint and connect').click();
    gate.resolve();
    await pressed;
    await button('Disconnect').waitFor();
    expect(page.url()).toBe(`${service.url}/playground/`);
  });

  it('says without JavaScript what it is and what it needs', async () => {
    const plain = await own.browser.newContext({ javaScriptEnabled: false });
    const tab = await plain.newPage();
    await tab.goto(`${service.url}/playground/`);
    expect(await tab.locator('main').innerText()).toContain('It needs JavaScript, which is off.');
    await plain.close();
  });
});

describe('when the service cannot be used, the page says', () => {
  let site: TestService;
  beforeAll(async () => {
    site = await startService({ ENABLE_DEV_ENDPOINTS: 'false' }, { siteDirectory });
  });
  afterAll(() => site?.close());
  const visit = (service: string) => page.goto(`${site.url}/playground/?service=${service}`);

  it('that nothing listens, with the port of the address in the command', async () => {
    await visit('http://127.0.0.1:9');
    // A port that browsers refuse outright is not there either.
    await trouble().getByText('Nothing listens at http://127.0.0.1:9').waitFor();
    expect(await trouble().innerText()).toContain('npm ci && WEBSOCKET_PORT=9 npm start');
    expect(await violations()).toEqual([]);
  });

  it('that its origin is not on the list, and how to put it there', async () => {
    const shut = await startService();
    try {
      await visit(shut.url);
      await trouble().getByText('Something answers, but not to this page').waitFor();
      const { port } = new URL(shut.url);
      expect(await trouble().innerText()).toContain(`CORS_ORIGINS='["${site.url}"]' WEBSOCKET_PORT=${port} npm start`);
      expect(await trouble().getByRole('link').getAttribute('href')).toBe(`${shut.url}/playground/`);
    } finally {
      await shut.close();
    }
  });

  it('that its development endpoints are off, and how to turn them on', async () => {
    await page.goto(`${site.url}/playground/`);
    await trouble().getByText('The development endpoints are off').waitFor();
    const { port } = new URL(site.url);
    expect(await trouble().innerText()).toContain(`ENABLE_DEV_ENDPOINTS=true WEBSOCKET_PORT=${port} npm start`);
    expect(await page.getByText('npm start').count()).toBe(1);
  });

  it('that something else answers', async () => {
    const other = createServer((_request, response) => {
      response
        .writeHead(404, { 'content-type': 'text/html', 'access-control-allow-origin': '*' })
        .end('<!doctype html>');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      await visit(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
      await trouble().getByText('answers with an HTML page (404)').waitFor();
    } finally {
      other.close();
    }
  });

  it('that the broker is down, and that new connections are refused until it is back', async () => {
    const redis = await startRedis();
    const service = await startService({ REDIS_URL: redis.url }, { siteDirectory });
    try {
      await open(service.url);
      await redis.close();
      await page.reload();
      await trouble().getByText('The service runs, but its broker does not').waitFor();
      expect(await bar().innerText()).toContain('Without broker');
      expect(await violations()).toEqual([]);
    } finally {
      await service.close();
    }
  });

  it('that it came from the service that is gone, and goes on by itself when that is back', async () => {
    const service = await startService({}, { siteDirectory });
    const { port } = new URL(service.url);
    await open(service.url);
    await service.close();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await button('Mint and connect').click();
    await trouble().getByText('This page came from').waitFor();
    const again = await startService({ WEBSOCKET_PORT: port }, { siteDirectory });
    await page.getByText('Running', { exact: true }).waitFor();
    expect(await trouble().count()).toBe(0);
    await again.close();
  });

  describe('where the browser keeps a page from the network from this machine', () => {
    let guarded: Browser;
    let service: TestService;
    let origin: string;
    beforeAll(async () => {
      service = await startService();
      const { port } = new URL(site.url);
      origin = `http://docs.example:${port}`;
      guarded = await playwright.launch({
        executablePath: requireProgram(chromium),
        chromiumSandbox: false,
        args: [
          '--disable-gpu',
          '--host-resolver-rules=MAP docs.example 127.0.0.1',
          `--ip-address-space-overrides=127.0.0.1:${port}=public`,
        ],
      });
    });
    afterAll(async () => {
      await guarded?.close();
      await service?.close();
    });

    it('that such a page must come over https, or be opened from the service itself', async () => {
      const tab = await guarded.newPage();
      await tab.goto(`${origin}/playground/?service=${service.url}`);
      const alert = tab.locator('.playground > [role=alert]');
      await alert.getByText('The browser keeps this page from your machine').waitFor();
      expect(await alert.innerText()).toContain('Open this site over https');
      expect(await alert.getByRole('link').getAttribute('href')).toBe(`${service.url}/playground/`);
    });
  });
});
