import { defaultPort, pages } from '../../service/contract/endpoints.ts';
import { isLoopback } from './address-space.ts';

/** The two commands that bring the service up on the reader's own machine, at the usual port. */
export const startCommand = 'npm ci && npm start';

/** Where a service of one's own answers unless configured otherwise. */
export const usualAddress = `http://localhost:${defaultPort}`;

/** Why something could not be done, and what to do about it. Every text is one or two sentences for people. */
export interface Failure {
  /**
   * What kind of cause it is.
   *
   * - `unreachable`: nothing answers at the address.
   * - `timeout`: something took the request and gave no answer in time.
   * - `mixed_content`: a page from https may not call a service at http.
   * - `local_access`: the browser keeps the page from the reader's machine or network.
   * - `blocked`: something answers, but the browser withholds the answer from this page (CORS).
   * - `development_off`: the service is there, without its development endpoints.
   * - `problem`: the service answered with a problem document.
   * - `foreign`: what answers is not this service.
   * - `ended`: the WebSocket was closed or never opened.
   * - `not_delivered`: the broker took the notification, but it did not arrive.
   * - `altered`: something arrived, but not what was published.
   */
  readonly kind:
    | 'unreachable'
    | 'timeout'
    | 'mixed_content'
    | 'local_access'
    | 'blocked'
    | 'development_off'
    | 'problem'
    | 'foreign'
    | 'ended'
    | 'not_delivered'
    | 'altered';
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  /** What to run in a shell, where that is the remedy. */
  readonly command?: string;
  /** A page that says more. */
  readonly link?: { readonly href: string; readonly text: string };
}

/**
 * @param base - The service's address.
 * @param pageOrigin - Where the page came from.
 */
export function unreachable(base: string, pageOrigin?: string): Failure {
  const title = 'The service does not answer';
  if (pageOrigin === new URL(base).origin) {
    return {
      kind: 'unreachable',
      title,
      detail: `This page came from ${base}, and nothing answers there any more: the service was stopped, or the network is gone.`,
      remedy: 'Start it again where it ran. This page notices by itself.',
      command: commandFor(base, startCommand),
    };
  }
  const onThisMachine = isLoopback(new URL(base).hostname);
  return {
    kind: 'unreachable',
    title,
    detail: onThisMachine ? `Nothing listens at ${base}.` : `Nothing answers at ${base}.`,
    remedy: onThisMachine
      ? 'Start it on this machine, in a clone of the repository: this page notices by itself. Or give the address where it runs.'
      : `See whether it runs there, and whether a firewall or VPN stands in between. Or start one here, and give ${usualAddress} as its address.`,
    command: commandFor(base, startCommand),
  };
}

/** @param status - The status with which a proxy answered in place of the service. */
export function gatewayAnswered(base: string, status: number): Failure {
  return {
    kind: 'unreachable',
    title: 'The service does not answer',
    detail: `${base} answers with ${status}, as a proxy does whose service is down.`,
    remedy: 'Start the service behind it; this page notices by itself. Or give the address of another.',
    command: startCommand,
  };
}

/** @param deadlineMs - How long was waited, in milliseconds. */
export function timedOut(base: string, deadlineMs: number): Failure {
  return {
    kind: 'timeout',
    title: 'The service takes too long',
    detail: `${base} gave no answer within ${deadlineMs / 1000} s.`,
    remedy: 'Look at its log: it may be starting, or wait for Redis. If it is stuck, stop it and start it again.',
    command: commandFor(base, startCommand),
  };
}

export function mixedContent(base: string, pageOrigin: string): Failure {
  return {
    kind: 'mixed_content',
    title: 'The browser blocks this address',
    detail: `This page came over https, and ${base} is plain http: browsers forbid the mixture.`,
    remedy: `Put the service behind TLS and give its https:// address, or open this site over http instead of ${pageOrigin}.`,
    link: ownPlayground(base),
  };
}

/** What a browser says of a page that calls the reader's machine or network. */
export type LocalAccess = 'asks' | 'denied' | 'needs_https';

export function localAccess(base: string, pageOrigin: string, access: LocalAccess): Failure {
  const remedies: Record<LocalAccess, string> = {
    asks: 'Answer its question with “Allow”; this page then goes on by itself. Or open the playground that the service serves: there the browser asks nothing.',
    denied:
      'Allow it in the settings of this site, behind the icon left of its address: the entry is about the local network, or about apps on this device. Or open the playground that the service serves.',
    needs_https:
      'Open this site over https: then the browser asks for your permission. Or open the playground that the service serves.',
  };
  const where = isLoopback(new URL(base).hostname) ? 'your machine' : 'your network';
  return {
    kind: 'local_access',
    title: access === 'asks' ? 'The browser asks for your permission' : `The browser keeps this page from ${where}`,
    detail:
      access === 'needs_https'
        ? `${base} is on ${where}, and a page that came over plain http from elsewhere (${pageOrigin}) may not call it.`
        : `${base} is on ${where}: a page from elsewhere (${pageOrigin}) may call it with your permission alone.`,
    remedy: remedies[access],
    link: ownPlayground(base),
  };
}

export function blocked(base: string, pageOrigin: string): Failure {
  return {
    kind: 'blocked',
    title: 'Something answers, but not to this page',
    detail: `The browser withholds the answer of ${base}, because it does not allow the origin ${pageOrigin} (CORS).`,
    remedy:
      'Start the service with this origin in its list, beside those that are there. Or open the site that it serves itself.',
    command: commandFor(base, `CORS_ORIGINS='["${pageOrigin}"]' npm start`),
    link: ownPlayground(base),
  };
}

export function developmentOff(base: string): Failure {
  const onThisMachine = isLoopback(new URL(base).hostname);
  return {
    kind: 'development_off',
    title: 'The development endpoints are off',
    detail: `The service at ${base} runs, but it neither mints tokens nor publishes: that takes ENVIRONMENT=development, and ENABLE_DEV_ENDPOINTS not set to false.`,
    remedy: onThisMachine
      ? 'Stop it and start it so. Or give the address of another.'
      : `Start one of your own for this, and open its playground at ${usualAddress}${pages.playground}.`,
    command: onThisMachine
      ? commandFor(base, 'ENVIRONMENT=development ENABLE_DEV_ENDPOINTS=true npm start')
      : startCommand,
  };
}

/** @param found - What answered instead, in a few words, such as `an HTML page (404)`. */
export function foreign(base: string, found: string): Failure {
  return {
    kind: 'foreign',
    title: 'Something else answers here',
    detail: `${base} answers with ${found}, so it is not the WebSocket service.`,
    remedy: `Start the service, then give its address: ${usualAddress} unless configured otherwise.`,
    command: startCommand,
  };
}

function ownPlayground(base: string) {
  return { href: base + pages.playground, text: 'Its own playground' };
}

/** The command with the port that the address names; elsewhere than on this machine that may be a proxy's. */
function commandFor(base: string, command: string): string {
  const { hostname, port, protocol } = new URL(base);
  const named = port || (protocol === 'https:' ? '443' : '80');
  if (!isLoopback(hostname) || protocol === 'https:' || named === String(defaultPort)) return command;
  return command.replace(/npm start$/, `WEBSOCKET_PORT=${named} npm start`);
}
