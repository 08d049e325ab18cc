import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authCases } from '../../playground/labs/auth-cases.ts';
import { expectationOf, scenarioNames, scenarios } from '../../playground/scenarios.ts';
import { violationsOf } from '../support/axe.ts';
import { siteDirectory } from '../support/built-site.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { tabForEachTest } from '../support/tab.ts';
import { timelineRows } from '../support/timeline.ts';

const own = tabForEachTest({ permissions: ['clipboard-read', 'clipboard-write'] });
let page: Page;
beforeEach(() => {
  ({ page } = own);
});

const button = (name: string, scope: Page | Locator = page) => scope.getByRole('button', { name, exact: true });
const panel = (name: string | RegExp) => page.getByRole('region', { name });
const timeline = () => timelineRows(page);
const inPage = authCases.filter((one) => one.inPage !== undefined).length;

const violations = () => violationsOf(page);

const sidewaysPixels = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

describe.each(['embedded', 'redis'] as const)('the auth matrix with the %s broker', (kind) => {
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

  it('runs whole at one click, and everything is as expected', async () => {
    await page.goto(`${service.url}/playground/?tool=auth-matrix`);
    await button('Run all').click();
    await page.getByText(`${inPage} of ${inPage} as expected`).waitFor();
    const rows = panel('Auth matrix').getByRole('listitem');
    expect(await rows.count()).toBe(authCases.length);
    expect(await rows.filter({ hasText: 'not from a browser' }).count()).toBe(authCases.length - inPage);
    expect(await rows.filter({ hasText: '✗' }).count()).toBe(0);
    await page.getByLabel('Only deviations').check();
    await page.getByText('No row deviates').waitFor();
    expect(await page.content()).not.toMatch(/eyJ[\w-]{10}/);
  });
});

describe('the auth matrix', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({}, { siteDirectory });
  });
  afterAll(() => service?.close());

  it('marks what another configuration judges otherwise, explains it, and copies the table', async () => {
    const other = await startService({ JWT_ISSUER: 'another-identity-service' }, { siteDirectory });
    try {
      await page.goto(`${other.url}/playground/?tool=auth-matrix`);
      await button('Run all').click();
      await page.getByText(`${inPage - 1} of ${inPage} as expected, 1 not`).waitFor();
      await page.getByLabel('Only deviations').check();
      const row = panel('Auth matrix').getByRole('listitem');
      expect(await row.count()).toBe(1);
      await row.getByRole('button').click();
      expect(await row.innerText()).toMatch(/expected\s+let in[\s\S]*observed\s+1008 TOKEN_ISSUER_INVALID/);
      await row.getByText('JWT_ISSUER').waitFor();
      expect(await violations()).toEqual([]);
      await button('Copy the table as Markdown').click();
      await button('Copied').waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied.split('\n')).toHaveLength(authCases.length + 3);
      expect(copied).toContain('**deviates**');
    } finally {
      await other.close();
    }
  });

  it('leads from a row to its cause, and with its token to the workbench', async () => {
    await page.goto(`${service.url}/playground/?tool=auth-matrix`);
    const row = panel('Auth matrix').getByRole('listitem').filter({ hasText: 'Wrong issuer' });
    await row.getByRole('button').first().click();
    expect(await row.getByRole('link').getAttribute('href')).toBe('/reference/close-codes/1008/#token_issuer_invalid');
    await button('Use this token in the workbench').click();
    expect(await page.getByRole('radio', { name: 'Wrong issuer' }).isChecked()).toBe(true);
  });

  it('is stopped, and says so where the service goes away', async () => {
    const going = await startService({}, { siteDirectory });
    await page.goto(`${going.url}/playground/?tool=auth-matrix`);
    await button('Run all').waitFor();
    await going.close();
    await button('Run all').click();
    await panel('Auth matrix').getByRole('alert').getByText('The service does not answer').waitFor();
    await page.getByText('Broken off after').waitFor();
  });

  it('has no axe violation and fits a phone, in light and in dark', async () => {
    await page.goto(`${service.url}/playground/?tool=auth-matrix`);
    await button('Run all').click();
    await page.getByText(`${inPage} of ${inPage} as expected`).waitFor();
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForSelector(`html[data-theme="${colorScheme}"]`);
      await page.setViewportSize({ width, height: 844 });
      expect(await violations()).toEqual([]);
      expect(await sidewaysPixels()).toBeLessThanOrEqual(0);
    }
  });
});

