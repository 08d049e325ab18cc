import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const own = tabForEachTest();
let page: Page;
beforeEach(() => {
  ({ page } = own);
});

const button = (name: string, scope: Page | Locator = page) => scope.getByRole('button', { name, exact: true });
const identity = () => page.getByRole('region', { name: 'Who you are', exact: true });
const connections = () => page.getByRole('region', { name: 'Connections', exact: true });
const row = (name: string) => connections().getByRole('group', { name: `Connection ${name}`, exact: true });
const rows = () => connections().getByRole('listitem');

async function openPlayground(at: TestService = service) {
  await page.goto(`${at.url}/playground/`);
  await page.getByText('Running', { exact: true }).waitFor();
}

const violations = () => violationsOf(page);

describe('an identity', () => {
  it('has claims that can be changed, and says beforehand what they lead to', async () => {
    await openPlayground();
    await button('Change claims').click();
    await button('Add a claim').click();
    await page.getByLabel('Name').fill('roles');
    await page.getByLabel('Type').selectOption('json');
    await page.getByLabel('Value').fill('["a"');
    await identity().getByText('Not JSON').waitFor();
    expect(await button('Mint and connect').isDisabled()).toBe(true);
    expect(await violations()).toEqual([]);
    await page.getByLabel('Value').fill('["a"]');
    await identity().getByText('it must be let in').waitFor();
    await button('Add a claim').click();
    await page.getByLabel('Name').nth(1).fill('iss');
    await page.getByLabel('Value').nth(1).fill('someone');
    await identity().getByText('1008 TOKEN_ISSUER_INVALID').waitFor();
    await button('Mint and connect').click();
    const end = page.getByRole('group', { name: 'How the connection ended' });
    await end.getByText('this is what the token that you chose must lead to').waitFor();
    expect(await end.innerText()).toContain('TOKEN_ISSUER_INVALID');
    expect(await identity().innerText()).toContain('"roles":["a"]');
    await button('Take the change of iss back').click();
    await button('Mint and connect').click();
    await button('Disconnect').waitFor();
  });

  it('lives as long as is typed, within what the service makes', async () => {
    await openPlayground();
    await page.getByLabel('Token lives').selectOption('Other…');
    await page.getByLabel('How long').fill('40');
    await page.getByLabel('Unit').selectOption('days');
    await identity().getByText('30 d at most').waitFor();
    expect(await button('Mint and connect').isDisabled()).toBe(true);
    await page.getByLabel('How long').fill('2');
    await button('Mint and connect').click();
    await identity()
      .getByText(/^expires in (2 d|1 d 23 h)$/)
      .waitFor();
  });

  it('can be no token at all', async () => {
    await openPlayground();
    await page.getByRole('radio', { name: 'None at all' }).check();
    await button('Connect without a token').click();
    await row('A').getByText('1008 TOKEN_MISSING', { exact: true }).waitFor();
    expect(await row('A').innerText()).toContain('no token');
  });
});

describe('a pasted token', () => {
  it('works where the development endpoints are off, and is kept nowhere', async () => {
    const production = await startService({ ENABLE_DEV_ENDPOINTS: 'false' }, { siteDirectory });
    try {
      const { token } = await service.mint({ user_id: 'teacher-7' });
      const posted: string[] = [];
      page.on('request', (request) => posted.push(`${request.url()} ${request.postData() ?? ''}`));
      await openPlayground(production);
      await identity().getByText('This service mints no tokens').waitFor();
      expect(await page.getByRole('radio', { name: 'Mint one' }).isDisabled()).toBe(true);
      expect(await button('Two teachers').isDisabled()).toBe(true);
      expect(await button('Connect').isDisabled()).toBe(true);
      const field = page.getByLabel('Your token');
      expect(await field.getAttribute('autocomplete')).toBe('off');
      await field.fill(`  "Bearer ${token}"\n`);
      await button('Use it and connect').click();
      await button('Disconnect').waitFor();
      expect(await field.inputValue()).toBe('');
      expect(await identity().innerText()).toMatch(/Pasted.*Taken off around it: quotes, “Bearer”, white space/s);
      expect(await row('A').innerText()).toContain('pasted token');
      expect(await row('A').innerText()).toMatch(/Token expires in (1 h|59 min)/);
      expect(await page.getByRole('alert').count()).toBe(1);
      expect(await violations()).toEqual([]);

      const kept = await page.evaluate(() =>
        [
          document.documentElement.outerHTML,
          ...[...document.querySelectorAll('input, textarea')].map((each) => (each as HTMLInputElement).value),
          window.location.href,
          JSON.stringify(window.history.state),
          JSON.stringify({ ...window.localStorage }),
          JSON.stringify({ ...window.sessionStorage }),
          document.cookie,
        ].join('\n'),
      );
      const signature = token.split('.')[2] as string;
      expect(kept).not.toContain(signature);
      expect(posted.join('\n')).not.toContain(signature);
    } finally {
      await production.close();
    }
  });

  it('that is no JWT is refused with the reason, and can be sent all the same', async () => {
    await openPlayground();
    await page.getByRole('radio', { name: 'Paste my own' }).check();
    await page.getByLabel('Your token').fill('abc.def');
    await identity().getByText('This is no JWT. It has 2 parts').waitFor();
    expect(await button('Use it and connect').count()).toBe(0);
    await button('Connect with it all the same').click();
    await row('A').getByText('1008 TOKEN_MALFORMED', { exact: true }).waitFor();
  });

  it('that has expired is flagged, and cannot be renewed', async () => {
    const { token } = await service.mint({ user_id: 'teacher-1', defect: 'expired' });
    await openPlayground();
    await page.getByRole('radio', { name: 'Paste my own' }).check();
    await page.getByLabel('Your token').fill(token);
    await button('Use it only').click();
    await identity().getByText('Has passed.').waitFor();
    await row('A').getByLabel('Reconnect by itself').check();
    await button('Connect').click();
    await row('A').getByText('Does not connect again.').waitFor();
    expect(await row('A').innerText()).toContain('The token was pasted');
  });
});

