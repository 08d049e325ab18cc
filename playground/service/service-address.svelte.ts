/** Under this key the browser remembers the address. No token is ever stored. */
export const storageKey = 'huleedu-realtime.service-address';

/** An address as given by a person, read: its usable form, or what is wrong with it. */
export type ParsedAddress = { readonly base: string } | { readonly problem: string };

const schemes: Record<string, string> = { 'http:': 'http:', 'https:': 'https:', 'ws:': 'http:', 'wss:': 'https:' };

/**
 * Reads the address of a service.
 *
 * @param text - An `http`, `https`, `ws` or `wss` URL, with or without a path.
 * @returns The same place as an `http(s)` URL without a trailing slash, query or fragment; or one sentence that
 * says what is wrong.
 */
export function parseServiceAddress(text: string): ParsedAddress {
  const given = text.trim();
  if (given === '') return { problem: 'The address is empty. Write one such as http://localhost:8004.' };
  if (!given.includes('://'))
    return { problem: `“${given}” has no scheme. Write http://${given} or https://${given}.` };
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    return { problem: `“${given}” is not a URL. Write one such as http://localhost:8004.` };
  }
  const scheme = schemes[url.protocol];
  if (scheme === undefined) {
    return { problem: `“${url.protocol}//” cannot be used. Write an http, https, ws or wss address.` };
  }
  if (url.username !== '' || url.password !== '') {
    return { problem: 'The address holds a user name or password. Leave them out.' };
  }
  return { base: `${scheme}//${url.host}${url.pathname.replace(/\/(ws\/?)?$/, '')}` };
}

/** Where the address in use came from. */
export type AddressSource = 'link' | 'remembered' | 'same_origin';

/** The part of `Storage` that is needed. */
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Decides where the service is: the `service` query parameter, else what was chosen before, else the page's own origin.
 *
 * Until `read` was called, as while the page is being built, the address is unknown.
 */
export class ServiceAddress {
  /** The `http(s)` URL of the service, without a trailing slash; `undefined` until it is known. */
  base = $state<string>();
  source = $state<AddressSource>('same_origin');
  /** What was wrong with an address that was given and is therefore ignored. */
  problem = $state<string>();
  #origin = '';
  #store: Store | undefined;

  /** @param store - Where the choice is remembered; leave it out where storage is forbidden. */
  read(location: { readonly origin: string; readonly search: string }, store?: Store): void {
    this.#origin = location.origin;
    this.#store = store;
    this.#use(location.origin, 'same_origin');
    const remembered = store?.getItem(storageKey);
    if (remembered) this.#take(remembered, 'remembered');
    const linked = new URLSearchParams(location.search).get('service');
    if (linked !== null) this.#take(linked, 'link');
  }

  /**
   * Uses another address and remembers it.
   *
   * @returns Whether it could be used; if not, `problem` says why and the address stays.
   */
  choose(text: string): boolean {
    if (!this.#take(text, 'remembered')) return false;
    if (this.base === this.#origin) this.reset();
    else this.#store?.setItem(storageKey, this.base as string);
    return true;
  }

  /** Goes back to the page's own origin and forgets the choice. */
  reset(): void {
    this.problem = undefined;
    this.#store?.removeItem(storageKey);
    this.#use(this.#origin, 'same_origin');
  }

  #take(text: string, source: AddressSource): boolean {
    const parsed = parseServiceAddress(text);
    if ('problem' in parsed) {
      const from = { link: 'The address in the link is ignored. ', remembered: '', same_origin: '' }[source];
      this.problem = from + parsed.problem;
      return false;
    }
    this.problem = undefined;
    this.#use(parsed.base, source);
    return true;
  }

  #use(base: string, source: AddressSource): void {
    this.base = base;
    this.source = source;
  }
}

/** The page's storage, or `undefined` where the browser forbids it: merely touching it throws then. */
export function pageStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
