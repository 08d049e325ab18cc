/**
 * Pages that are made symbol by symbol, or are about the inside of the service. They stand last in `llms.txt` and
 * `llms-full.txt`. A path stands for all pages below it.
 */
export const insidePages: readonly string[] = ['/reference/typescript/', '/reference/internals/'];

/** What `llms-small.txt` holds: what it takes to move a frontend or to build one, and nothing about the inside. */
export const frontendPages: readonly string[] = [
  '/start/what-this-is/',
  '/migrate/',
  '/protocol/',
  '/reference/notifications/',
  '/reference/close-codes/',
  '/reference/http-errors/',
];

/** Whether a page is one of those, or below one. */
export function isAmong(pages: readonly string[], path: string): boolean {
  return pages.some((page) => path.startsWith(page));
}
