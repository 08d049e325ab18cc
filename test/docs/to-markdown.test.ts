import { describe, expect, it } from 'vitest';
import { pageToMarkdown } from '../../docs/machines/to-markdown.ts';

/** The Markdown of a page with this content, below its title and its description. */
function markdownOf(content: string, linkedAnchors: readonly string[] = []): string {
  const html = `<main><div class="sl-markdown-content">${content}</div><footer>Next page</footer></main>`;
  const markdown = pageToMarkdown(
    { path: '/here/', title: 'Title', description: 'Description.', html },
    {
      path: '/here/',
      linkFor: (href) => (href.startsWith('#') ? `/here.md${href}` : href),
      isLinkedTo: (id) => linkedAnchors.includes(id),
    },
  );
  const head = '# Title\n\nDescription.\n';
  expect(markdown.slice(0, head.length)).toBe(head);
  return markdown.slice(head.length).trim();
}

const line = (code: string, kind = '') =>
  `<div class="ec-line ${kind}"><div class="code"><span>${code}</span></div></div>`;
const block = (lines: string, title = '') =>
  `<div class="expressive-code"><figure><figcaption>${title}<span class="sr-only">Terminal</span></figcaption>` +
  `<pre data-language="js"><code>${lines}</code></pre><div class="copy"><button>Copy</button></div></figure></div>`;
const table = (rows: string) =>
  `<table><thead data-pagefind-ignore><tr><th>A</th><th>B</th></tr></thead><tbody>${rows}</tbody></table>`;

describe('the Markdown of a page', () => {
  it.each<[what: string, html: string, markdown: string]>([
    ['a block of code', block(line('a();') + line('\n') + line('  b();')), '```js\na();\n\n  b();\n```'],
    ['its title', block(line('a'), '<span class="title">a.js</span>'), '```js title="a.js"\na\n```'],
    [
      'what changed, where lines come and go',
      block(line('a', 'del') + line('b', 'ins') + line('c')),
      '```diff\n- a\n+ b\n  c\n```',
    ],
    ['a table with its head', table('<tr><td>1</td><td>a | b</td></tr>'), '| A | B |\n| - | - |\n| 1 | a \\| b |'],
    [
      'blocks in a cell, on one line',
      table('<tr><td><p>x</p><p>y</p></td><td><ul><li>1</li><li>2</li></ul></td></tr>'),
      '| A | B |\n| - | - |\n| x y | 1 2 |',
    ],
    ['a note beneath a value', '<p>30<span class="hr-note">seconds</span></p>', '30 seconds'],
    ['links side by side', '<p><a href="/a">a</a><a href="/b">b</a></p>', '[a](/a), [b](/b)'],
    ['a word of the glossary without its link', '<p>A <a class="hr-term" href="/g#x">frame</a>.</p>', 'A frame.'],
    [
      'a name that can be searched for',
      '<p>TOKEN_<wbr>EXPIRED, redis://[user]@host</p>',
      'TOKEN_EXPIRED, redis://[user]@host',
    ],
    [
      'an aside',
      '<aside class="starlight-aside" aria-label="Mind"><p class="starlight-aside__title"><svg aria-hidden="true"></svg>Mind</p><div class="starlight-aside__content"><p>x</p></div></aside>',
      '> **Mind**\n>\n> x',
    ],
    [
      'tabs one after another',
      '<starlight-tabs><ul role="tablist"><li><a role="tab" id="t1" href="#p1">React</a></li></ul><div role="tabpanel" id="p1" aria-labelledby="t1" hidden><p>x</p></div></starlight-tabs>',
      '**React**\n\nx',
    ],
    ['a fold under its name', '<details><summary>Example</summary><p>x</p></details>', '**Example**\n\nx'],
    ['definitions', '<dl><dt>a</dt><dd>x</dd><dt>b</dt><dd>y</dd></dl>', '- **a**: x\n\n- **b**: y'],
    ['a drawing in words', '<svg role="img"><title>A to B</title><path></path></svg>', '_Drawing: A to B_'],
    [
      'an island in one line',
      '<astro-island opts=\'{"name":"LiveDemo","value":true}\'><p>x</p></astro-island>',
      '**Interactive:** Live Demo. It runs in a browser, on [the page itself](/here/).',
    ],
    ['a list of things to do', '<ul><li><input type="checkbox" checked disabled> x</li></ul>', '- [x] x'],
  ])('has %s', (_what, html, markdown) => {
    expect(markdownOf(html)).toBe(markdown);
  });

  it('has no navigation, no script, no button, and nothing after the text', () => {
    const noise = '<nav>A B</nav><script>x</script><style>y</style><button>Copy</button><span class="sr-only">z</span>';
    expect(markdownOf(`${noise}<p>Text.</p>`)).toBe('Text.');
  });

  it('sets an anchor where something links to one that no heading makes', () => {
    const html = `<h2 id="when">When</h2><h3 id="own">Other words</h3>${table('<tr id="1008"><th><a href="#1008">1008</a></th><td id="unused">x</td></tr>')}<p><a href="#1008">see</a></p>`;
    expect(markdownOf(html, ['when', 'own', '1008'])).toBe(
      [
        '## When',
        '### <a id="own"></a>Other words',
        '| A | B |\n| - | - |\n| <a id="1008"></a>1008 | x |',
        '[see](/here.md#1008)',
      ].join('\n\n'),
    );
  });
});