describe('connections side by side', () => {
  it('show that what one teacher gets, the other does not', async () => {
    await openPlayground();
    await button('Two teachers').click();
    await connections().getByText('2 of 2 open').waitFor();
    await button('Publish to teacher-2').click();
    await row('B').getByText('1 frame').waitFor();
    expect(await row('A').innerText()).toContain('0 frames');
    await button('Publish to teacher-1').click();
    await row('A').getByText('1 frame').waitFor();
    expect(await row('B').innerText()).toContain('1 frame,');
    expect(await violations()).toEqual([]);
  });

  it('show that the sixth finds no place', async () => {
    await openPlayground();
    await page.getByLabel('User id').fill('crowded');
    await button('Six tabs').click();
    await row('F').getByText('4000 CONNECTION_LIMIT_EXCEEDED', { exact: true }).waitFor();
    await connections().getByText('5 of 5 places taken').waitFor();
    await button('Publish to crowded').click();
    for (const name of ['A', 'B', 'C', 'D', 'E']) await row(name).getByText('1 frame').waitFor();
    expect(await violations()).toEqual([]);
    await button('Remove ended').click();
    await eventually(async () => (await rows().count()) === 5, 'five rows');
    await button('Disconnect all').click();
    await connections().getByText('0 of 5 open').waitFor();
    await button('Remove ended').click();
    await connections().getByText('not connected').first().waitFor();
    expect(await rows().count()).toBe(1);
  });

  it('are added by minting, each with its token; an older one is marked', async () => {
    await openPlayground();
    await button('Mint and connect').click();
    await button('Disconnect', row('A')).waitFor();
    await button('Mint and connect').click();
    await button('Disconnect', row('B')).waitFor();
    expect(await row('A').innerText()).toContain('older token');
    expect(await row('B').innerText()).not.toContain('older token');
  });

  it('send what a client may send, and what it may not', async () => {
    await openPlayground();
    await button('Mint and connect').click();
    await button('More', row('A')).click();
    await button('Send', row('A')).click();
    await row('A').getByText('1 sent, 15 B').waitFor();
    await row('A').getByLabel('As a binary frame').check();
    await button('Send', row('A')).click();
    await row('A').getByText('1003 BINARY_NOT_SUPPORTED', { exact: true }).waitFor();
    expect(await violations()).toEqual([]);
  });

  it('show their life up to the expiry of the token that ends it', async () => {
    await openPlayground();
    await page.getByLabel('Token lives').selectOption('5 seconds');
    await button('Mint and connect').click();
    await row('A')
      .getByText(/Token expires in \d s/)
      .waitFor();
    await row('A')
      .getByText(/Token expired at .*, which ended it/)
      .waitFor();
  });

  it('come back after a restart of the service, with their waits in sight', async () => {
    let running = await startService({}, { siteDirectory });
    try {
      await openPlayground(running);
      await button('Mint and connect').click();
      await button('Disconnect').waitFor();
      await row('A').getByLabel('Reconnect by itself').check();
      await running.close();
      const strip = row('A').getByRole('group', { name: 'Reconnecting' });
      await strip.getByText(/Connects in [\d.]+ s/).waitFor();
      await strip.getByText('After 1006 it drew').waitFor();
      const chart = strip.getByRole('img', { name: /Waits, oldest first: after 1001: .*; after 1006/ });
      await chart.waitFor();
      expect(await violations()).toEqual([]);
      running = await startService({ WEBSOCKET_PORT: new URL(running.url).port }, { siteDirectory });
      const now = button('Connect now', row('A'));
      if (await now.isVisible()) await now.click();
      await strip.getByText('Came back after').waitFor();
      await button('Disconnect', row('A')).waitFor();
    } finally {
      await running.close();
    }
  });

  it('can be used by keyboard alone', async () => {
    await openPlayground();
    await button('Two teachers').focus();
    await page.keyboard.press('Enter');
    await connections().getByText('2 of 2 open').waitFor();
    await button('Disconnect', row('A')).focus();
    await page.keyboard.press('Enter');
    await button('Reconnect', row('A')).waitFor();
    await page.keyboard.press('Enter');
    await button('Disconnect', row('A')).waitFor();
    await row('A').getByLabel('Reconnect by itself').focus();
    await page.keyboard.press('Space');
    expect(await row('A').getByLabel('Reconnect by itself').isChecked()).toBe(true);
  });

  it('fit on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await openPlayground();
    await button('Six tabs').click();
    await row('F').getByText('4000 CONNECTION_LIMIT_EXCEEDED', { exact: true }).waitFor();
    await button('More', row('A')).click();
    await row('A').getByLabel('Message to the service').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await violations()).toEqual([]);
  });
});
