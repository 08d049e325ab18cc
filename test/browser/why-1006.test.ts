import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { unseenCauses } from '../../docs/components/unseen-causes.ts';
import { pages } from '../../service/contract/endpoints.ts';
import { violationsOf } from '../support/axe.ts';
import { siteDirectory } from '../support/built-site.ts';
import { launchChromium } from '../support/chromium.ts';
import { dial } from '../support/client.ts';
import { closedPort } from '../support/closed-port.ts';
import { startService, type TestService } from '../support/service.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { startHttp } from '../unit/playground/http-server.ts';

const cleanups: (() => unknown)[] = [];
let browser: Browser;
let service: TestService;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(environment: Record<string, string> = {}): Promise<TestService> {
  service = await startService(environment, { siteDirectory });
  cleanups.push(() => service.close());
  return service;
}

async function open(width = 1440): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  cleanups.push(() => page.close());
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  cleanups.push(() => expect(faults).toEqual([]));
  await page.goto(service.url + pages.why1006);
  await report(page).scrollIntoViewIfNeeded();
  return page;
}

const report = (page: Page) => page.getByRole('region', { name: 'Your last failures' });

describe('the page “Why 1006?”', () => {
  it('says that nothing failed, fails on purpose at a click, and then says why', async () => {
    await start();
    const page = await open();
    await report(page).getByText('No handshake of this origin has failed lately.').waitFor();
    await report(page).getByRole('button', { name: 'Fail one on purpose' }).click();
    const entry = report(page).getByRole('listitem');
    await entry.waitFor();
    const text = await entry.innerText();
    expect(text).toContain('/ws/v1/status/teacher-1');
    expect(text).toMatch(/1006, no reason, never open/);
    expect(text).toContain('Answered with HTTP 410');
    expect(text).toContain('Connect to /ws?token=<jwt>');
    await entry.getByRole('link', { name: 'ENDPOINT_GONE' }).click();
    await page.waitForURL(/reference\/http-errors\/#endpoint_gone$/);
  });

  it('tells the page’s own failures from those of others, and counts what repeats', async () => {
    await start({ CORS_ORIGINS: '["http://app.example"]' });
    const { url, wsUrl } = service;
    for (let count = 0; count < 3; count++) await dial(`${wsUrl}?token=wrong`, { origin: url }).closed;
    await dial(wsUrl, { origin: 'http://app.example' }).closed;
    await dial(wsUrl, { headers: { authorization: 'Bearer x' } }).closed;
    const page = await open();
    const own = report(page).getByRole('list').nth(0);
    const others = report(page).getByRole('list').nth(1);
    await own.getByText('TOKEN_MALFORMED').first().waitFor();
    expect(await own.innerText()).toMatch(/3 times[\s\S]*1008 with TOKEN_MALFORMED, right after open/);
    expect(await others.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/a program: it sent no origin[\s\S]*TOKEN_IN_HEADER/),
      expect.stringMatching(/http:\/\/app\.example[\s\S]*TOKEN_MISSING/),
    ]);
  });

  it('looks again when the reader comes back from another tab', async () => {
    await start();
    const page = await open();
    await report(page).getByText('No handshake of this origin has failed lately.').waitFor();
    await dial(service.wsUrl, { origin: service.url }).closed;
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await report(page).getByText('TOKEN_MISSING').first().waitFor();
  });

  it('says what to do where the service has stopped, and asks again', async () => {
    const own = await startService({}, { siteDirectory });
    service = own;
    const page = await open();
    const ask = report(page).getByRole('button', { name: 'Ask again' });
    await ask.waitFor();
    await own.close();
    await ask.click();
    const alert = report(page).getByRole('alert');
    await alert.getByText('The service does not answer').waitFor();
    expect(await alert.innerText()).toMatch(/npm ci && WEBSOCKET_PORT=\d+ npm start/);
    await start({ WEBSOCKET_PORT: new URL(own.url).port });
    await report(page).getByRole('button', { name: 'Ask again' }).click();
    await report(page).getByText('No handshake of this origin has failed lately.').waitFor();
  });

  it('says that the development endpoints are off where they are', async () => {
    await start({ ENABLE_DEV_ENDPOINTS: 'false' });
    const page = await open();
    await report(page).getByText('The development endpoints are off').waitFor();
  });

  it.each([1440, 390])('has no fault for axe and nothing that scrolls sideways at %i px', async (width) => {
    await start();
    const page = await open(width);
    await report(page).getByRole('button', { name: 'Fail one on purpose' }).click();
    await report(page).getByRole('listitem').waitFor();
    // The styles of what is loaded later are there, too.
    const radius = await report(page)
      .getByRole('button')
      .first()
      .evaluate((one) => getComputedStyle(one).borderRadius);
    expect(radius).toBe('6px');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await violationsOf(page)).toEqual([]);
  });
});

/** What a page saw of one `new WebSocket`, and what the console said. */
interface Seen {
  readonly events: readonly string[];
  readonly console: string;
}

