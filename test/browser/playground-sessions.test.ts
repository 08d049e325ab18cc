import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keptSessionKey } from '../../playground/sessions/kept-state.ts';
import { violationsOf } from '../support/axe.ts';
import { siteDirectory } from '../support/built-site.ts';
import { launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { fakeToken } from '../support/fake-token.ts';
import { startService, type TestService } from '../support/service.ts';
import { timelineRows } from '../support/timeline.ts';

const example = readFileSync('test/fixtures/two-teachers.session.json', 'utf8');

let browser: Browser;
let service: TestService;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playground-sessions-'));
  browser = await launchChromium();
  service = await startService({}, { siteDirectory });
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
  rmSync(folder, { recursive: true });
});

let context: BrowserContext;
let page: Page;
let faults: string[];
beforeEach(async () => {
  context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  faults = [];
  page = await openTab();
});
afterEach(async () => {
  await context?.close();
  expect(faults).toEqual([]);
});

/** A tab on the playground, at its tool “Sessions”. */
async function openTab(hash = ''): Promise<Page> {
  const tab = await context.newPage();
  tab.setDefaultTimeout(15_000);
  tab.on('pageerror', (error) => faults.push(String(error)));
  await tab.goto(`${service.url}/playground/?tool=sessions${hash}`);
  await tab.getByText('Running', { exact: true }).waitFor();
  await panel('Save and share', tab).waitFor();
  return tab;
}

const button = (name: string | RegExp, tab = page) => tab.getByRole('button', { name, exact: true });
const panel = (name: string, tab = page) => tab.getByRole('region', { name, exact: true });
const rows = (tab = page) => timelineRows(tab);
const openTool = (name: string, tab = page) => tab.getByRole('tab', { name, exact: true }).click();

/** A user id of the test's own: the service is shared. */
let users = 0;
async function connectAndPublish(tab = page): Promise<string> {
  users += 1;
  const user = `teacher-of-tab-${users}`;
  await openTool('Workbench', tab);
  await tab.getByLabel('User id').first().fill(user);
  await button('Mint and connect', tab).click();
  await button('Disconnect', tab).waitFor();
  await button('Publish', tab).click();
  await rows(tab).filter({ hasText: 'received batch_results_ready' }).waitFor();
  await openTool('Sessions', tab);
  return user;
}

/** What a button hands to the browser to save. */
async function saved(name: string): Promise<{ readonly name: string; readonly text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button(name).click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

async function open(name: string, content: string | Buffer): Promise<void> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button(/^Open (a|another) file…$/).click()]);
  await chooser.setFiles(path);
}

const violations = () => violationsOf(page);

describe('a reload', () => {
  it('keeps what is filled in and what happened; one click connects again, and nothing does so by itself', async () => {
    const user = await connectAndPublish();
    await page.reload();
    const offer = page.getByRole('status').filter({ hasText: 'Before the reload there was one connection' });
    expect(await offer.innerText()).toContain(`A (${user})`);
    await rows().filter({ hasText: 'The page was reloaded' }).waitFor();
    expect(await rows().filter({ hasText: 'received batch_results_ready' }).count()).toBe(1);
    expect(await rows().last().innerText()).toContain('The page was reloaded');
    await openTool('Workbench');
    expect(await page.getByLabel('User id').first().inputValue()).toBe(user);
    await button('Connect it').click();
    await button('Disconnect').waitFor();
    await offer.waitFor({ state: 'detached' });
  });

  it('brings nothing back that was cleared', async () => {
    const user = await connectAndPublish();
    await button('Clear…').click();
    await button('Clear everything').click();
    await page.getByText('Cleared. Nothing of it is kept.').waitFor();
    await page.reload();
    await panel('Save and share').waitFor();
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(user);
    expect(await rows().filter({ hasText: 'received' }).count()).toBe(0);
  });

  it('keeps no token', async () => {
    await connectAndPublish();
    await page.reload();
    await panel('Save and share').waitFor();
    const kept = await page.evaluate((key) => sessionStorage.getItem(key), keptSessionKey);
    expect(kept).toContain('huleedu-realtime-session');
    expect(kept).not.toContain('eyJ');
  });
});