describe('the close-code lab', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({}, { siteDirectory });
  });
  afterAll(() => service?.close());

  const tryPanel = () => panel(/^Try it/);
  const comeback = () => panel('How a client comes back');

  it.each(['1008', '4000', '1003', '1009', '1000', '1005', '1006'])('provokes %s at a click', async (code) => {
    await page.goto(`${service.url}/playground/?tool=close-codes`);
    await page.getByRole('radio', { name: code, exact: true }).check();
    await button('Run it').click();
    await tryPanel().getByText('As expected.').waitFor();
    const closed = timeline().filter({ hasText: `Closed ${code}` });
    expect(await closed.count()).toBe(1);
    await page.getByRole('radio', { name: new RegExp(`^${code}.*, as expected`) }).waitFor({ state: 'attached' });
  });

  it('shows each of the connections that fill the places before 4000', async () => {
    await page.goto(`${service.url}/playground/?try=4000`);
    await button('Run it').click();
    await tryPanel().getByText('As expected.').waitFor();
    await eventually(
      async () => (await timeline().filter({ hasText: 'Closed 1000' }).count()) === 5,
      'five are closed',
    );
    expect(await timeline().filter({ hasText: 'Open' }).count()).toBe(6);
  });

  it('runs all that a page can, and tells what each came to', async () => {
    const possible = scenarioNames.filter((name) => scenarios[name].outside === undefined);
    await page.goto(`${service.url}/playground/?tool=close-codes`);
    await button(`Run all ${possible.length} that a page can`).click();
    await page.getByText(`${possible.length} of ${possible.length} as expected`).waitFor({ timeout: 30_000 });
    const codes = new Set(possible.map((name) => expectationOf(name).code));
    expect(await page.getByRole('group', { name: 'Code' }).getByText('as expected').count()).toBe(codes.size);
  });

  it('plots the waits of a client that really comes back beside those that are only played', async () => {
    await page.goto(`${service.url}/playground/?try=1006`);
    const plot = comeback().getByRole('img');
    expect(await plot.getAttribute('aria-label')).toContain('from 0 to 1 s at the first attempt up to 0 to 30 s');
    expect(await plot.locator('circle').count()).toBe(10);
    expect(await plot.locator('path').count()).toBe(0);
    await button('Let a client come back').click();
    await eventually(async () => (await plot.locator('path').count()) >= 2, 'two waits were observed');
    await comeback().getByText('The same as a table').click();
    const second = comeback().getByRole('row').nth(2);
    expect(await second.innerText()).toMatch(/2\s+0 to 2 s\s+[\d.]+ s\s+[\d.]+ s/);
    await button('Stop it').click();
    await button('Stop it').waitFor({ state: 'detached' });
    expect(await timeline().filter({ hasText: 'Waits' }).count()).toBeGreaterThanOrEqual(2);
  });

  it('says of an end after which no client comes back why not, and shows that none does', async () => {
    await page.goto(`${service.url}/playground/?try=1003`);
    await comeback().getByText('The client stays away.').first().waitFor();
    expect(await comeback().getByRole('img').count()).toBe(0);
    await button('Let a client come back').click();
    await timeline().filter({ hasText: 'Does not connect again' }).waitFor();
  });

  it('has no axe violation and fits a phone, in light and in dark', async () => {
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await page.goto(`${service.url}/playground/?try=4000`);
      await button('Run it').click();
      await tryPanel().getByText('As expected.').waitFor();
      expect(await violations()).toEqual([]);
      expect(await sidewaysPixels()).toBeLessThanOrEqual(0);
    }
  });
});

describe('a scenario on a page', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({}, { siteDirectory });
  });
  afterAll(() => service?.close());

  const part = (name: string) => panel(`Try it: ${name}`);

  it('loads nothing before someone turns to it, and works', async () => {
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
    const loaded = (name: string) => scripts.some((path) => path.includes(name));
    await page.goto(`${service.url}/protocol/authentication/`);
    await page.waitForLoadState('networkidle');
    expect(loaded('TryIt')).toBe(false);
    await part('TOKEN_EXPIRED').scrollIntoViewIfNeeded();
    await part('TOKEN_EXPIRED').getByText('Must end with 1008 Policy violation, TOKEN_EXPIRED').waitFor();
    expect(loaded('TryIt')).toBe(false);
    await button('Run it', part('TOKEN_EXPIRED')).click();
    await part('TOKEN_EXPIRED').getByText('As expected.').waitFor();
    expect(loaded('try-it-parts')).toBe(true);
    const happened = await part('TOKEN_EXPIRED').getByRole('region', { name: 'What happened' }).innerText();
    expect(happened).toMatch(/Token minted[\s\S]*Connecting[\s\S]*Open[\s\S]*Closed 1008/);
    expect(await page.content()).not.toMatch(/eyJ[\w-]{10}/);
    expect(await violations()).toEqual([]);
  });

  it('runs beside others on the page of a code, and leads to the playground', async () => {
    await page.goto(`${service.url}/reference/close-codes/1008/`);
    for (const name of ['TOKEN_MISSING', 'TOKEN_ISSUER_INVALID']) {
      await part(name).scrollIntoViewIfNeeded();
      await button('Run it', part(name)).click();
      await part(name).getByText('As expected.').waitFor();
    }
    const link = part('TOKEN_MISSING').getByRole('link', { name: 'Provoke it in the playground' });
    expect(await link.getAttribute('href')).toBe('/playground/?try=token_missing');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await sidewaysPixels()).toBeLessThanOrEqual(0);
  });

  it('says what to do where there is no service', async () => {
    const going = await startService({}, { siteDirectory });
    await page.goto(`${going.url}/reference/close-codes/1003/`);
    await part('BINARY_NOT_SUPPORTED').scrollIntoViewIfNeeded();
    await button('Run it', part('BINARY_NOT_SUPPORTED')).click();
    await part('BINARY_NOT_SUPPORTED').getByText('As expected.').waitFor();
    await going.close();
    await button('Run it again', part('BINARY_NOT_SUPPORTED')).click();
    await part('BINARY_NOT_SUPPORTED').getByRole('alert').getByText('The service does not answer').waitFor();
  });
});
