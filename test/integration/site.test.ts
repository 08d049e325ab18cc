import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { precompress } from '../../scripts/precompress.ts';
import { expectProblem, expectProblemResponse } from '../support/problem.ts';
import { sendRaw } from '../support/raw-http.ts';
import { startService, type TestService } from '../support/service.ts';

const largeScript = 'console.log(1);\n'.repeat(1000);
const largeText = 'A notification arrives.\n'.repeat(1000);

let folder: string;
let service: TestService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'site-test-'));
  const site = join(folder, 'dist');
  await mkdir(join(site, 'playground'), { recursive: true });
  await mkdir(join(site, '_astro'));
  await writeFile(join(folder, 'outside.txt'), 'outside');
  await writeFile(join(site, 'index.html'), '<title>First page</title>');
  await writeFile(join(site, '404.html'), '<title>Nothing here</title>');
  await writeFile(join(site, '.hidden'), 'hidden');
  await writeFile(join(site, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(site, 'playground', 'index.html'), '<title>Playground</title>');
  await writeFile(join(site, 'playground.md'), '# Playground');
  await writeFile(join(site, 'llms.txt'), '# Site');
  await writeFile(join(site, 'llms-full.txt'), largeText);
  await writeFile(join(site, 'sitemap.xml'), '<urlset/>');
  await writeFile(join(site, 'types.ts'), 'export type A = 1;');
  await writeFile(join(site, '_astro', 'page.D3ad.js'), 'export {};');
  await writeFile(join(site, '_astro', 'large.D3ad.js'), largeScript);
  await precompress(site);
  service = await startService({}, { siteDirectory: site });
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const asBrowser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

describe('the site', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'First page'],
    ['/playground/', 'text/html; charset=utf-8', 'Playground'],
    ['/playground/?service=http://localhost:8004', 'text/html; charset=utf-8', 'Playground'],
    ['/logo.svg', 'image/svg+xml', '<svg'],
    ['/playground.md', 'text/markdown; charset=utf-8', '# Playground'],
    ['/llms.txt', 'text/plain; charset=utf-8', '# Site'],
    ['/sitemap.xml', 'application/xml', '<urlset/>'],
    ['/types.ts', 'text/plain; charset=utf-8', 'export type'],
  ])('serves %s as %s, to be asked for anew each time', async (path, type, text) => {
    const response = await fetch(service.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.text()).toContain(text);
    // Not by `fetch`, which asks for a fresh copy whenever it is given such a header.
    const condition = `If-None-Match: ${response.headers.get('etag')}`;
    const again = await sendRaw(service.url, `GET ${path} HTTP/1.1\r\n${condition}`);
    expect(again.status).toBe(304);
  });

  it('serves files with a hash in their name to be kept for ever', async () => {
    const response = await fetch(`${service.url}/_astro/page.D3ad.js`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each(['br', 'gzip', 'identity'])(
    'serves a file as %s to whoever asks for that, the same in the end',
    async (encoding) => {
      const path = `${service.url}/_astro/large.D3ad.js`;
      const response = await fetch(path, { headers: { 'accept-encoding': encoding } });
      expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding);
      expect(response.headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      const size = Number(response.headers.get('content-length'));
      expect(size < largeScript.length).toBe(encoding !== 'identity');
      expect(await response.text()).toBe(largeScript);
    },
  );

  it.each(['br', 'gzip', 'identity'])('serves a long text as %s, to be asked for anew each time', async (encoding) => {
    const response = await fetch(`${service.url}/llms-full.txt`, { headers: { 'accept-encoding': encoding } });
    expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(Number(response.headers.get('content-length')) < largeText.length).toBe(encoding !== 'identity');
    expect(await response.text()).toBe(largeText);
  });

  it('sends from a directory without a slash to the one with it, the query kept', async () => {
    const response = await fetch(`${service.url}/playground?service=x`, { redirect: 'manual' });
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe('/playground/?service=x');
  });

  it('shows browsers the page for what is not there, and tells programs in JSON', async () => {
    const page = await fetch(`${service.url}/nothing`, asBrowser);
    expect(page.status).toBe(404);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(await page.text()).toContain('Nothing here');
    await expectProblemResponse(await fetch(`${service.url}/nothing`), 'NOT_FOUND');
    await expectProblemResponse(await fetch(`${service.url}/nothing`, { ...asBrowser, method: 'POST' }), 'NOT_FOUND');
  });

  it.each([
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/%2e%2e%2foutside.txt',
    '/playground/../../outside.txt',
    '/playground/..%2f..%2foutside.txt',
    '/..%5coutside.txt',
    '//..//outside.txt',
    '/.hidden',
    '/%2ehidden',
  ])('gives out nothing that is not its own: %s', async (path) => {
    const answer = await sendRaw(service.url, `GET ${path} HTTP/1.1`);
    expectProblem(answer, 'NOT_FOUND');
    expect(answer.body).not.toMatch(/^(outside|hidden)$/);
  });

  it('lists no directory', async () => {
    await expectProblemResponse(await fetch(`${service.url}/_astro/`), 'NOT_FOUND');
  });

  it.each(['//elsewhere.example/playground', '//elsewhere.example/..', '/%2f/elsewhere.example'])(
    'redirects nobody to another site: %s',
    async (path) => {
      const answer = await sendRaw(service.url, `GET ${path} HTTP/1.1`);
      expect(answer.headers.get('location')).toBeNull();
    },
  );
});

describe('a site that has not been built', () => {
  it('says so to browsers, and comes to be without a restart', async () => {
    const site = join(folder, 'later');
    const early = await startService({}, { siteDirectory: site });
    try {
      const response = await fetch(early.url, asBrowser);
      expect(response.status).toBe(503);
      expect(await response.text()).toContain('npm run build');
      expect((await fetch(`${early.url}/healthz`)).status).toBe(200);
      await mkdir(site);
      await writeFile(join(site, 'index.html'), 'here now');
      expect(await (await fetch(early.url, asBrowser)).text()).toBe('here now');
    } finally {
      await early.close();
    }
  });
});
