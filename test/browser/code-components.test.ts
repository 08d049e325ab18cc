import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import vue from '@vitejs/plugin-vue';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generate } from '../../playground/code/generate.ts';
import { type LanguageId, languageOf } from '../../playground/code/languages.ts';
import type { Situation } from '../../playground/code/situation.ts';
import { endpoints } from '../../service/contract/endpoints.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { startService, type TestService } from '../support/service.ts';
import { hostileText, oneUser } from '../support/situations.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const frameworks = ['react', 'vue', 'svelte'] as const;

const kinds = {
  one: {},
  many: {
    events: [hostileText, 'batch_results_ready'],
    reconnects: false,
    users: [
      { userId: 'teacher-1', connections: 2 },
      { userId: hostileText, connections: 1 },
    ],
  },
} satisfies Record<string, Partial<Situation>>;

let site: string;
let service: TestService;
let browser: Browser;

/** Writes an application for each component as a reader would, and builds them all with Vite. */
async function buildApplications(): Promise<void> {
  const pages: string[] = [];
  for (const framework of frameworks)
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
      const folder = join(site, 'src', `${framework}-${kind}`);
      mkdirSync(folder, { recursive: true });
      const { fileName } = languageOf(framework);
      writeFileSync(join(folder, fileName), codeOf(framework, kinds[kind]));
      copyFileSync(`${root}service/contract/notifications.ts`, join(folder, 'notifications.ts'));
      writeFileSync(join(folder, 'main.js'), mainOf(framework));
      writeFileSync(
        join(folder, 'index.html'),
        `<!doctype html><title>App</title><div id="app"></div><script type="module" src="./main.js"></script>`,
      );
      pages.push(join(folder, 'index.html'));
    }
  await build({
    root: join(site, 'src'),
    configFile: false,
    logLevel: 'error',
    plugins: [vue(), svelte({ configFile: false })],
    build: { outDir: join(site, 'out'), minify: false, rolldownOptions: { input: pages } },
  });
}

/** What starts an application: `window.unmount` takes its component away. */
const mainOf = (framework: (typeof frameworks)[number]) => `
import { mount } from '${root}test/support/mounts/${framework}.ts';
import Notifications from './${languageOf(framework).fileName}';
window.unmount = mount(Notifications, document.querySelector('#app'));`;

const codeOf = (id: LanguageId, more: Partial<Situation> = {}) =>
  generate(languageOf(id), { ...oneUser, service: service.url, ...more });

beforeAll(async () => {
  // In the repository, where the applications find the packages.
  mkdirSync(`${root}node_modules/.cache`, { recursive: true });
  site = mkdtempSync(`${root}node_modules/.cache/code-`);
  mkdirSync(join(site, 'out'));
  service = await startService({}, { siteDirectory: join(site, 'out') });
  await buildApplications();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
  rmSync(site, { recursive: true, force: true });
});

let context: BrowserContext;
let page: Page;
let faults: string[];
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
});
afterEach(async () => {
  await context?.close();
  expect(faults).toEqual([]);
});

const openConnections = async () => {
  const answer = await fetch(service.url + endpoints.healthWebsocket);
  return ((await answer.json()) as { total_connections: number }).total_connections;
};
const example = notificationExamples.batch_results_ready;
const publish = (userId: string, event: string, data: object) =>
  service.publish(userId, JSON.stringify({ event, data }));

/** The service mints wrong tokens for the page from now on. */
const refuseTokens = () =>
  page.route(`**${endpoints.devTokens}`, (route) =>
    route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), defect: 'wrong_signature' }) }),
  );

describe.each(frameworks)('the component for %s', (framework) => {
  it('shows the notifications of interest that arrive, and closes its connection when it goes', async () => {
    await page.goto(`${service.url}/${framework}-one/`);
    await page.getByText('open', { exact: true }).waitFor();
    expect(await openConnections()).toBe(1);
    await service.publish('teacher-1', 'no JSON');
    await publish('teacher-1', 'announced_in_the_future', {});
    await publish('teacher-1', 'batch_results_ready', example);
    await publish('teacher-1', 'batch_results_ready', { ...example, message: 'A second time' });
    await page.getByText('A second time').waitFor();
    expect(await page.getByRole('listitem').allInnerTexts()).toEqual([
      `batch_results_ready: ${example.message}`,
      'batch_results_ready: A second time',
    ]);
    await page.evaluate('window.unmount()');
    await eventually(async () => (await openConnections()) === 0, 'its connection is closed');
  });

  it('says the cause of a refusal, after one more token at most', async () => {
    await refuseTokens();
    let minted = 0;
    page.on('request', (request) => {
      if (request.url().endsWith(endpoints.devTokens)) minted += 1;
    });
    await page.goto(`${service.url}/${framework}-one/`);
    await page.getByText(/closed: (TOKEN_SIGNATURE_INVALID|this token was refused, and there is no other)/).waitFor();
    await eventually(async () => (await openConnections()) === 0, 'no connection is left');
    // React in its strict mode mounts twice.
    expect(minted).toBeLessThanOrEqual(framework === 'react' ? 3 : 2);
  });

  it('shows each of several connections with what is its own, hostile strings too', async () => {
    await page.goto(`${service.url}/${framework}-many/`);
    await eventually(async () => (await page.getByText('open', { exact: true }).count()) === 3, 'all are open');
    await publish('teacher-1', 'batch_results_ready', example);
    await publish(hostileText, hostileText, { message: 'Arrived' });
    await eventually(async () => (await page.getByRole('listitem').count()) === 3, 'each has its own');
    const texts = await page
      .getByRole('list')
      .evaluateAll((lists) => lists.map(({ textContent }) => textContent?.trim()));
    const results = `batch_results_ready: ${example.message}`;
    expect(texts).toEqual([results, results, `${hostileText}: Arrived`]);
    await page.evaluate('window.unmount()');
    await eventually(async () => (await openConnections()) === 0, 'all connections are closed');
  });
});

describe('the code for a page', () => {
  /** Runs a script in a page of the service's origin. @returns What it has printed. */
  async function runInPage(code: string): Promise<string[]> {
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    const body = `<!doctype html><meta charset="utf-8"><script type="module">${code}</script>`;
    // A page that the service has not sent would be kept from an address of this machine.
    writeFileSync(join(site, 'out', 'program.html'), body);
    await page.goto(`${service.url}/program.html`);
    return lines;
  }
  const has = (lines: string[], text: string) =>
    eventually(() => lines.some((line) => line.includes(text)), text).catch((error) => {
      throw new Error(`${error.message}\nIt printed: ${lines.join('\n')}`);
    });

  it('prints the notifications of interest, even where it stands in the page itself and its strings are hostile', async () => {
    const users = [{ userId: hostileText, connections: 1 }];
    const lines = await runInPage(codeOf('javascript', { users, events: [hostileText, 'batch_results_ready'] }));
    await has(lines, `${hostileText} open`);
    await publish(hostileText, 'announced_in_the_future', {});
    await publish(hostileText, hostileText, { message: 'Arrived' });
    await publish(hostileText, 'batch_results_ready', example);
    await has(lines, example.message);
    expect(lines.filter((line) => line.startsWith('notification'))).toEqual([
      `notification ${hostileText} ${hostileText} Arrived`,
      `notification ${hostileText} batch_results_ready ${example.message}`,
    ]);
  });

  it('prints the cause of a refusal', async () => {
    await refuseTokens();
    const lines = await runInPage(codeOf('javascript', { reconnects: false }));
    await has(lines, 'status teacher-1 refused: TOKEN_SIGNATURE_INVALID');
  });
});
