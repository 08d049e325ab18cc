import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchRanking } from '../../docs/components/frame/search-ranking.ts';
import { siteDirectory } from '../support/built-site.ts';
import { launchChromium } from '../support/chromium.ts';
import { startService, type TestService } from '../support/service.ts';

let browser: Browser;
let service: TestService;
let page: Page;
beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startService({}, { siteDirectory })]);
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
});

/** What someone looks for, and the place that must come first. */
const wanted: readonly [query: string, place: string][] = [
  // A notification by its name, and by words of it.
  ['batch_results_ready', '/reference/notifications/batch_results_ready/'],
  ['class_created', '/reference/notifications/class_created/'],
  ['pipeline denied rate limit', '/reference/notifications/pipeline_denied_rate_limit/'],
  // A field of one type.
  ['course_codes', '/reference/notifications/class_created/#fields'],
  ['timeout_hours', '/reference/notifications/validation_timeout_processed/#fields'],
  // A field of every type.
  ['batch_id', '/protocol/messages/#fields-of-every-notification'],
  ['correlation_id', '/protocol/messages/#fields-of-every-notification'],
  // A close code by its number.
  ['4000', '/reference/close-codes/4000/'],
  ['1013', '/reference/close-codes/1013/'],
  // An error code of a connection, and one of HTTP.
  ['TOKEN_EXPIRED', '/reference/close-codes/1008/#token_expired'],
  ['SLOW_CONSUMER', '/reference/close-codes/1013/#slow_consumer'],
  ['CALLER_NOT_ALLOWED', '/reference/http-errors/#caller_not_allowed'],
  // A variable, and a metric.
  ['WEBSOCKET_IDLE_TIMEOUT', '/reference/configuration/#websocket_idle_timeout'],
  ['ENVIRONMENT', '/reference/configuration/#environment'],
  ['REDIS_URL', '/reference/configuration/#redis_url'],
  ['CORS_ORIGINS', '/reference/configuration/#cors_origins'],
  ['jwt_validation_total', '/reference/metrics/#jwt_validation_total'],
];

interface Hit {
  readonly url: string;
  readonly sub_results: readonly {
    readonly url: string;
    readonly weighted_locations: readonly { readonly weight: number }[];
  }[];
}

/** The best place of the first result, as Pagefind's index gives it with the ranking of the site. */
async function firstPlace(query: string): Promise<string | undefined> {
  // A text, because a function would come with what the test runner makes of its import.
  const hit: Hit = await page.evaluate(`(async () => {
    const pagefind = await import('/pagefind/pagefind.js');
    await pagefind.options({ ranking: ${JSON.stringify(searchRanking)} });
    const { results } = await pagefind.search(${JSON.stringify(query)});
    return results[0].data();
  })()`);
  const weightOf = (part: Hit['sub_results'][number]) =>
    Math.max(0, ...part.weighted_locations.map(({ weight }) => weight));
  const best = hit.sub_results.reduce((most, part) => (weightOf(part) > weightOf(most) ? part : most));
  // The top of a page is the page.
  return best.url.replace(/#_top$/, '');
}

describe('the index of the built site', () => {
  it.each(wanted)('leads from %s to its place first', async (query, place) => {
    await page.goto(`${service.url}/reference/`);
    expect(await firstPlace(query)).toBe(place);
  });

  it.each(wanted)('and so does the dialog, from %s', async (query, place) => {
    await page.goto(`${service.url}/reference/`);
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox', { name: 'Search the documentation' }).fill(query);
    await page.locator('.search-results[aria-busy="false"] a').first().waitFor();
    const first = await page.locator('.search-results a').first().getAttribute('href');
    // The top of a page is the page. Straight to the row of a field; the index knows its section alone.
    expect(first?.replace(/#_top$/, '')).toBe(
      /^[a-z_]+$/.test(query) ? place.replace(/#field.*$/, `#${query}`) : place,
    );
  });
});

describe('the search', () => {
  it('opens with Ctrl+K, finds an error code, and leads straight to its part of a page by the keyboard alone', async () => {
    await page.goto(`${service.url}/start/what-this-is/`);
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.type('TOKEN_EXPIRED');
    // What was typed half-way is searched for as well; the list is at rest when the whole word has been.
    await page.locator('.search-results[aria-busy="false"]').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/reference/close-codes/1008/#token_expired');
  });

  it('leads with Enter to what was typed, however fast', async () => {
    for (const [query, place] of [
      ['REDIS_URL', '/reference/configuration/#redis_url'],
      ['token expired', '/reference/close-codes/1008/#token_expired'],
    ] as const) {
      await page.goto(service.url);
      await page.keyboard.press('Control+k');
      const box = page.getByRole('searchbox');
      await box.waitFor();
      // Results of other words are there when the next ones are typed.
      await box.fill('4000');
      await page.locator('.search-results[aria-busy="false"] a').first().waitFor();
      await box.selectText();
      await page.keyboard.type(query);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**${place}`);
    }
  });

  it('lists a place once', async () => {
    await page.goto(service.url);
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox').fill('REDIS_URL');
    await page.locator('.search-results[aria-busy="false"] a').first().waitFor();
    const links = await page
      .locator('.search-results a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links.length).toBeGreaterThan(2);
    expect(new Set(links).size).toBe(links.length);
  });

  it('says so when nothing is found, and closes with Escape', async () => {
    await page.goto(service.url);
    await page.getByRole('button', { name: /Search/ }).click();
    // Nothing holds the second, but Pagefind finds what begins with its first letter.
    for (const nonsense of ['zxqvw', 'xyzzyqq']) {
      await page.getByRole('searchbox').fill(nonsense);
      await page.getByText(`Nothing found for “${nonsense}”.`).waitFor();
    }
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('loads nothing of itself before it is opened', async () => {
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await page.goto(`${service.url}/migrate/`, { waitUntil: 'networkidle' });
    expect(requested.filter((path) => /pagefind|search-dialog/.test(path))).toEqual([]);
  });
});
