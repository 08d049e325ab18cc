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
  const search = async () => {
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
      const items = [...namedItems(pages, query), ...pages.flatMap(toItems)];
      list.replaceChildren(...items);
      list.ariaBusy = 'false';
      status.textContent = items.length === 0 ? `Nothing found for “${query}”.` : `${items.length} places found.`;
    } catch {
      list.replaceChildren();
      list.ariaBusy = 'false';
      status.textContent = 'The search index cannot be loaded. It exists in the built site: run npm run build.';
    }
  };

  input.addEventListener('input', search);
  input.form?.addEventListener('submit', (event) => {
    event.preventDefault();
    list.querySelector('a')?.click();
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

/** A code, an event, a field or a variable that is the query itself has a page or an anchor of its own: straight to it. */
function namedItems(pages: readonly PageHit[], query: string): HTMLLIElement[] {
  const name = query.toLowerCase();
  const isNamed = ({ url }: PageHit) => url.split('/').at(-2) === name;
  const [own] = pages.filter(isNamed);
  if (own) return [toItem(titleOf(own), { url: own.url, title: titleOf(own), excerpt: '' })];
  return pages
    .filter(({ anchors }) => anchors.some(({ id }) => id === name))
    .map((page) => toItem(titleOf(page), { url: `${page.url}#${name}`, title: query, excerpt: '' }));
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