describe('a link', () => {
  it('sets another tab up as this one is, after it has asked', async () => {
    const user = await connectAndPublish();
    await button('Copy a link').click();
    await page.getByText('The link is copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/\/playground\/#s=[\w-]+$/);
    const other = await openTab(new URL(link).hash);
    const shown = panel('A session from a link', other);
    expect(await shown.innerText()).toContain(user);
    await openTool('Workbench', other);
    expect(await other.getByLabel('User id').first().inputValue()).toBe('teacher-1');
    await button('Set up', other).click();
    await shown.waitFor({ state: 'detached' });
    expect(await other.getByLabel('User id').first().inputValue()).toBe(user);
    expect(new URL(other.url()).hash).toBe('');
    await button('Connect it', other).click();
    await button('Disconnect', other).waitFor();
  });

  it('that is broken says so and changes nothing', async () => {
    const other = await openTab('#s=eJxbroken');
    await other.getByRole('alert').filter({ hasText: 'The link is broken' }).waitFor();
    await button('Close', other).click();
    expect(new URL(other.url()).hash).toBe('');
    expect(await rows(other).filter({ hasText: 'Connecting' }).count()).toBe(0);
  });

  it('that would be too long is not made; it says what to do', async () => {
    const { setup, ...rest } = JSON.parse(example);
    const noise = Array.from({ length: 4000 }, () => Math.random().toString(36).slice(2)).join(' ');
    const publisher = { event: 'class_created', text: noise };
    await open('noise.json', JSON.stringify({ ...rest, setup: { ...setup, publisher } }));
    await button('Set up').click();
    await button('Copy a link').click();
    await page.getByText(/The link would be \d+ characters long.+Save a file instead/).waitFor();
  });
});

describe('a file', () => {
  it('that was saved here is opened and replayed: all as recorded', async () => {
    const user = await connectAndPublish();
    const file = await saved('Save as a file');
    expect(file.name).toMatch(/^huleedu-session-[\d-]+\.json$/);
    expect(file.text).not.toContain('eyJ');
    await openTool('Workbench');
    await button('Disconnect').click();
    await openTool('Sessions');
    await open(file.name, file.text);
    const opened = panel('Open and replay');
    await opened.getByText(file.name).waitFor();
    expect(await opened.innerText()).toContain(user);
    await page.getByLabel('Pace').selectOption('without pauses');
    await button('Replay').click();
    await opened.getByText(/As recorded: 3 steps, 2 of 2 observations/).waitFor();
    await rows().filter({ hasText: 'Replay: A receives batch_results_ready' }).waitFor();
    expect(await violations()).toEqual([]);
  });

  it('that was edited deviates, and shows where', async () => {
    await open('edited.json', example.replace('TOKEN_EXPIRED', 'TOKEN_MALFORMED'));
    await page.getByLabel('Pace').selectOption('10 times as fast');
    await button('Replay').click();
    await panel('Open and replay').getByText('1 deviation: 6 of 7 observations as recorded').waitFor();
    await panel('Open and replay')
      .getByText('C is closed with 1008 TOKEN_EXPIRED; recorded: 1008 TOKEN_MALFORMED')
      .waitFor();
    expect(await violations()).toEqual([]);
  });

  it('can be stopped while it is replayed', async () => {
    await open(
      'long.json',
      example.replace('"at_ms": 2103', '"at_ms": 60000').replace('"at_ms": 2100', '"at_ms": 60000'),
    );
    await button('Replay').click();
    await button('Stop').click();
    await panel('Open and replay')
      .getByText(/^Stopped after/)
      .waitFor();
  });

  it('that is dropped is opened as well', async () => {
    const data = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'dropped.json'));
      return transfer;
    }, example);
    await page.getByRole('group', { name: 'Open a session' }).dispatchEvent('drop', { dataTransfer: data });
    await page.getByText('dropped.json').waitFor();
    await button('Set up').click();
    await page.getByText('In this session there were 2 connections: A (teacher-1), B (teacher-2).').waitFor();
    await button('Connect all 2').click();
    await eventually(async () => (await rows().filter({ hasText: 'Open' }).count()) === 2, 'both are open');
  });

  it.each<[string, string | Buffer, string]>([
    ['cat.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]), 'It is a PNG image.'],
    ['collection.json', '{"info":{"name":"x"},"item":[]}', 'It is a Postman collection.'],
    ['empty.json', '', 'It is empty.'],
    ['cut.json', example.slice(0, 900), 'It is broken JSON'],
    ['newer.json', example.replace('"version": 1', '"version": 9'), 'a session of version 9'],
    ['fault.json', example.replace('"code": 1008', '"code": 8'), 'recording.events[13].code: expected a whole number'],
  ])('that is broken or foreign says what it is and changes nothing: %s', async (name, content, said) => {
    await open(name, content);
    const alert = page.getByRole('alert').filter({ hasText: `${name} cannot be opened` });
    expect(await alert.innerText()).toContain(said);
    expect(await alert.innerText()).toContain('Nothing was changed.');
    expect(
      await rows()
        .filter({ hasText: /Replay|Connecting/ })
        .count(),
    ).toBe(0);
    expect(await violations()).toEqual([]);
  });
});

it('exports the timeline as JSON lines and HAR without a token, also where a frame carried one', async () => {
  const user = await connectAndPublish();
  const token = fakeToken();
  await service.publish(
    user,
    JSON.stringify({ event: 'invited', data: { link: `https://a.example/?token=${token}` } }),
  );
  await rows().filter({ hasText: 'received invited' }).waitFor();
  const lines = await saved('Save JSON lines');
  await page.getByText('1 token was removed.').waitFor();
  const har = await saved('Save HAR');
  expect(
    lines.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind),
  ).toContain('frame');
  expect(JSON.parse(har.text).log.version).toBe('1.2');
  for (const { text } of [lines, har]) expect(text).not.toMatch(/eyJ[\w-]+\./);
  expect([lines.name, har.name].map((name) => name.split('.').at(-1))).toEqual(['jsonl', 'har']);
});
