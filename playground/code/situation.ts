import type { TokenDefect } from '../../service/contract/development.ts';

/** A user who is connected, and how often. */
export interface ConnectedUser {
  readonly userId: string;
  readonly connections: number;
}

/** What would be published. */
export interface Publication {
  readonly userId: string;
  /** Exactly the text, JSON or not. */
  readonly payload: string;
  /** How many times. */
  readonly count: number;
  /** How many a second, where it is more than one; `undefined` for as fast as it goes. */
  readonly perSecond?: number | undefined;
}

/** Where the tokens come from. No token itself is ever part of a situation. */
export type TokenSource =
  /** The service mints them, as asked. */
  | {
      readonly kind: 'minted';
      readonly lifetimeSeconds: number;
      readonly claims?: Readonly<Record<string, unknown>>;
      readonly defect?: TokenDefect;
    }
  /** The reader has one from elsewhere. */
  | { readonly kind: 'pasted' };

/** What is on the screen, as far as a program can do the same. Holds no secret. */
export interface Situation {
  /** The service's address: `http(s)://`, with or without a path, without a slash at the end. */
  readonly service: string;
  /** The origin of the site, which offers the types for download. */
  readonly site: string;
  /** At least one. */
  readonly users: readonly ConnectedUser[];
  /** Whether a lost connection is made again: back-off with full jitter. */
  readonly reconnects: boolean;
  /** The notification types that are of interest, known to the contract or not. */
  readonly events: 'all' | readonly string[];
  readonly publication: Publication;
  /** The `ws` of `ws:{user_id}`. */
  readonly channelPrefix: string;
  readonly broker: 'embedded' | 'redis';
  readonly token: TokenSource;
}

/** The user of each connection: someone with two tabs is there twice. */
export function userOfEachConnection({ users }: Situation): string[] {
  return users.flatMap(({ userId, connections }) => Array.from({ length: connections }, () => userId));
}