async function listening(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Opens a page of this machine and dials from it. */
async function seenHere(url: string, headers: Record<string, string> = {}): Promise<Seen> {
  return seenFrom(await pageHere(headers), url);
}

/** The address of an empty page of this machine. */
async function pageHere(headers: Record<string, string> = {}): Promise<string> {
  const server = await startHttp((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html', ...headers }).end('<p>A page</p>'),
  );
  cleanups.push(() => server.close());
  return server.url;
}

/** Opens a page that seems to come from the internet, and dials from it. */
async function seenFromAfar(origin: string, url: string, permissions: string[] = []): Promise<Seen> {
  const context = await browser.newContext({ permissions });
  cleanups.push(() => context.close());
  await context.route(`${origin}/`, (route) => route.fulfill({ contentType: 'text/html', body: '<p>A page</p>' }));
  return seenFrom(origin, url, context);
}

async function seenFrom(
  origin: string,
  url: string,
  context: Pick<BrowserContext, 'newPage'> = browser,
): Promise<Seen> {
  const page = await context.newPage();
  cleanups.push(() => page.close());
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(`${origin}/`);
  const events = await page.evaluate(async (address) => {
    const seen: string[] = [];
    let socket: WebSocket;
    try {
      socket = new WebSocket(address);
    } catch (error) {
      return [`throws ${(error as Error).name}`];
    }
    await new Promise((resolve) => {
      socket.onopen = () => seen.push('open');
      socket.onclose = ({ code }) => resolve(seen.push(`close ${code}`));
      // Where `close` follows, it does so in the same task.
      socket.onerror = () => {
        seen.push('error');
        setTimeout(resolve);
      };
    });
    return seen;
  }, url);
  return { events, console: said.join('\n') };
}

const refused = ['error', 'close 1006'];

describe('the table of what the service cannot know of is right about', () => {
  const words = (cause: Exclude<keyof typeof unseenCauses, 'no_answer' | 'cut_off'>) => unseenCauses[cause].console;

  it('a port where nothing listens', async () => {
    const { events, console } = await seenHere(`ws://127.0.0.1:${await closedPort()}/ws`);
    expect(events).toEqual(refused);
    expect(console).toContain(words('nothing_listens'));
  });

  it('a name that is not known', async () => {
    const { events, console } = await seenHere('ws://websocket-service.invalid/ws');
    expect(events).toEqual(refused);
    expect(console).toContain(words('name_unknown'));
  });

  it('a request that nobody answers: it stays CONNECTING, without an event', async () => {
    const silent = createTcpServer((socket) => cleanups.push(() => socket.destroy()));
    const port = await listening(silent);
    const page = await browser.newPage();
    cleanups.push(() => page.close());
    await page.goto(await pageHere());
    const events = page.evaluate((address) => {
      const socket = new WebSocket(address);
      const seen: string[] = [];
      socket.onerror = socket.onclose = socket.onopen = ({ type }) => seen.push(type);
      Object.assign(window, { socket, seen });
    }, `ws://127.0.0.1:${port}/ws`);
    await Promise.all([events, once(silent, 'connection')]);
    expect(await page.evaluate('[window.socket.readyState, window.seen]')).toEqual([WebSocket.CONNECTING, []]);
  });

  it('a proxy that answers in its place', async () => {
    const proxy = await startHttp((_request, response) => response.writeHead(502).end());
    cleanups.push(() => proxy.close());
    const { events, console } = await seenHere(`${proxy.url.replace('http', 'ws')}/ws`);
    expect(events).toEqual(refused);
    expect(console).toContain(words('proxy_answers'));
  });

  it('a port without TLS', async () => {
    const port = await listening(createServer());
    const { events, console } = await seenHere(`wss://127.0.0.1:${port}/ws`);
    expect(events).toEqual(refused);
    expect(console).toContain(words('no_tls'));
  });

  it('mixed content, from which this machine is exempt', async () => {
    const page = 'https://app.example';
    const { events, console } = await seenFromAfar(page, 'ws://realtime.example:8004/ws');
    expect(events).toEqual(['throws SecurityError']);
    for (const part of words('mixed_content').split('…')) expect(console).toContain(part.trim());
    const exempt = await seenFromAfar(page, `ws://localhost:${await closedPort()}/ws`);
    expect(exempt.events).toEqual(refused);
  });

  it('a page from the internet that dials this machine, unless it is secure and the user allows it', async () => {
    const service = await startHttp((_request, response) => response.writeHead(502).end());
    cleanups.push(() => service.close());
    const url = `${service.url.replace('http', 'ws')}/ws`;
    const plain = await seenFromAfar('http://app.example', url);
    expect(plain.events).toEqual(refused);
    expect(plain.console).toContain(words('local_network'));
    const allowed = await seenFromAfar('https://app.example', url, ['local-network-access']);
    expect(allowed.console).toContain(words('proxy_answers'));
  });

  it('a Content Security Policy, after which no close comes', async () => {
    const policy = { 'content-security-policy': "connect-src 'self'" };
    const { events, console } = await seenHere('ws://127.0.0.1:9002/ws', policy);
    expect(events).toEqual(['error']);
    expect(console).toContain(words('content_policy'));
  });

  it('a connection that was cut off', async () => {
    await start();
    const { token } = await service.mint({ user_id: 'teacher-1' });
    const proxy = await startTcpProxy(Number(new URL(service.url).port));
    const page = await browser.newPage();
    cleanups.push(() => page.close());
    // By the proxy, so that the page is of the origin that it dials.
    await page.goto(`http://127.0.0.1:${proxy.port}`);
    await page.evaluate((address) => {
      const seen: string[] = [];
      const socket = new WebSocket(address);
      socket.onopen = () => seen.push('open');
      socket.onclose = ({ code }) => seen.push(`close ${code}`);
      Object.assign(window, { seen });
    }, `ws://127.0.0.1:${proxy.port}/ws?token=${token}`);
    await page.waitForFunction('window.seen.length === 1');
    await proxy.close();
    await page.waitForFunction('window.seen.length === 2');
    expect(await page.evaluate('window.seen')).toEqual(['open', 'close 1006']);
  });
});
