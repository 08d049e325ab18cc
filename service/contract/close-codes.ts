/**
 * Every code that a `close` event of this service can have, with what it means and whether to try again.
 *
 * The page [Close codes](/protocol/close-codes/) shows the table.
 *
 * @pageTitle Close codes
 * @packageDocumentation
 */

/**
 * What a client should do after a close.
 *
 * - `never`: the same call would end the same way; fix the client or stay closed.
 * - `with_new_token`: fetch a token first; the one just used will be refused again.
 * - `spread_out`: reconnect after a short random wait, so that a restart is not met by everyone at once.
 * - `back_off`: reconnect with growing, randomised waits.
 * - `after_closing_another`: close one of the user's other connections first.
 */
export type RetryAdvice = 'never' | 'with_new_token' | 'spread_out' | 'back_off' | 'after_closing_another';

/** What each advice means, in a few words: the answer to "Try again?". */
export const retryInWords: Readonly<Record<RetryAdvice, string>> = {
  never: 'No',
  with_new_token: 'Not with the same token',
  spread_out: 'Yes, after a short random wait',
  back_off: 'Yes, with growing random waits',
  after_closing_another: 'After closing another connection',
};

/**
 * Who puts the code on the wire.
 *
 * `nobody` marks the codes that a browser reports although no close frame carried them (RFC 6455, 7.4.1).
 */
export type CloseCodeSender = 'client' | 'server' | 'nobody';

/** One row of the close-code table. */
export interface CloseCodeEntry {
  /** The name that RFC 6455 or its registry gives the code; ours for 4000. */
  readonly name: string;
  /** Who puts it on the wire; with `nobody`, no frame carries it. */
  readonly sentBy: CloseCodeSender;
  /** When a client of this service sees the code. */
  readonly when: string;
  /** Whether to connect again, unless the cause in the reason says otherwise. */
  readonly retry: RetryAdvice;
  /** One instruction to the author of a client. */
  readonly advice: string;
}

/**
 * Every code that a client of this service can see in its `close` event.
 *
 * @remarks Codes from the wire contract, and those that RFC 6455 makes a server or a browser use on its own.
 */
export const closeCodes = {
  1000: {
    name: 'Normal closure',
    sentBy: 'client',
    when: 'The client closed the connection.',
    retry: 'never',
    advice: 'Nothing to do: the client asked for this.',
  },
  1001: {
    name: 'Going away',
    sentBy: 'server',
    when: 'The server is shutting down, for a restart or a new release.',
    retry: 'spread_out',
    advice: 'Reconnect after a short random wait, so that not every client returns in the same instant.',
  },
  1002: {
    name: 'Protocol error',
    sentBy: 'server',
    when: 'The client sent bytes that are not a valid WebSocket frame.',
    retry: 'never',
    advice: 'Fix the client: a browser never does this, a hand-written client or a broken proxy can.',
  },
  1003: {
    name: 'Unsupported data',
    sentBy: 'server',
    when: 'The client sent a binary frame.',
    retry: 'never',
    advice: 'Fix the client: send text, or nothing at all. The connection is one-way.',
  },
  1005: {
    name: 'No status received',
    sentBy: 'nobody',
    when: 'The close frame carried no code, as after `socket.close()` without an argument.',
    retry: 'never',
    advice: 'Nothing to do: the client closed without giving a code.',
  },
  1006: {
    name: 'Abnormal closure',
    sentBy: 'nobody',
    when: 'The connection ended without a close frame: the network went, the address does not answer, a proxy or the old endpoint refused the handshake, or the server dropped a peer that had stopped answering.',
    retry: 'back_off',
    advice:
      'Reconnect with growing waits. If it never once opened, check the address: /ws on port 8004, not the old endpoint.',
  },
  1007: {
    name: 'Invalid frame payload data',
    sentBy: 'server',
    when: 'The client sent a text frame that is not UTF-8.',
    retry: 'never',
    advice: 'Fix the client: text frames are UTF-8.',
  },
  1008: {
    name: 'Policy violation',
    sentBy: 'server',
    when: 'The token is missing, wrong or expired (also while connected), the origin is not allowed, or the client sent too many messages. The `error_code` in the reason says which.',
    retry: 'with_new_token',
    advice: 'Do not reconnect with the same token. Read the `error_code`, then fetch a new token or fix the client.',
  },
  1009: {
    name: 'Message too big',
    sentBy: 'server',
    when: 'The client sent a message over 64 KiB.',
    retry: 'never',
    advice: 'Fix the client: it has nothing to send that is this large.',
  },
  1011: {
    name: 'Internal error',
    sentBy: 'server',
    when: "A fault of the server's own.",
    retry: 'back_off',
    advice: 'Reconnect with growing waits, and give the `correlation_id` to whoever runs the service.',
  },
  1013: {
    name: 'Try again later',
    sentBy: 'server',
    when: "The broker is unreachable, or this client reads too slowly and the server's send buffer for it is full.",
    retry: 'back_off',
    advice: 'Reconnect with growing waits. Afterwards reload what you show: notifications may have been missed.',
  },
  4000: {
    name: 'Too many connections',
    sentBy: 'server',
    when: 'The user already has as many connections as are allowed (5 by default). The newest is refused; the others stay.',
    retry: 'after_closing_another',
    advice: "Close one of the user's other tabs or connections, then connect again.",
  },
} as const satisfies Record<number, CloseCodeEntry>;

/** A close code that this service's clients can meet. */
export type CloseCode = keyof typeof closeCodes;

/**
 * Looks a code up that came from a `close` event.
 *
 * @param code - The `code` of the event.
 * @returns The row, or `undefined` for a code that this service never sends.
 *
 * @example
 * ```ts
 * socket.addEventListener('close', ({ code }) => showHint(lookUpCloseCode(code)?.advice));
 * ```
 */
export function lookUpCloseCode(code: number): CloseCodeEntry | undefined {
  return (closeCodes as Record<number, CloseCodeEntry>)[code];
}
