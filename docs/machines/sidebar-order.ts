import { fromHtml } from 'hast-util-from-html';
import { select, selectAll } from 'hast-util-select';
import { toString as textOf } from 'hast-util-to-string';

/** A group of the sidebar, with the paths of its pages. */
export interface SidebarGroup {
  readonly label: string;
  readonly paths: readonly string[];
}

/**
 * Reads the sidebar from a page that has it: as it was built, whichever plugins added to it.
 *
 * @param label - What to call the pages that stand in no group. They come first.
 */
export function sidebarGroups(html: string, label: string): SidebarGroup[] {
  const start = html.indexOf('<ul class="top-level');
  const tree = fromHtml(html.slice(start, html.indexOf('</nav>', start)), { fragment: true });
  const loose: string[] = [];
  const groups: SidebarGroup[] = [];
  for (const item of selectAll('ul.top-level > li', tree)) {
    const paths = selectAll('a', item).map(({ properties }) => String(properties.href));
    const name = select('summary .group-label', item);
    if (name) groups.push({ label: textOf(name).trim(), paths });
    else loose.push(...paths);
  }
  return [{ label, paths: loose }, ...groups];
}
