import type { LocalAccess } from './failure.ts';

/** The permissions that Chromium asks for before a page may call into a space that is closer to the reader than its own. */
export type AccessPermission = 'loopback-network' | 'local-network';

/** The page that calls; given so that the classification can be tested without a browser. */
export interface CallingPage {
  readonly origin: string;
  /** Whether it came over https or from this machine; only such a page may be given a permission. */
  readonly isSecure?: boolean;
  /** How a permission stands; `undefined` where the browser does not know it. */
  readonly permission?: (name: AccessPermission) => Promise<PermissionState | undefined>;
}

/** The page that this runs in. */
export function browserPage(): CallingPage {
  return { origin: window.location.origin, isSecure: window.isSecureContext, permission: askPermission };
}

async function askPermission(name: AccessPermission): Promise<PermissionState | undefined> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return undefined;
  }
}

/** Whether a host name is this machine's own. Browsers let a page from https call plain http there. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|\[::1\]|127(\.\d+){3})$/.test(hostname);
}

/** Whether a host name is an address of a local network. A name that resolves to one cannot be told by a page. */
function isLocal(hostname: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cde])|\.local$/.test(hostname);
}

/**
 * Whether the browser keeps the page from an address because that is closer to the reader than the page is
 * (https://wicg.github.io/local-network-access/). Only to be asked once a call had no answer: a browser without this rule
 * has no such permission, and a page from the same space needs none.
 */
export async function localAccessTo(target: URL, page: CallingPage): Promise<LocalAccess | undefined> {
  const from = new URL(page.origin).hostname;
  const needed = neededPermission(from, target.hostname);
  const state = needed && (await page.permission?.(needed));
  if (state === undefined) return undefined;
  if (page.isSecure === false) return 'needs_https';
  return state === 'granted' ? undefined : state === 'denied' ? 'denied' : 'asks';
}

function neededPermission(from: string, to: string): AccessPermission | undefined {
  if (isLoopback(from)) return undefined;
  if (isLoopback(to)) return 'loopback-network';
  return isLocal(to) && !isLocal(from) ? 'local-network' : undefined;
}
