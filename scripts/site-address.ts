import { defaultPort } from '../service/contract/endpoints.ts';

/**
 * Where the built site will be reached, for what needs whole addresses, such as its sitemap.
 *
 * @param value - What `SITE_URL` holds. Unset or empty means the service on this machine.
 * @returns The origin, such as `https://realtime.example`, without a slash at the end.
 * @throws Error with one line that says what `SITE_URL` holds and what it may hold.
 */
export function siteAddress(value: string | undefined): string {
  const text = value || `http://localhost:${defaultPort}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The pages link to one another from the root: below a path they would not be found.
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (isOrigin) return url.origin;
  throw new Error(
    `SITE_URL is ${JSON.stringify(text)}; it may be an address of http or https without a path, such as https://realtime.example.`,
  );
}
