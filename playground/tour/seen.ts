/** Under this key the browser remembers that the tour was taken or declined. `playground.mdx` reads it before the first paint. */
export const tourSeenKey = 'huleedu-realtime.tour-seen';

/** Remembers it, where the browser lets it, and hides the invitation. */
export function rememberTourSeen(store: Pick<Storage, 'setItem'> | undefined): void {
  store?.setItem(tourSeenKey, 'yes');
  document.documentElement.dataset.tourSeen = '';
}
