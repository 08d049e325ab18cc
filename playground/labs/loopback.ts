const others: Readonly<Record<string, string>> = { localhost: '127.0.0.1', '127.0.0.1': 'localhost' };

/**
 * The same service under its other name on this machine: to a page, a foreign origin.
 *
 * @returns `undefined` where the service is elsewhere: only this machine has a second name that everyone knows.
 */
export function underOtherName(address: string): string | undefined {
  const url = new URL(address);
  const other = others[url.hostname];
  if (other === undefined) return undefined;
  url.hostname = other;
  return url.href;
}
