import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { notificationEvents } from '../../service/contract/notifications.ts';
import { violationsOf } from '../support/axe.ts';
import { siteDirectory } from '../support/built-site.ts';
import { connect, type TestClient } from '../support/client.ts';
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
let client: TestClient;
beforeEach(async () => {
  ({ page } = own);
  const { token } = await service.mint({ user_id: 'teacher-1' });
  client = await connect(`${service.wsUrl}?token=${token}`);
  await open();
});
afterEach(async () => {
  await client?.close();
});

async function open() {
  await page.goto(`${service.url}/playground/`);
  await page.getByText('Running', { exact: true }).waitFor();
}

const button = (name: string, scope: Page | Locator = page) => scope.getByRole('button', { name, exact: true });
const panel = () => page.getByRole('region', { name: 'Publish, as a backend service does' });
const message = () => panel().getByLabel('Message, sent exactly as written');
const view = (name: 'Editor' | 'Form') => panel().getByText(name, { exact: true }).click();
const choose = (event: string) => panel().getByLabel('Notification', { exact: true }).selectOption(event);
const received = async (count: number) => (await client.messages(count)).map(String);

/** The text in the code editor, once that has taken the place of the text area. */
async function editor() {
  await message().focus();
  await panel().locator('.cm-content').waitFor();
  return panel().locator('.cm-content');
}

describe('the form', () => {
  it('changes the text where it is edited and nowhere else, and that arrives byte for byte', async () => {
    await choose('pipeline_completed');
    const before = await message().inputValue();
    await view('Form');
    await panel().getByLabel('priority', { exact: true }).selectOption('immediate');
    await panel().getByRole('switch', { name: 'action_required' }).check();
    await panel().getByLabel('failed_essays').fill('3');
    await panel().getByLabel('deadline is null').uncheck();
    await button('Add to completed_phases').click();
    await panel()
      .getByLabel(`completed_phases[${JSON.parse(before).data.completed_phases.length}]`, { exact: true })
      .fill('Å "quoted"');
    await button('Remove completed_phases[0]').click();
    expect(await violationsOf(page)).toEqual([]);
    await view('Editor');
    const after = await message().inputValue();
    const [was, is] = [JSON.parse(before), JSON.parse(after)];
    expect(is).toEqual({
      event: 'pipeline_completed',
      data: {
        ...was.data,
        priority: 'immediate',
        action_required: true,
        failed_essays: 3,
        deadline: expect.stringMatching(/^\d{4}-.*Z$/),
        completed_phases: [...was.data.completed_phases.slice(1), 'Å "quoted"'],
      },
    });
    expect(after).toBe(JSON.stringify(is, null, 2));
    await button('Publish').click();
    expect(await received(1)).toEqual([after]);
  });

  it.each(notificationEvents)('shows every field of %s', async (event) => {
    await choose(event);
    const { data } = JSON.parse(await message().inputValue());
    await view('Form');
    await panel().locator('.form').waitFor();
    const labels = await panel()
      .locator('.form > .field > .head > label:first-child, .form > fieldset > legend')
      .allInnerTexts();
    expect(labels.sort()).toEqual(Object.keys(data).sort());
  });

  it('marks a field that deviates, beside it, and says what it cannot show', async () => {
    await choose('class_created');
    await message().fill((await message().inputValue()).replace('"9B"', '17').replace('"message"', '"massage"'));
    await view('Form');
    await panel().getByText('Expected string, found 17.').first().waitFor();
    await panel().getByText('“message” is missing: string.').first().waitFor();
    expect(await panel().innerText()).toContain('massage');
    await button('Replace class_designation with ""').click();
    await button('Add message').click();
    await panel().getByText('Expected string, found 17.').waitFor({ state: 'detached' });
    expect(await button('Publish').count()).toBe(1);
    await view('Editor');
    const area = await editor();
    await area.fill('{"event": ');
    await view('Form');
    await panel().getByText('The form cannot show this text.').waitFor();
    await button('Show it in the editor').click();
    await panel().locator('.cm-content, textarea').waitFor();
  });
});

