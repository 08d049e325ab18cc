import { readFileSync } from 'node:fs';
import { fromHtml } from 'hast-util-from-html';
import { selectAll } from 'hast-util-select';
import { toString as textOf } from 'hast-util-to-string';
import { describe, expect, it } from 'vitest';
import { linkTerms } from '../../docs/glossary/link-terms.ts';
import { glossaryPage, sortedTerms, type Term, terms } from '../../docs/glossary/terms.ts';
import { builtPages, fileOf } from '../support/built-site.ts';

const pages = builtPages().map((path) => ({ path, html: readFileSync(fileOf(path), 'utf8') }));
const termLink = /<a class="hr-term" href="[^"]*#([^"]+)" title="[^"]*">([^<]*)<\/a>/g;

/** The main text of a page whose source is given, as the site lays it out. */
const page = (content: string) =>
  `<body><p>channel</p><main><div class="sl-markdown-content">${content}</div></main></body>`;

/** The terms that are linked in such a page, each as `<anchor>: <text>`. */
const linkedIn = (content: string, path = '/somewhere/') =>
  [...linkTerms(page(content), path).matchAll(termLink)].map(([, anchor, text]) => `${anchor}: ${text}`);

describe('the glossary', () => {
  const html = readFileSync(fileOf(glossaryPage), 'utf8');

  it('has every term, each under its anchor', () => {
    const shown = selectAll('dl > div', fromHtml(html)).map(({ properties }) => properties.id);
    expect(shown).toEqual(sortedTerms.map(({ anchor }) => anchor));
    expect(shown.length).toBe(Object.keys(terms).length);
  });

  it.each(sortedTerms)('leads on from $anchor to pages and terms that exist', ({ term }) => {
    expect((term.seeAlso ?? []).filter((anchor) => !(anchor in terms))).toEqual([]);
    const [path = '', anchor] = (term.page ?? '/').split('#');
    const target = pages.find((one) => one.path === path)?.html;
    expect(target, `no page ${path}`).toBeDefined();
    if (anchor) expect(target).toContain(` id="${anchor}"`);
  });

  it('uses no spelling for two terms', () => {
    const spellings = sortedTerms.flatMap(({ term }) => [term.name, ...(term.spellings ?? [])]);
    expect(spellings.filter((one, index) => spellings.indexOf(one) !== index)).toEqual([]);
  });
});

describe('the links to the glossary', () => {
  const linked = new Map(
    pages.map(({ path, html }) => [path, [...html.matchAll(termLink)].map(([, anchor]) => anchor)]),
  );

  it('are there for most terms that are meant to be linked, and every such term occurs', () => {
    const meant = sortedTerms.filter(({ term }) => term.isLinked);
    const found = new Set([...linked.values()].flat());
    expect(meant.filter(({ anchor }) => found.has(anchor)).length).toBeGreaterThan(meant.length * 0.8);

    const texts = pages
      .filter(({ path }) => path !== glossaryPage)
      .flatMap(({ html }) => selectAll('main', fromHtml(html)));
    const text = texts.map(textOf).join('\n').replace(/\s+/g, ' ').toLowerCase();
    const occurs = ({ name, spellings = [] }: Term) =>
      [name, ...spellings].some((one) => text.includes(one.toLowerCase()));
    expect(meant.filter(({ term }) => !occurs(term)).map(({ anchor }) => anchor)).toEqual([]);
  });

  it('are on no page twice for one term, and none on the glossary', () => {
    expect(linked.get(glossaryPage)).toEqual([]);
    for (const [path, anchors] of linked) expect(anchors, path).toEqual([...new Set(anchors)]);
  });

  it('change nothing else: a page without them, given to the linker again, is the built page', () => {
    for (const { path, html } of pages) {
      const without = html.replace(termLink, '$2');
      expect(without === html, path).toBe(linked.get(path)?.length === 0);
      expect(linkTerms(without, path) === html, path).toBe(true);
    }
  });

  it('stand in no heading, code, link, button, table head, fold or island', () => {
    const forbidden = 'h1, h2, h3, h4, h5, h6, code, pre, a, button, th, summary, nav, astro-island, .expressive-code';
    for (const { path, html } of pages) {
      const found = selectAll(`:is(${forbidden}) a.hr-term`, fromHtml(html));
      expect(found, path).toEqual([]);
    }
  });
});

describe('a term', () => {
  it.each([
    ['in a paragraph', '<p>Its channel.</p>', ['channel: channel']],
    [
      'in a list, a cell and a definition',
      '<ul><li>a batch</li></ul><table><tr><td>a phase</td></tr></table><dl><dd>a broker</dd></dl>',
      ['batch: batch', 'phase: phase', 'broker: broker'],
    ],
    ['in another form', '<p>Two channels.</p>', ['channel: channels']],
    ['at the beginning of a sentence', '<p>Channels are many.</p>', ['channel: Channels']],
    ['over the end of a line', '<p>The close\ncode.</p>', ['close-code: close\ncode']],
    ['as part of a longer one: the longer', '<p>The embedded broker.</p>', ['embedded-broker: embedded broker']],
    ['beside an entity', '<p>A&nbsp;batch &amp; its&nbsp;phase&lt;</p>', ['batch: batch', 'phase: phase']],
  ])('is linked %s', (_where, html, expected) => {
    expect(linkedIn(html)).toEqual(expected);
  });

  it.each([
    ['a second time', '<p>A channel.</p><p>The channel.</p>', ['channel: channel']],
    ['as the third of a paragraph', '<p>A channel, a batch, a phase.</p>', ['channel: channel', 'batch: batch']],
  ])('is not linked %s', (_where, html, expected) => {
    expect(linkedIn(html)).toEqual(expected);
  });

  it.each([
    ['in a heading', '<h2>A channel</h2>'],
    ['in code', '<p><code>channel</code></p>'],
    ['in a link', '<p><a href="/x">the channel</a></p>'],
    ['in a button', '<p><button>channel</button></p>'],
    ['in the name of a row', '<table><tr><th>channel</th></tr></table>'],
    ['in an island', '<astro-island><p>channel</p></astro-island>'],
    ['in a block of code', '<div class="expressive-code"><figcaption><p>channel</p></figcaption></div>'],
    ['where the styles of a text end', '<div class="not-content"><p>channel</p></div>'],
    ['within a longer word', '<p>subchannel, channel_id, multi-channel, channel-like, /channel</p>'],
    ['in an attribute or a comment', '<p title="channel"><!-- channel --></p>'],
    ['outside of any sentence', '<div>channel</div>'],
  ])('is not linked %s', (_where, html) => {
    expect(linkedIn(html)).toEqual([]);
  });

  it('is not linked on the page that is about it', () => {
    expect(linkedIn('<p>A close code.</p>', '/protocol/close-codes/')).toEqual([]);
    expect(linkedIn('<p>A close code.</p>', '/protocol/messages/')).toEqual(['close-code: close code']);
  });
});
