import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloseEventShown, closeEventOf } from '../../docs/components/close-event.ts';
import { expectationOf, type ScenarioName, scenarioNames, scenarios } from '../../playground/scenarios.ts';
import { closeCodes, retryInWords } from '../../service/contract/close-codes.ts';
import { type ConnectionErrorCode, connectionErrors, retryAdvice } from '../../service/contract/error-codes.ts';
import { endingPage, trialPage } from '../../service/contract/reference-pages.ts';
import { startBrokenService } from '../support/broken-service.ts';
import { siteDirectory } from '../support/built-site.ts';
import { launchChromium } from '../support/chromium.ts';
import { closedPort } from '../support/closed-port.ts';
import { eventually } from '../support/eventually.ts';
import { startJwksServer } from '../support/jwks-server.ts';
import { frame, opcodes } from '../support/raw-client.ts';
import { startRedis } from '../support/redis-server.ts';
import { startService, type TestService } from '../support/service.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { timelineRows } from '../support/timeline.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let service: TestService;
let page: Page;
const faults: string[] = [];
beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startService({}, { siteDirectory })]);
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // What the tab kept of the last test is not to come back.
  await page.addInitScript(() => sessionStorage.clear());
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => faults.push(String(error)));
  // Beside what the page shows of an end, what Chromium told it.
  await page.addInitScript(() => {
    const seen: unknown[] = [];
    const NativeWebSocket = globalThis.WebSocket;
    globalThis.WebSocket = class extends NativeWebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        this.addEventListener('close', ({ code, reason, wasClean }) => seen.push({ code, reason, wasClean }));
      }
    };
    Object.assign(globalThis, { closeEvents: seen });
  });
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
  expect(faults).toEqual([]);
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const trialPanel = () => page.getByRole('region', { name: /^Try it/ });
const endCard = () => page.getByRole('group', { name: 'How the connection ended' });
const plain = (text: string) => text.replaceAll('`', '').replaceAll(/\s+/g, ' ');

async function open(url: string, name: string): Promise<void> {
  await page.goto(url + name);
  await trialPanel().waitFor();
}

/** What stands around the page while it watches. */
interface Stage {
  readonly url: string;
  /** Brings the end about once the page is connected; nothing where the handshake is refused. */
  readonly act?: () => unknown;
  close(): Promise<unknown>;
}

/** A service with the site, started as the scenario says but for what is changed. */
async function staged(name: ScenarioName, change: Record<string, string> = {}): Promise<TestService> {
  return startService({ ...scenarios[name].outside?.environment, ...change }, { siteDirectory });
}

/** The service behind a proxy that does something to the page's WebSocket. */
async function behindProxy(
  act: (proxy: TcpProxy) => unknown,
  { rewrite, at = service }: { rewrite?: (bytes: Buffer) => Buffer; at?: TestService } = {},
): Promise<Stage> {
  const proxy = await startTcpProxy(Number(new URL(at.url).port), rewrite);
  return { url: `http://127.0.0.1:${proxy.port}`, act: () => act(proxy), close: () => proxy.close() };
}

const isWebSocket = (sent: string) => sent.includes('GET /ws?');
const sending = (bytes: Buffer) => () => behindProxy((proxy) => proxy.inject(bytes, isWebSocket));

/** Turns the token of the address into a header, as no browser sends it. */
function tokenToHeader(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const changed = text.replace(/^GET \/ws\?token=(\S+) HTTP\/1\.1/, 'GET /ws HTTP/1.1\r\nAuthorization: Bearer $1');
  return Buffer.from(changed, 'latin1');
}

