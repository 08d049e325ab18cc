import { readFileSync } from 'node:fs';
import { fromHtml } from 'hast-util-from-html';
import { selectAll } from 'hast-util-select';
import { toString as textOf } from 'hast-util-to-string';
import { describe, expect, it } from 'vitest';
import { headingAnchor } from '../../docs/machines/plain-content.ts';
import { insidePages, isAmong } from '../../docs/machines/selection.ts';
import { builtPages, fileOf } from '../support/built-site.ts';

/** Generated pages name their headings as they like; nobody links to those by hand. */
const own = builtPages().filter((path) => !isAmong(insidePages, path));

const elementsWithId = (path: string) => selectAll('main [id]', fromHtml(readFileSync(fileOf(path), 'utf8')));

describe.each(own)('%s', (path) => {
  it('has no anchor twice', () => {
    const ids = elementsWithId(path).map(({ properties }) => properties.id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('has no heading whose anchor was numbered because another has the same words', () => {
    const headings = elementsWithId(path).filter(({ tagName }) => /^h[1-6]$/.test(tagName));
    // Such an anchor changes its meaning when a heading is put before it.
    const numbered = headings.filter(
      ({ properties, ...heading }) =>
        /-\d+$/.test(String(properties.id)) &&
        String(properties.id).startsWith(`${headingAnchor(textOf({ properties, ...heading }))}-`),
    );
    expect(numbered.map(({ properties }) => properties.id)).toEqual([]);
  });
});