describe('the editor', () => {
  it('completes names and values from the schema by keyboard, and Tab leaves it', async () => {
    await choose('pipeline_completed');
    const area = await editor();
    await area.fill('');
    await page.keyboard.type('{');
    await page.keyboard.press('Control+Space');
    const completions = page.getByRole('listbox', { name: 'Completions' }).getByRole('option');
    await completions.first().waitFor();
    // As fast as a person: a key right after the list came up is taken to be meant for the text.
    await page.keyboard.type('ev', { delay: 100 });
    await eventually(async () => (await completions.count()) === 1, 'the list follows what is typed');
    // Nobody reads a list and takes from it within the same tenth of a second; the editor counts on that.
    await page.keyboard.press('Shift', { delay: 150 });
    await page.keyboard.press('Enter');
    expect((await area.innerText()).replaceAll('\n', '')).toBe('{"event": }');
    await page.keyboard.press('Control+Space');
    await completions.filter({ hasText: 'class_created' }).waitFor();
    expect(await completions.count()).toBe(16);
    await page.keyboard.press('Escape');
    await completions.first().waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    expect(await area.evaluate((element) => element.contains(document.activeElement))).toBe(false);
  });

  it('underlines what deviates, with the reason and a link, and sends it when told to', async () => {
    await choose('class_created');
    const area = await editor();
    const text = '{"event":"class_created","data":{"priority":"high","message":"Å"}}';
    await area.fill(text);
    await panel().locator('.cm-lintRange-warning', { hasText: '"high"' }).waitFor();
    await panel().getByText('deviations from the schema of class_created').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await panel().locator('.cm-lintRange-warning', { hasText: '"high"' }).hover();
    const link = page.getByRole('link', { name: 'Reference: priority' });
    await link.first().waitFor();
    expect(await link.first().getAttribute('href')).toBe('/reference/notifications/class_created/#priority');
    expect(client.received).toHaveLength(0);
    await button('Publish it all the same').click();
    expect(await received(1)).toEqual([text]);
  });

  it('publishes at Ctrl Enter, and takes back what was typed', async () => {
    const area = await editor();
    await page.keyboard.press('Control+Enter');
    await received(1);
    const before = await area.innerText();
    await page.keyboard.type('xyz');
    expect(await area.innerText()).not.toBe(before);
    await page.keyboard.press('Control+z');
    expect(await area.innerText()).toBe(before);
  });
});

describe('many messages', () => {
  it('arrive whole, at the rate that was asked for', async () => {
    await button('Several').click();
    await panel().getByLabel('Messages', { exact: true }).fill('200');
    await panel().getByLabel('A second; empty: as fast as possible').fill('200');
    await button('Publish them').click();
    await panel().getByText('All sent.').waitFor();
    // Never faster than asked; how close it comes is a matter of the machine.
    const [, achieved] = /200 of 200 accepted · ([\d.]+) a second/.exec(await panel().innerText()) ?? [];
    expect(Number(achieved)).toBeGreaterThan(10);
    expect(Number(achieved)).toBeLessThanOrEqual(202);
    const frames = (await received(200)).map((text) => JSON.parse(text).data);
    expect(new Set(frames.map(({ correlation_id }) => correlation_id)).size).toBe(200);
    const numbers = frames.map(({ message: text }) => Number(/\((\d+) of 200\)$/.exec(text)?.[1]));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(await violationsOf(page)).toEqual([]);
  });

  it('stop when they are told to', async () => {
    await button('Several').click();
    await panel().getByLabel('Messages', { exact: true }).fill('10000');
    await button('Publish them').click();
    await received(3);
    await button('Stop').click();
    await panel().getByText('Stopped.').waitFor();
  });

  it('are one of each type at one click, in the order of the catalogue', async () => {
    await button('All 16 types').click();
    await panel().getByText('16 of 16 accepted').waitFor();
    expect((await received(16)).map((text) => JSON.parse(text).event)).toEqual(notificationEvents);
  });
});

