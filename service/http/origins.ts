import type { IncomingMessage } from 'node:http';

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const loopbackAddress = /^(127\.|::1$|::ffff:127\.)/;

/** Whether a page of this origin may connect. A request without an `Origin` comes from no browser, and passes. */
export function isOriginAllowed(request: IncomingMessage, configured: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || configured.includes(origin)) return true;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/**
 * Whether the development endpoints may answer: a page of a configured origin, or a caller on this machine.
 *
 * A page that is on neither list is refused even on this machine, and so is one that reaches it under a foreign name: a browser
 * sends such requests on behalf of any site that is open in it.
 */
export function isDevelopmentCallerAllowed(request: IncomingMessage, configured: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin !== undefined && configured.includes(origin)) return true;
  const isLocal = loopbackAddress.test(request.socket.remoteAddress ?? '') && loopbackHost.test(host ?? '');
  return isLocal && isOriginAllowed(request, configured);
}
