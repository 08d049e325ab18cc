/** The two commands that bring the service up on the reader's own machine. */
export const startCommand = 'npm ci && npm start';

/** Why something could not be done, and what to do about it. Every text is one or two sentences for people. */
export interface Failure {
  /**
   * What kind of cause it is.
   *
   * - `unreachable`: nothing answers at the address.
   * - `timeout`: something took the request and gave no answer in time.
   * - `mixed_content`: a page from https may not call a service at http.
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

/** @param base - The service's address. */
export function unreachable(base: string): Failure {
  return {
    kind: 'unreachable',
    title: 'The service does not answer',
    detail: `Nothing answers at ${base}.`,
    remedy: 'Start it in a clone of the repository, then try again. Or give the address where it runs.',
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
    command: startCommand,
  };
}

export function mixedContent(base: string, pageOrigin: string): Failure {
  return {
    kind: 'mixed_content',
    title: 'The browser blocks this address',
    detail: `This page came over https, and ${base} is plain http: browsers forbid the mixture.`,
    remedy: `Put the service behind TLS and give its https:// address, or open this site over http instead of ${pageOrigin}.`,
  };
}

export function blocked(base: string, pageOrigin: string): Failure {
  return {
    kind: 'blocked',
    title: 'Something answers, but not to this page',
    detail: `The browser withholds the answer of ${base}, because it does not allow the origin ${pageOrigin}.`,
    remedy: 'Start the service with this origin in its list, or open the site that the service itself serves.',
    command: `CORS_ORIGINS='["${pageOrigin}"]' npm start`,
  };
}

export function developmentOff(base: string): Failure {
  return {
    kind: 'development_off',
    title: 'The development endpoints are off',
    detail: `The service at ${base} runs, but it neither mints tokens nor publishes: that takes ENVIRONMENT=development, and ENABLE_DEV_ENDPOINTS not set to false.`,
    remedy: 'Start one of your own for this, and give its address here.',
    command: startCommand,
  };
}

/** @param found - What answered instead, in a few words, such as `an HTML page (404)`. */
export function foreign(base: string, found: string): Failure {
  return {
    kind: 'foreign',
    title: 'Something else answers here',
    detail: `${base} answers with ${found}, so it is not the WebSocket service.`,
    remedy: 'Start the service, then give its address: http://localhost:8004 unless configured otherwise.',
    command: startCommand,
  };
}
