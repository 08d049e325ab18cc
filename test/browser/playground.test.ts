import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeCodes } from '../../service/contract/close-codes.ts';
import { type TokenDefect, tokenDefects } from '../../service/contract/development.ts';
import { connectionErrors } from '../../service/contract/error-codes.ts';
import { notificationEvents } from '../../service/contract/notifications.ts';
import { violationsOf } from '../support/axe.ts';
import { siteDirectory } from '../support/built-site.ts';
import { connect } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { tabForEachTest } from '../support/tab.ts';
import { isInSight, timelineRows } from '../support/timeline.ts';

const own = tabForEachTest();
let context: BrowserContext;
let page: Page;
beforeEach(() => {
  ({ context, page } = own);
});

const button = (name: string, scope: Page | Locator = page) => scope.getByRole('button', { name, exact: true });
const panel = (name: string) => page.getByRole('region', { name, exact: true });
const rows = () => timelineRows(page);
const framesOf = (tab: Page, event: string) => timelineRows(tab).filter({ hasText: `received ${event}` });
const detail = () => page.getByRole('group', { name: 'Details of the entry' });
const endCard = () => page.getByRole('group', { name: 'How the connection ended' });

const violations = () => violationsOf(page);

/** A service with the site that can be stopped and started again on its port. */
async function restartable() {
  let service: TestService | undefined = await startService({}, { siteDirectory });
  const { url } = service;
  return {
    url,
    async stop() {
      const running = service;
      service = undefined;
      await running?.close();
    },
    async start() {
      service = await startService({ WEBSOCKET_PORT: new URL(url).port }, { siteDirectory });
    },
  };
}