describe('saved messages', () => {
  it('survive a reload, with the text as it was written; a deleted one comes back', async () => {
    const text = '{"event":"class_created",\t"data":{}}';
    await choose('class_created');
    await (await editor()).fill(text);
    await button('Saved messages').click();
    await panel().getByLabel('Name of the message').fill('Mine');
    await button('Save this message').click();
    await panel().getByText('Saved as “Mine”.').waitFor();
    await open();
    await button('Saved messages').click();
    expect(await violationsOf(page)).toEqual([]);
    await button('Delete Mine').click();
    await button('Undo').click();
    await panel()
      .getByRole('button', { name: /^Load Mine/ })
      .click();
    expect(await message().inputValue()).toBe(text);
    expect(await panel().getByLabel('Notification', { exact: true }).inputValue()).toBe('class_created');
    await button('Rename Mine').click();
    await panel().getByLabel('New name of Mine').fill('Other');
    await page.keyboard.press('Enter');
    await panel()
      .getByRole('button', { name: /^Load Other/ })
      .waitFor();
  });

  it('that are broken are left out, and the page says so', async () => {
    await page.evaluate(() => localStorage.setItem('huleedu-realtime.saved-messages', '[{"name":1}]'));
    await open();
    await button('Saved messages').click();
    await panel().getByText('One saved message was broken, and left out.').waitFor();
  });
});

describe('a frame in the timeline', () => {
  const log = () => page.getByRole('group', { name: 'Details of the entry' });

  async function receive(text: string) {
    await button('Mint and connect').click();
    await button('Disconnect').waitFor();
    await service.publish('teacher-1', text);
    await log().locator('pre a').first().waitFor();
  }

  it('leads from each name to its reference entry, shown at hover and at focus, gone at Escape', async () => {
    await receive('{"event":"class_created","data":{"priority":"high","course_codes":["a"],"own":1}}');
    const link = log().getByRole('link', { name: '"priority"' });
    expect(await link.getAttribute('href')).toBe('/reference/notifications/class_created/#priority');
    expect(await log().getByRole('link', { name: '"own"' }).count()).toBe(0);
    await link.hover();
    const note = page.getByRole('tooltip');
    await note.getByText('How soon a teacher should see it').waitFor();
    await page.keyboard.press('Escape');
    await note.waitFor({ state: 'detached' });
    await page.mouse.move(0, 0);
    await log().getByRole('button', { name: 'Close the details' }).focus();
    await page.keyboard.press('Tab');
    await note.getByText('The name of the notification type').or(note.getByText('A class was created')).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await note.getByText('The fields of class_created').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('shows a deviation at its field, and stays the message when it is copied', async () => {
    const text = '{"event":"class_created","data":{"priority":"high","message":"<img src=x onerror=alert(1)>"}}';
    await receive(text);
    await log().getByText('deviations from the schema of class_created').waitFor();
    const value = log().locator('.deviates', { hasText: '"high"' });
    expect(await log().locator('.deviates', { hasText: '"data"' }).getAttribute('data-deviation')).toMatch(
      /^Missing: .*batch_id, /,
    );
    expect(await value.getAttribute('data-deviation')).toBe('Expected "standard", found "high".');
    expect(JSON.parse(await log().locator('pre code').innerText())).toEqual(JSON.parse(text));
    expect(await page.locator('img[src=x]').count()).toBe(0);
  });

  it('of 40,000 characters is there soon', async () => {
    const codes = Array.from({ length: 3000 }, (_, index) => `course-${index}`);
    await button('Mint and connect').click();
    await button('Disconnect').waitFor();
    const started = performance.now();
    await service.publish('teacher-1', JSON.stringify({ event: 'class_created', data: { course_codes: codes } }));
    await log().locator('pre a').first().waitFor();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('on a phone', () => {
  it('everything fits, and nothing scrolls sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await choose('batch_results_ready');
    await editor();
    for (const name of ['Several', 'Saved messages']) await button(name).click();
    await view('Form');
    await panel().locator('.form').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await violationsOf(page)).toEqual([]);
  });
});
