/** As much of a tag in a page's head as is used here. */
interface HeadTag {
  readonly tag: string;
  readonly attrs?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Where the Markdown version of a page lies.
 *
 * @param path - The page's path, such as `/protocol/close-codes/`.
 */
export function markdownPath(path: string): string {
  return `${path.replace(/\/$/, '') || '/index'}.md`;
}

/**
 * Whether a page asks not to be indexed, with `<meta name="robots" content="noindex">` in its head.
 *
 * Such a page has no Markdown version, and stands neither in `llms.txt` nor in the sitemap.
 */
export function isHiddenFromMachines(head: readonly HeadTag[]): boolean {
  return head.some(
    ({ tag, attrs }) => tag === 'meta' && attrs?.['name'] === 'robots' && `${attrs['content']}`.includes('noindex'),
  );
}