/** How that is really brought about what no page can do. */
const stages: Partial<Record<ScenarioName, () => Promise<Stage>>> = {
  async TOKEN_IN_HEADER() {
    const { url, close } = await behindProxy(() => {}, { rewrite: tokenToHeader });
    return { url, close };
  },
  FRAME_INVALID: sending(Buffer.from([0x81, 0x01, 0x78])), // Not masked.
  TEXT_NOT_UTF8: sending(frame(opcodes.text, Buffer.from([0xc3, 0x28]))),
  MESSAGE_TOO_FRAGMENTED: sending(
    Buffer.concat(
      Array.from({ length: 1100 }, (_, n) => frame(n === 0 ? opcodes.text : opcodes.continuation, 'x', { fin: false })),
    ),
  ),
  async PEER_UNRESPONSIVE() {
    const at = await staged('PEER_UNRESPONSIVE');
    const stage = await behindProxy((proxy) => proxy.deafen(isWebSocket), { at });
    return { ...stage, close: () => Promise.all([stage.close(), at.close()]) };
  },
  async SLOW_CONSUMER() {
    const at = await staged('SLOW_CONSUMER', { WEBSOCKET_SEND_BUFFER_LIMIT: '1024' });
    const stage = await behindProxy(
      async (proxy) => {
        const flow = proxy.dam();
        const failed = () => at.log.some(({ error_type }) => error_type === 'slow_consumer');
        await eventually(async () => {
          if (!failed()) await at.publish('teacher-1', 'x'.repeat(512 * 1024));
          return failed();
        }, 'the send buffer is over its limit');
        flow();
      },
      { at },
    );
    return { ...stage, close: () => Promise.all([stage.close(), at.close()]) };
  },
  async TOKEN_KEY_UNKNOWN() {
    const jwks = await startJwksServer([]);
    const { url, close } = await staged('TOKEN_KEY_UNKNOWN', { JWT_JWKS_URL: jwks.url });
    return { url, close: () => Promise.all([close(), jwks.close()]) };
  },
  async KEYS_UNAVAILABLE() {
    const { url, close } = await staged('KEYS_UNAVAILABLE', {
      JWT_JWKS_URL: `http://127.0.0.1:${await closedPort()}/`,
    });
    return { url, close };
  },
  async BROKER_UNAVAILABLE() {
    const redis = await startRedis();
    const at = await staged('BROKER_UNAVAILABLE', { REDIS_URL: redis.url, REDIS_CONNECT_TIMEOUT: '0.3' });
    await redis.kill();
    return { url: at.url, close: () => Promise.all([at.close(), redis.close()]) };
  },
  async SERVER_SHUTDOWN() {
    const { url, app, close } = await staged('SERVER_SHUTDOWN');
    return { url, act: () => void app.close(), close };
  },
  INTERNAL_ERROR: () => startBrokenService(service.url),
};

/** Does what the panel says, until the page shows an end. */
async function runTrial(name: ScenarioName): Promise<void> {
  if (scenarios[name].act.kind !== 'watch') {
    await open(service.url, trialPage(name));
    await button('Run it').click();
    await trialPanel().getByRole('status').getByText('s expected.').waitFor();
    return;
  }
  const setUp = stages[name];
  if (setUp === undefined) throw new Error(`nothing brings ${name} about`);
  const stage = await setUp();
  try {
    await open(stage.url, trialPage(name));
    await button('Connect and watch').click();
    if (stage.act !== undefined) {
      await button('Disconnect').waitFor();
      await stage.act();
    }
    await trialPanel().getByRole('status').getByText('s expected.').waitFor();
  } finally {
    await stage.close();
  }
}

/** What the tables say of an end, as far as the page shows it. */
function sentencesOf(name: ScenarioName): string[] {
  const { code, cause } = expectationOf(name);
  const entry = closeCodes[code];
  const shared = [String(code), entry.name];
  const retry = code === 1000 ? [] : [`${retryInWords[retryAdvice(code, cause)]}.`];
  if (cause === undefined) return [...shared, ...retry, entry.when, entry.advice];
  const { message, cause: why, remedy } = connectionErrors[cause];
  return [...shared, ...retry, cause, message, why, remedy];
}

