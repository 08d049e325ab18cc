import { defaultPort, endpoints } from '../../service/contract/endpoints.ts';

/** What makes a connection fail before, or without, the service knowing of it. Backticks in its texts mark code. */
export interface UnseenCause {
  readonly title: string;
  /** What happens to the page's `WebSocket`. */
  readonly page: string;
  /** What Chromium writes to its console, or a part of it that names the cause; nothing where it writes nothing. */
  readonly console?: string;
  readonly remedy: string;
}

const never = '`error`, then 1006; never open';

/** In the order in which to look. test/browser/why-1006.test.ts brings each about in Chromium, but the certificate. */
export const unseenCauses = {
  nothing_listens: {
    title: 'Nothing listens there',
    page: `${never}. At once`,
    console: 'net::ERR_CONNECTION_REFUSED',
    remedy: `Start the service, and check the port: ${defaultPort}, not the gateway’s. \`curl -i http://<host>:${defaultPort}${endpoints.health}\` must answer.`,
  },
  name_unknown: {
    title: 'The host’s name is not known',
    page: never,
    console: 'net::ERR_NAME_NOT_RESOLVED',
    remedy:
      'Check the name. `websocket-service` is known inside the compose network alone, and no browser is in there.',
  },
  no_answer: {
    title: 'A firewall swallows the request, or a proxy holds it',
    page: 'Nothing for a long time: it stays `CONNECTING`. 1006 when the browser gives up, after a minute or more',
    remedy: 'Try the same address with `curl -i` from the same machine. Give attempts of your own a deadline.',
  },
  proxy_answers: {
    title: 'Something else answers: a proxy, a gateway, a development server',
    page: never,
    console: 'Error during WebSocket handshake: Unexpected response code: 502',
    remedy:
      'A status that is not in the table above, or no entry of it among your last failures, is not from this service. Let the proxy pass `Upgrade` and `Connection` on, over HTTP/1.1.',
  },
  no_tls: {
    title: '`wss://` to a port without TLS',
    page: never,
    console: 'net::ERR_SSL_PROTOCOL_ERROR',
    remedy: 'The service itself speaks plain `ws://`. Dial that, or the proxy in front of it that has the certificate.',
  },
  certificate: {
    title: 'A certificate that the browser does not trust',
    page: never,
    console: 'net::ERR_CERT_AUTHORITY_INVALID',
    remedy:
      'Open the same address with `https://` in a tab: it says what is wrong. No page can ask the user to accept it.',
  },
  mixed_content: {
    title: 'Mixed content: `ws://` from a page that came over https',
    page: '`new WebSocket` throws a `SecurityError`; no event, no code. Not so to `localhost`',
    console: 'Mixed Content: … attempted to connect to the insecure WebSocket endpoint',
    remedy: 'Dial `wss://`. Derive the scheme from that of the page.',
  },
  local_network: {
    title: 'A page from the internet that dials this machine, or one of its network',
    page: never,
    console: 'net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS',
    remedy:
      'Open the site that the service itself serves. Chromium lets pages from elsewhere do so over https alone, and only where the user allows it.',
  },
  content_policy: {
    title: 'The page’s Content Security Policy',
    page: '`error` and no `close`: code that waits for `close` waits for ever',
    console: 'violates the following Content Security Policy directive',
    remedy: 'Add the service’s address, with `ws://` or `wss://`, to `connect-src`.',
  },
  cut_off: {
    title: 'It had been open, and was cut off',
    page: '1006 after `open`',
    remedy:
      'The network went, the machine slept, or a proxy cut what was quiet. Reconnect with growing waits, and load what you show again: notifications of the meantime are not repeated.',
  },
} as const satisfies Record<string, UnseenCause>;
