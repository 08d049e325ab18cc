import { searchRanking } from './search-ranking.ts';

/** What Pagefind's generated module gives, as far as it is used here. */
interface Pagefind {
  options(options: { readonly ranking: typeof searchRanking }): Promise<void>;
  init(): Promise<void>;
  /** `null` when a newer query has overtaken this one. */
  debouncedSearch(query: string): Promise<{ results: { data(): Promise<PageHit> }[] } | null>;
}

interface PageHit {
  readonly url: string;
  readonly meta: { readonly title?: string };
  /** Every element with an id, rows of tables among them. */
  readonly anchors: readonly { readonly id: string }[];
  readonly sub_results: readonly SectionHit[];
}

interface SectionHit {
  readonly url: string;
  readonly title: string;
  /** HTML made by Pagefind: escaped text with `<mark>` around what matched. */
  readonly excerpt: string;
}

const shownPages = 6;
const shownSectionsPerPage = 3;

/** Makes the dialog search as one types. Calling it again for the same dialog only puts the caret back. */
export function attachSearch(dialog: HTMLDialogElement): void {
  const input = dialog.querySelector('input');
  const status = dialog.querySelector<HTMLElement>('.search-status');
  const list = dialog.querySelector<HTMLElement>('.search-results');
  if (!input || !status || !list) return;
  input.focus();
  input.select();
  if (dialog.dataset.attached) return;
  dialog.dataset.attached = 'true';

  const pagefind = loadPagefind();
  // Enter belongs to the words in the box: where their results are still on the way, it waits for them.
  let isEntered = false;
  const enter = () => {
    isEntered = list.ariaBusy === 'true';
    if (!isEntered) list.querySelector('a')?.click();
  };
  const search = async () => {
    isEntered = false;
    const query = input.value.trim();
    list.ariaBusy = String(query !== '');
    if (query === '') {
      list.replaceChildren();
      status.textContent = 'Type a close code, an error code, a notification or a word.';
      return;
    }
    try {
      const found = await (await pagefind).debouncedSearch(query);
      if (!found || input.value.trim() !== query) return;
      const pages = await Promise.all(found.results.slice(0, shownPages).map((result) => result.data()));
      const items = itemsOf(pages, query);
      list.replaceChildren(...items);
      list.ariaBusy = 'false';
      status.textContent = summaryOf(items.length, query);
      if (isEntered) enter();
    } catch {
      list.replaceChildren();
      list.ariaBusy = 'false';
      status.textContent = 'The search index cannot be loaded. It exists in the built site: run npm run build.';
    }
  };

  input.addEventListener('input', search);
  input.form?.addEventListener('submit', (event) => {
    event.preventDefault();
    enter();
  });
  dialog.addEventListener('keydown', (event) => {
    // In a search field the first Escape only empties it, in some browsers.
    if (event.key === 'Escape') dialog.close();
    else moveFocus(event, dialog);
  });
  dialog.addEventListener('click', (event) => {
    const target = event.target as Element;
    if (target === dialog || target.closest('a, .search-close')) dialog.close();
  });
  void search();
}

async function loadPagefind(): Promise<Pagefind> {
  const url = `${import.meta.env.BASE_URL.replace(/\/$/, '')}/pagefind/pagefind.js`;
  const pagefind: Pagefind = await import(/* @vite-ignore */ url);
  await pagefind.options({ ranking: searchRanking });
  await pagefind.init();
  return pagefind;
}

/** What stands in the list, each place once. */
function itemsOf(pages: readonly PageHit[], query: string): HTMLLIElement[] {
  const matching = pages.filter((page) => page.sub_results.some((section) => isMatch(section, query)));
  const items = [...namedItems(matching, query), ...matching.flatMap(toItems)];
  const seen = new Set<string | undefined>();
  return items.filter((item) => {
    const place = item
      .querySelector('a')
      ?.getAttribute('href')
      ?.replace(/#_top$/, '');
    return !seen.has(place) && seen.add(place);
  });
}

/** Where nothing holds a word, Pagefind searches for its first letters, down to one: such finds are none. */
function isMatch({ excerpt }: SectionHit, query: string): boolean {
  const begins = query
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.slice(0, 3));
  const marked = [...excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, text = '']) => text.toLowerCase());
  return marked.some((text) => begins.some((begin) => begin !== '' && text.includes(begin)));
}

function summaryOf(places: number, query: string): string {
  if (places === 0) return `Nothing found for “${query}”.`;
  return places === 1 ? '1 place found.' : `${places} places found.`;
}

/** A code, an event, a field or a variable that is the query itself has a page or an anchor of its own: straight to it. */
function namedItems(pages: readonly PageHit[], query: string): HTMLLIElement[] {
  // As a person says it: “token expired”.
  const name = query.toLowerCase().replaceAll(/\s+/g, '_');
  const isNamed = ({ url }: PageHit) => url.split('/').at(-2) === name;
  const [own] = pages.filter(isNamed);
  if (own) return [toItem(titleOf(own), { url: own.url, title: titleOf(own), excerpt: excerptAt(own, '_top') })];
  return pages
    .filter(({ anchors }) => anchors.some(({ id }) => id === name))
    .map((page) => toItem(titleOf(page), { url: `${page.url}#${name}`, title: query, excerpt: excerptAt(page, name) }));
}

/** What a page says at an anchor, or else where it says most of what was looked for. */
function excerptAt({ sub_results }: PageHit, anchor: string): string {
  return (sub_results.find(({ url }) => url.endsWith(`#${anchor}`)) ?? sub_results[0])?.excerpt ?? '';
}

function toItems(page: PageHit): HTMLLIElement[] {
  return page.sub_results.slice(0, shownSectionsPerPage).map((section) => toItem(titleOf(page), section));
}

const titleOf = (page: PageHit) => page.meta.title ?? page.url;

function toItem(pageTitle: string, section: SectionHit): HTMLLIElement {
  const name = element('span', 'title', pageTitle);
  if (section.title !== pageTitle) name.append(element('span', 'section', ` · ${section.title}`));
  const excerpt = element('span', 'excerpt');
  excerpt.innerHTML = section.excerpt;
  const link = element('a');
  link.href = section.url;
  link.append(name, excerpt);
  const item = element('li');
  item.append(link);
  return item;
}

/** The arrow keys walk from the input through the results and back. */
function moveFocus(event: KeyboardEvent, dialog: HTMLDialogElement): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const stops = [...dialog.querySelectorAll<HTMLElement>('.search-input, .search-results a')];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className?: string, text?: string) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