describe('what the playground shows of an end is what the tables say:', () => {
  it.each(scenarioNames)('%s', async (name) => {
    await runTrial(name);
    const { code, cause } = expectationOf(name);

    const card = plain(await endCard().innerText());
    for (const sentence of sentencesOf(name)) expect(card).toContain(plain(sentence));
    expect(await endCard().getByRole('link').getAttribute('href')).toBe(endingPage(code, cause));

    const verdict = plain(await trialPanel().getByRole('group', { name: 'Expected beside observed' }).innerText());
    expect(verdict).toContain('As expected.');
    const end = `${code} ${closeCodes[code].name}${cause ? `, ${cause}` : ''}${name === 1006 ? ', never open' : ''}`;
    expect(verdict.split(end)).toHaveLength(3);
    expect(
      await timelineRows(page)
        .filter({ hasText: `Closed ${code}` })
        .count(),
    ).toBe(1);

    // What the reference says that the `close` event holds, on the page of the code.
    const told = await page.evaluate(() => (globalThis as unknown as { closeEvents: CloseEventShown[] }).closeEvents);
    const ofCode = told.filter((event) => event.code === code);
    const withoutId = ({ reason, ...rest }: CloseEventShown) => ({
      ...rest,
      reason: reason && { ...JSON.parse(reason), correlation_id: undefined },
    });
    const shown = closeEventOf(code, typeof name === 'string' ? (name as ConnectionErrorCode) : undefined);
    expect(ofCode.map(withoutId)).toEqual([withoutId(shown)]);
    if (cause) expect(JSON.parse(ofCode[0]?.reason ?? '').correlation_id).toMatch(/^[0-9a-f]{12}$/);
    expect(await page.content()).not.toContain('token=ey');
  });
});

describe('the panel', () => {
  /** What axe finds in the panel; the rest of the page has a test of its own. */
  async function violations(): Promise<string[]> {
    await page.evaluate(axeSource);
    const { violations: found } = await trialPanel().evaluate((element) => {
      const { axe } = globalThis as unknown as { axe: { run(scope: Element): Promise<AxeResults> } };
      return axe.run(element);
    });
    return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  }

  it('is run by keyboard, and its parameter leaves the address with the tool', async () => {
    await open(service.url, '/playground/?try=Token_Malformed');
    await button('Run it').focus();
    await page.keyboard.press('Enter');
    await trialPanel().getByText('As expected.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Run it again');
    await page.getByRole('tab', { name: 'Close codes' }).focus();
    await page.keyboard.press('Home');
    await page.getByRole('region', { name: 'Who you are' }).waitFor();
    expect(page.url()).toBe(`${service.url}/playground/`);
  });

  it('says so where the link asks for what there is not, and changes nothing', async () => {
    await open(service.url, '/playground/?try=nonsense');
    await trialPanel().getByText('The link asks for “nonsense”').waitFor();
    await page.getByText('Nothing has happened yet').waitFor();
    await open(service.url, '/playground/?try=1008');
    const link = trialPanel().getByRole('link', { name: 'the page of 1008' });
    expect(await link.getAttribute('href')).toBe('/reference/close-codes/1008/');
  });

  it('says so where something else comes than is expected', async () => {
    await open(service.url, '/playground/?try=server_shutdown');
    await button('Connect and watch').click();
    await button('Disconnect').click();
    await trialPanel().getByText('Not as expected.').waitFor();
    expect(plain(await trialPanel().innerText())).toContain('Observed 1000 Normal closure');
  });

  it('has no axe violation in light, in dark and on a phone, before and after the run', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open(service.url, '/playground/?try=token_key_unknown');
    await trialPanel().waitFor();
    expect(await violations()).toEqual([]);
    await open(service.url, '/playground/?try=1000');
    await button('Run it').click();
    await trialPanel().getByText('As expected.').waitFor();
    expect(await violations()).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForSelector('html[data-theme="dark"]');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
});