describe.each(['embedded', 'redis'] as const)('with the %s broker', (kind) => {
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

  async function openPlayground() {
    await page.goto(`${service.url}/playground/`);
    await page.getByText('Running', { exact: true }).waitFor();
  }

  async function mintAndConnect() {
    await button('Mint and connect').click();
    await button('Disconnect').waitFor();
  }

  it('shows the first live message on the first page, each step with its time, twice', async () => {
    await page.goto(service.url);
    await button('Watch one arrive').click();
    await button('Watch another').waitFor();
    const demo = page.getByRole('region', { name: 'Live demonstration' });
    for (const step of await demo.getByRole('listitem').all()) expect(await step.innerText()).toMatch(/[\d.]+ m?s/);
    expect(await demo.getByRole('listitem').nth(2).innerText()).toContain('1 receiver');
    const frame = page.getByRole('region', { name: 'The frame' });
    const first = JSON.parse(await frame.locator('code').innerText());
    expect(first).toMatchObject({ event: 'batch_results_ready' });
    expect(await frame.innerText()).toContain('from publish to arrival');

    await button('Watch another').click();
    await eventually(async () => {
      if ((await frame.locator('code').count()) === 0) return false;
      return JSON.parse(await frame.locator('code').innerText()).data.correlation_id !== first.data.correlation_id;
    }, 'a second, fresh frame');
    if (kind === 'embedded') expect(await violations()).toEqual([]);
  });

  it('mints, connects, publishes and receives in the playground, and closes with 1000', async () => {
    await openPlayground();
    expect(await panel('Service').innerText()).toContain(kind === 'redis' ? 'Redis' : kind);
    await mintAndConnect();
    expect(await panel('Who you are').innerText()).toMatch(/expires in (1 h|59 min)/);
    await button('Publish').click();
    const received = rows().filter({ hasText: 'after publish' });
    await received.waitFor();
    expect(await received.innerText()).toContain('batch_results_ready');
    expect(await panel('Connections').innerText()).toContain('1 frame');
    if (kind === 'embedded') expect(await violations()).toEqual([]);

    await button('Disconnect').click();
    await endCard().waitFor();
    expect(await endCard().innerText()).toContain('1000');
    expect(await endCard().innerText()).toContain(closeCodes[1000].name);
    expect(await page.content()).not.toContain('token=ey');
  });

  it("shows what a backend publishes in every tab of the user once, and in nobody else's", async () => {
    const tabs = [page, await context.newPage(), await context.newPage()];
    const connectIn = async (tab: Page) => {
      await tab.goto(`${service.url}/playground/`);
      // What is typed before the page has come to life may be lost.
      await tab.getByText('Running', { exact: true }).waitFor();
      await tab.getByLabel('User id').fill(tab === tabs[2] ? 'teacher-b' : 'teacher-a');
      await button('Mint and connect', tab).click();
      await button('Disconnect', tab).waitFor();
    };
    await Promise.all(tabs.map(connectIn));
    const payload = '{"event":"class_created","data":{"message":"Å"}}';
    const { receivers } = await service.publish('teacher-a', payload);
    expect(receivers).toBe(1);
    // Published last, so whoever has it has everything before it.
    for (const user of ['teacher-a', 'teacher-b']) await service.publish(user, '{"event":"the_last","data":{}}');
    for (const tab of tabs) await framesOf(tab, 'the_last').waitFor();
    const counts = tabs.map((tab) => framesOf(tab, 'class_created').count());
    expect(await Promise.all(counts)).toEqual([1, 1, 0]);
  });

  if (kind === 'embedded') embeddedOnly();

  function embeddedOnly() {
    it('publishes each of the 16 types, and every one arrives', async () => {
      await openPlayground();
      await mintAndConnect();
      for (const event of notificationEvents) {
        await page.getByLabel('Notification', { exact: true }).selectOption(event);
        await button('Publish').click();
        await framesOf(page, event).filter({ hasText: 'after publish' }).waitFor();
      }
      expect(await panel('Connections').innerText()).toContain('16 frames');
    });

    it('shows why each wrong token is refused and what to do', async () => {
      await openPlayground();
      for (const [defect, entry] of Object.entries(tokenDefects)) {
        const { closeCode, remedy } = connectionErrors[entry.error];
        const choice = page.getByRole('radio', { name: entry.title, exact: true });
        if ((await choice.count()) > 0) await choice.check();
        else await page.getByLabel('More wrong tokens').selectOption(defect as TokenDefect);
        await button('Mint and connect').click();
        await rows().filter({ hasText: 'Closed' }).waitFor();
        await button('Clear').click();
        const text = await endCard().innerText();
        expect(text, defect).toContain(String(closeCode));
        expect(text, defect).toContain(entry.error);
        expect(text, defect).toContain('this is what the token that you chose must lead to');
        expect(text.replaceAll(/\s+/g, ' '), defect).toContain(remedy.replaceAll('`', ''));
        expect(await endCard().getByRole('link').getAttribute('href')).toBe(
          `/reference/close-codes/${closeCode}/#${entry.error.toLowerCase()}`,
        );
      }
    });

    it('sees the connection end when the token expires', async () => {
      await openPlayground();
      await page.getByLabel('Token lives').selectOption('5 seconds');
      await mintAndConnect();
      await endCard().waitFor();
      expect(await endCard().innerText()).toContain('TOKEN_EXPIRED');
      await panel('Who you are')
        .getByText(/^expired \d+ s ago$/)
        .waitFor();
    });

    it('warns of a message that is no notification, and sends it all the same when told to', async () => {
      await openPlayground();
      await mintAndConnect();
      await page.getByLabel('Message, sent exactly as written').fill('{"event": ');
      await page.getByText('Not JSON').waitFor();
      expect(await violations()).toEqual([]);
      await button('Publish it all the same').click();
      await rows().filter({ hasText: 'after publish' }).waitFor();
      expect(await rows().last().innerText()).toContain('not a notification');
      await button('Reset to the example').click();
      await button('Publish').waitFor();
    });

    it('connects once at a double click', async () => {
      await openPlayground();
      await button('Connect').dblclick();
      await button('Disconnect').waitFor();
      expect(await rows().allInnerTexts()).toEqual(
        ['Token minted', 'Connecting', 'Open'].map((title) => expect.stringContaining(title)),
      );
      await button('Disconnect').click();
      await endCard().waitFor();
    });

    it('cuts a message that is too long to read, and copies it whole', async () => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await openPlayground();
      await mintAndConnect();
      const payload = JSON.stringify({ event: 'class_created', data: { message: 'x'.repeat(60_000) } });
      await service.publish('teacher-1', payload);
      await detail().getByText('Cut here: shown are 40,000 of').waitFor();
      expect(await detail().locator('code').innerText()).toHaveLength(40_000);
      await button('Copy the message', detail()).click();
      await detail().getByText('Copied').waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(payload);
    });

    it('keeps up with 520 notifications in a row, and stays at the newest until someone scrolls up', async () => {
      await openPlayground();
      await mintAndConnect();
      const pageHeight = () => page.evaluate(() => document.documentElement.scrollHeight);
      const heightBefore = await pageHeight();
      for (let n = 1; n <= 520; n++) await service.publish('teacher-1', `{"event":"number_${n}","data":{}}`);
      await eventually(() => isInSight(framesOf(page, 'number_520')), 'the newest in sight');
      expect(await panel('Timeline').innerText()).toContain('523 entries');
      expect(await button('To the newest').count()).toBe(0);
      expect(await pageHeight()).toBe(heightBefore);

      await page.getByRole('listbox', { name: 'Timeline' }).hover();
      await page.mouse.wheel(0, -500);
      await button('To the newest').waitFor();
      await service.publish('teacher-1', '{"event":"the_last","data":{}}');
      await panel('Timeline').getByText('524 entries').waitFor();
      expect(await isInSight(framesOf(page, 'the_last'))).toBe(false);
      await button('To the newest').click();
      await eventually(() => isInSight(framesOf(page, 'the_last')), 'the newest in sight again');
    });

    it('explains the sixth connection of a user', async () => {
      await openPlayground();
      await page.getByLabel('User id').fill('crowded');
      const { token } = await service.mint({ user_id: 'crowded' });
      const others = await Promise.all(Array.from({ length: 5 }, () => connect(`${service.wsUrl}?token=${token}`)));
      await button('Mint and connect').click();
      await endCard().waitFor();
      expect(await endCard().innerText()).toContain('4000');
      await Promise.all(others.map((other) => other.close()));
    });

    it('can be used by keyboard alone', async () => {
      await openPlayground();
      await page.getByLabel('User id').focus();
      await page.keyboard.press('Enter');
      await button('Disconnect').waitFor();
      await page.getByLabel('To user').focus();
      await page.keyboard.press('Enter');
      const row = rows().filter({ hasText: 'after publish' });
      await row.waitFor();
      await detail().getByText('correlation_id').waitFor();
      await page.getByRole('listbox', { name: 'Timeline' }).focus();
      await page.keyboard.press('Escape');
      await detail().waitFor({ state: 'detached' });
      await page.keyboard.press('Enter');
      await detail().getByText('correlation_id').waitFor();
    });
  }
});

