import type { TokenDefect } from '../contract/development.ts';
import type { NotificationEvent } from '../contract/notifications.ts';

/** What the field `format` holds: it tells a session from every other JSON document. */
export const sessionFormat = 'huleedu-realtime-session';

/** The version that is written; the only one that can be read. */
export const sessionVersion = 1;

/** Bounds of what is read. A file beyond them is refused, whatever it holds. */
export const sessionLimits = {
  /** Of the file, in bytes of UTF-8. */
  bytes: 5_000_000,
  clients: 50,
  messages: 200,
  events: 50_000,
  /** Of a name or a user id, in characters. */
  name: 256,
  /** Of a payload, in characters. */
  payload: 1_000_000,
  /** How deep the claims of a token may be nested. */
  depth: 32,
  /** From the first event to the last, in milliseconds. */
  durationMs: 24 * 3600 * 1000,
  /** How often one message may be sent in a row. */
  sendCount: 10_000,
} as const;

/** What a token is minted from; the same fields as the request to mint it. */
export interface TokenRecipe {
  readonly user_id: string;
  readonly lifetime_seconds: number;
  readonly defect?: TokenDefect;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Where a client's token comes from. The token itself is never written. */
export type TokenSource =
  | ({ readonly kind: 'minted' } & TokenRecipe)
  /** Someone pasted it, and has to paste it again. */
  | { readonly kind: 'pasted'; readonly user_id?: string };

/** One client as it was set up. */
export interface ClientSetup {
  readonly name: string;
  readonly reconnect: 'off' | 'back_off';
  /** Whether it had a connection. */
  readonly connected: boolean;
  /** Left out where it never had one. */
  readonly token?: TokenSource;
}

/** A message that was kept for later. */
export interface SavedMessage {
  readonly name: string;
  /** The type that was chosen; the text may be something else. */
  readonly event: NotificationEvent;
  readonly text: string;
}

/** All that someone has filled in. */
export interface Setup {
  readonly identity: TokenRecipe;
  readonly clients: readonly ClientSetup[];
  readonly publisher: {
    readonly event: NotificationEvent;
    /** Whom to address; left out where that follows from who is connected. */
    readonly user_id?: string;
    /** Left out where it is the example. */
    readonly text?: string;
  };
  readonly messages?: readonly SavedMessage[];
}

/** What the session does. */
export type Act =
  /** Mints a token, which a later `connect` names. */
  | { readonly do: 'mint'; readonly token: string; readonly source: TokenSource }
  /** Connects with a token; without one where `token` is left out. */
  | {
      readonly do: 'connect';
      readonly client: string;
      readonly token?: string;
      /** It was dialled at an address that is not kept, because it may hold a secret: it cannot be done again. */
      readonly unrepeatable?: true;
    }
  /** Publishes exactly this text; frames name the message by its id. */
  | { readonly do: 'publish'; readonly message: string; readonly user_id: string; readonly payload: string }
  /** Sends `count` messages of `bytes` each; what they say is not kept. */
  | {
      readonly do: 'send';
      readonly client: string;
      readonly binary: boolean;
      readonly bytes: number;
      readonly count: number;
    }
  /** Closes the connection: with 1000, or without a code where `code` is left out. */
  | { readonly do: 'disconnect'; readonly client: string; readonly code?: 1000 };

/** What a client sees. */
export type Observation =
  | { readonly saw: 'open'; readonly client: string }
  /** A frame: byte for byte the message that was published, or this text. */
  | ({ readonly saw: 'frame'; readonly client: string } & (
      | { readonly message: string; readonly text?: never }
      | { readonly text: string; readonly message?: never }
    ))
  /** The end, with the `error_code` of its reason where there is one. */
  | { readonly saw: 'closed'; readonly client: string; readonly code: number; readonly error_code?: string };

/** Something that was done or seen, and when: milliseconds since the recording began. */
export type RecordedEvent = (Act | Observation) & { readonly at_ms: number };

/** What happened, oldest first. */
export interface Recording {
  /** ISO 8601. */
  readonly started_at: string;
  readonly events: readonly RecordedEvent[];
}

/** A session as it is written to a file or into a link. It never holds a token. */
export interface SessionFile {
  readonly format: typeof sessionFormat;
  readonly version: typeof sessionVersion;
  /** ISO 8601. */
  readonly saved_at: string;
  /** Where the service was; left out unless whoever shared it wanted it in. */
  readonly service?: string;
  readonly setup: Setup;
  readonly recording?: Recording;
}

/** Whether the event is something done, not something seen. */
export function isAct(event: RecordedEvent): event is Act & { readonly at_ms: number } {
  return 'do' in event;
}

/** How long a recording is, in milliseconds. */
export function durationOf({ events }: Recording): number {
  return events.at(-1)?.at_ms ?? 0;
}

/** Whose clients and channels a recording touches, in the order of their appearance. */
export function usersOf(events: readonly RecordedEvent[]): string[] {
  const users = events.flatMap((event) => {
    if (!isAct(event)) return [];
    if (event.do === 'publish') return [event.user_id];
    return event.do === 'mint' && event.source.user_id !== undefined ? [event.source.user_id] : [];
  });
  return [...new Set(users)];
}
