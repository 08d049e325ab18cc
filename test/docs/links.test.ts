import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrokenLinks } from '../../docs/built-links.ts';
import { type CloseCode, closeCodes } from '../../service/contract/close-codes.ts';
import { pages } from '../../service/contract/endpoints.ts';
import { connectionErrors } from '../../service/contract/error-codes.ts';
import { httpErrors } from '../../service/contract/http-errors.ts';
import { notificationEvents } from '../../service/contract/notifications.ts';
import { closeCodePage } from '../../service/contract/reference-pages.ts';
import { builtPages, fileOf, siteDirectory } from '../support/built-site.ts';

describe('the built site', () => {
  it('has no link and no anchor that leads nowhere', async () => {
    expect(await findBrokenLinks(siteDirectory)).toEqual([]);
  });

  it('loads nothing from another host', () => {
    const loading = /<(?:script|img|iframe|source)\b[^>]*\ssrc="(https?:)?\/\/|<link\b[^>]*\shref="(https?:)?\/\//;
    expect(builtPages().filter((page) => loading.test(readFileSync(fileOf(page), 'utf8')))).toEqual([]);
    const styles = globSync('_astro/*.css', { cwd: siteDirectory }).map((name) => join(siteDirectory, name));
    expect(styles.length).toBeGreaterThan(0);
    expect(styles.filter((file) => /(?:url\(|@import)\s*["']?(https?:)?\/\//.test(readFileSync(file, 'utf8')))).toEqual(
      [],
    );
  });

  it('has the pages that the service links to', () => {
    expect(builtPages()).toEqual(expect.arrayContaining(Object.values(pages)));
  });

  it('has a page for every close code, with an anchor for each of its causes and a link that provokes it', () => {
    for (const code of Object.keys(closeCodes).map(Number) as CloseCode[]) {
      const html = readFileSync(fileOf(closeCodePage(code)), 'utf8');
      const causes = Object.entries(connectionErrors)
        .filter(([, { closeCode }]) => closeCode === code)
        .map(([cause]) => cause.toLowerCase());
      const codeAlone = [1000, 1005, 1006].includes(code) ? [String(code)] : [];
      expect(causes.filter((cause) => !html.includes(` id="${cause}"`))).toEqual([]);
      const links = [...html.matchAll(/href="\/playground\/\?try=([^"]+)"/g)].map(([, name]) => name);
      expect(links.sort(), String(code)).toEqual([...codeAlone, ...causes].sort());
    }
  });

  it.each([
    [pages.closeCodes, [...Object.keys(closeCodes), ...Object.keys(connectionErrors)]],
    [pages.httpErrors, Object.keys(httpErrors)],
    ['/protocol/messages/', notificationEvents],
  ])('has an anchor on %s for every entry of the contract', (page, names) => {
    const html = readFileSync(fileOf(page), 'utf8');
    expect(names.filter((name) => !html.includes(` id="${name.toLowerCase()}"`))).toEqual([]);
  });
});

describe('the search for broken links', () => {
  let site: string;
  beforeAll(async () => {
    site = await mkdtemp(join(tmpdir(), 'links-'));
  });
  afterAll(() => rm(site, { recursive: true }));

  it('finds a missing page, a missing anchor and a missing file, and nothing else', async () => {
    const links = ['/', '#here', '/#here', 'https://elsewhere.example/x', '/gone/', '#gone', '/gone.css'];
    const html = links.map((link) => `<a href="${link}">x</a>`).join('');
    await writeFile(join(site, 'index.html'), `<p id="here">${html}</p>`);
    expect(await findBrokenLinks(site)).toEqual(['/ → /gone/', '/ → #gone', '/ → /gone.css']);
  });
});