describe('when the service cannot be used', () => {
  it('says why and what to run once it is stopped, and recovers by itself when it is back', async () => {
    const service = await restartable();
    try {
      await page.goto(`${service.url}/playground/`);
      await page.getByText('Running', { exact: true }).waitFor();
      await button('Mint and connect').click();
      await button('Disconnect').waitFor();
      await service.stop();
      await endCard().waitFor();
      expect(await endCard().innerText()).toContain('1001');
      const alert = page.getByRole('alert').filter({ hasText: 'The service does not answer' });
      await alert.waitFor();
      expect(await alert.innerText()).toContain(`npm ci && WEBSOCKET_PORT=${new URL(service.url).port} npm start`);
      expect(await violations()).toEqual([]);
      await service.start();
      await page.getByText('Running', { exact: true }).waitFor();
      await button('Reconnect').click();
      await button('Disconnect').waitFor();
    } finally {
      await service.stop();
    }
  });

  it('says so on the first page, and works after a retry', async () => {
    const service = await restartable();
    try {
      await page.goto(service.url);
      await button('Watch one arrive').click();
      await button('Watch another').waitFor();
      await service.stop();
      await button('Watch another').click();
      const alert = page.getByRole('alert').filter({ hasText: 'The service does not answer' });
      await alert.waitFor();
      expect(await alert.innerText()).toContain(`npm ci && WEBSOCKET_PORT=${new URL(service.url).port} npm start`);
      expect(await violations()).toEqual([]);
      await service.start();
      await button('Try again').click();
      await button('Watch another').waitFor();
    } finally {
      await service.stop();
    }
  });

  it('says what to run even where the page can no longer load its own working part', async () => {
    const service = await restartable();
    await page.goto(service.url);
    await service.stop();
    await button('Watch one arrive').click();
    await page
      .getByRole('alert')
      .filter({ hasText: /npm ci && (WEBSOCKET_PORT=\d+ )?npm start/ })
      .waitFor();
  });

  it('says that the development endpoints are off', async () => {
    const service = await startService({ ENABLE_DEV_ENDPOINTS: 'false' }, { siteDirectory });
    try {
      for (const path of ['/', '/playground/']) {
        await page.goto(service.url + path);
        if (path === '/') await button('Watch one arrive').click();
        await page.getByText('The development endpoints are off').waitFor();
      }
    } finally {
      await service.close();
    }
  });
});

describe('when the site and the service are at two addresses', () => {
  let site: TestService;
  let open: TestService;
  let shut: TestService;
  beforeAll(async () => {
    site = await startService({ ENABLE_DEV_ENDPOINTS: 'false' }, { siteDirectory });
    open = await startService({ CORS_ORIGINS: JSON.stringify([site.url]) });
    shut = await startService();
  });
  afterAll(() => Promise.all([site, open, shut].map((service) => service?.close())));

  it('takes the address from the link, and remembers one that is chosen', async () => {
    await page.goto(`${site.url}/playground/?service=${open.url.replace('http', 'ws')}`);
    await page.getByText('Running', { exact: true }).waitFor();
    await button('Mint and connect').click();
    await button('Disconnect').waitFor();
    await button('More', panel('Connections')).click();
    expect(await panel('Connections').innerText()).toContain(open.url.replace('http', 'ws'));

    await page.goto(`${site.url}/playground/`);
    await page.getByText('The development endpoints are off').waitFor();
    await page.getByLabel('Address of the service').fill(open.url);
    await button('Use this address').click();
    await page.getByText('Running', { exact: true }).waitFor();
    await page.goto(site.url);
    await button('Watch one arrive').click();
    await button('Watch another').waitFor();
  });

  it('tells a service that does not allow the page from one that is not there', async () => {
    await page.goto(`${site.url}/playground/?service=${shut.url}`);
    const alert = page.getByRole('alert').filter({ hasText: 'not to this page' });
    await alert.waitFor();
    expect(await alert.innerText()).toContain(
      `CORS_ORIGINS='["${site.url}"]' WEBSOCKET_PORT=${new URL(shut.url).port} npm start`,
    );
  });

  it('ignores a broken address in the link, and says so', async () => {
    for (const path of ['/', '/playground/']) {
      await page.goto(`${site.url}${path}?service=nonsense`);
      await page.getByText('The address in the link is ignored').waitFor();
    }
  });
});
