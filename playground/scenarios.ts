import { type CloseCode, closeCodes } from '../service/contract/close-codes.ts';
import type { TokenDefect } from '../service/contract/development.ts';
import {
  defaultMessagesPerMinute,
  legacyWebsocketPrefix,
  maxClientMessageBytes,
} from '../service/contract/endpoints.ts';
import { type ConnectionErrorCode, connectionErrors } from '../service/contract/error-codes.ts';
import { defectsInWords } from './defects-in-words.ts';

/** A close code that a client can see without a cause: the reason is empty. */
export type CodeWithoutCause = 1000 | 1005 | 1006;

/** What can be tried: a cause of the table, or a close code that names none. */
export type ScenarioName = ConnectionErrorCode | CodeWithoutCause;

/** What a client sends; `count` times in a row. */
export interface Sending {
  readonly what: 'text' | 'binary';
  readonly bytes: number;
  readonly count: number;
}

/** What the page does so that its connection ends. */
export type Act =
  | { readonly kind: 'wrong_token'; readonly defect: TokenDefect }
  | { readonly kind: 'short_token'; readonly lifetimeSeconds: number }
  /** Dials with exactly these values of `token`; none of them is a token. */
  | { readonly kind: 'tokens_in_url'; readonly tokens: readonly string[] }
  | { readonly kind: 'send'; readonly sending: Sending }
  /** Opens as many connections as a user may have, unless that is more than `atMost`, and then one more. */
  | { readonly kind: 'crowd'; readonly atMost: number }
  | { readonly kind: 'close'; readonly withCode: boolean }
  | { readonly kind: 'dial'; readonly place: 'other_loopback_name' | 'old_path' }
  /** Connects and waits: what ends the connection happens outside the page. */
  | { readonly kind: 'watch'; readonly token: 'minted' | 'not_of_this_service' };

/** Something to do by hand. In the text, backticks mark code. */
export interface Step {
  readonly text: string;
  readonly command?: string;
}

/** What no page can do by itself. */
export interface Outside {
  /** How the service has to be started. */
  readonly environment?: Readonly<Record<string, string>>;
  /** To be done before the page connects. */
  readonly before?: readonly Step[];
  /** To be done while the page is connected. */
  readonly after?: readonly Step[];
  /** `docs/samples/provoke.js` does it, on a connection of its own. */
  readonly byProgram?: true;
}

/** One way to bring an end about. */
export interface Scenario {
  /** What is done, in a sentence or two; backticks mark code. */
  readonly what: string;
  readonly act: Act;
  /** Given where, and only where, the page can but connect and watch. */
  readonly outside?: Outside;
}

/** What a scenario must lead to, as the client sees it. */
export interface Expectation {
  readonly code: CloseCode;
  /** The `error_code` of the reason; `undefined` where the reason is empty. */
  readonly cause: ConnectionErrorCode | undefined;
  /** Whether the connection is open first. A refusal of this service opens, too. */
  readonly opens: boolean;
}

const wrongToken = (defect: TokenDefect): Scenario => ({
  what: `Connects with ${defectsInWords[defect]}.`,
  act: { kind: 'wrong_token', defect },
});

const watched = (what: string, outside: Outside): Scenario => ({
  what,
  act: { kind: 'watch', token: 'minted' },
  outside,
});

/** The service that verifies with public keys mints no token: the page sends one that it made up. */
const judgedByKeys = (what: string, outside: Outside): Scenario => ({
  what,
  act: { kind: 'watch', token: 'not_of_this_service' },
  outside,
});

const sent = (what: string, sending: Sending): Scenario => ({ what, act: { kind: 'send', sending } });

/** One scenario for each cause and for each code without one. The tests run all of them. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  TOKEN_MISSING: {
    what: 'Connects to `/ws` without a token.',
    act: { kind: 'tokens_in_url', tokens: [] },
  },
  TOKEN_IN_HEADER: watched(
    'A browser cannot send the header `Authorization` with a WebSocket. A program can: this one sends the token there, as clients of the old endpoint did.',
    { byProgram: true },
  ),
  TOKEN_REPEATED: {
    what: 'Connects with two tokens: `/ws?token=one&token=two`.',
    act: { kind: 'tokens_in_url', tokens: ['one', 'two'] },
  },
  TOKEN_MALFORMED: wrongToken('malformed'),
  TOKEN_ALGORITHM_NOT_ALLOWED: wrongToken('unsigned'),
  TOKEN_TYPE_INVALID: wrongToken('wrong_type'),
  TOKEN_KEY_UNKNOWN: judgedByKeys(
    'A service that verifies with public keys, of which none fits the token. The page sends a token that it made up.',
    {
      environment: { JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: 'http://127.0.0.1:9000/jwks.json' },
      before: [
        {
          text: 'Serve a key set without a key:',
          command: `mkdir -p /tmp/jwks && echo '{"keys":[]}' > /tmp/jwks/jwks.json && python3 -m http.server 9000 --bind 127.0.0.1 --directory /tmp/jwks`,
        },
      ],
    },
  ),
  TOKEN_SIGNATURE_INVALID: wrongToken('wrong_signature'),
  TOKEN_EXPIRED: {
    what: 'Connects with a token that lives 5 seconds, and stays until it expires.',
    act: { kind: 'short_token', lifetimeSeconds: 5 },
  },
  TOKEN_EXPIRY_MISSING: wrongToken('no_expiry'),
  TOKEN_NOT_YET_VALID: wrongToken('not_yet_valid'),
  TOKEN_ISSUER_INVALID: wrongToken('wrong_issuer'),
  TOKEN_AUDIENCE_INVALID: wrongToken('wrong_audience'),
  TOKEN_SUBJECT_INVALID: wrongToken('numeric_subject'),
  TOKEN_CLAIM_INVALID: wrongToken('expiry_not_a_number'),
  ORIGIN_NOT_ALLOWED: {
    what: 'Connects to the same service under its other name on this machine, `localhost` or `127.0.0.1`. There, this page comes from a foreign origin.',
    act: { kind: 'dial', place: 'other_loopback_name' },
  },
  MESSAGE_RATE_EXCEEDED: sent(
    `Connects, and sends ${defaultMessagesPerMinute + 1} messages at once. ${defaultMessagesPerMinute} a minute are allowed by default.`,
    { what: 'text', bytes: 1, count: defaultMessagesPerMinute + 1 },
  ),
  BINARY_NOT_SUPPORTED: sent('Connects, and sends a binary frame.', { what: 'binary', bytes: 2, count: 1 }),
  MESSAGE_TOO_LARGE: sent('Connects, and sends a message of 64 KiB and one byte.', {
    what: 'text',
    bytes: maxClientMessageBytes + 1,
    count: 1,
  }),
  MESSAGE_TOO_FRAGMENTED: watched(
    'A browser decides by itself how a message is split. A program can split it into 1100 fragments.',
    { byProgram: true },
  ),
  FRAME_INVALID: watched('A browser masks each frame, as RFC 6455 asks. A program can leave the mask out.', {
    byProgram: true,
  }),
  TEXT_NOT_UTF8: watched('A browser sends text as UTF-8. A program can send other bytes in a text frame.', {
    byProgram: true,
  }),
  CONNECTION_LIMIT_EXCEEDED: {
    what: 'Opens as many connections as one user may have, and then one more. Afterwards all are closed.',
    act: { kind: 'crowd', atMost: 49 },
  },
  BROKER_UNAVAILABLE: watched('A service that cannot reach its Redis.', {
    environment: { REDIS_URL: 'redis://127.0.0.1:6379' },
    before: [{ text: 'Stop Redis:', command: 'redis-cli shutdown nosave' }],
  }),
  SLOW_CONSUMER: watched(
    'A browser reads what comes. A program can stop reading while large messages are published to it, until too much waits.',
    { byProgram: true },
  ),
  INTERNAL_ERROR: watched(
    'Nothing brings this about on purpose: it is a fault of the service that nobody knows of. The tests put a broken broker into it.',
    {},
  ),
  KEYS_UNAVAILABLE: judgedByKeys(
    'A service that cannot fetch the public keys which it verifies with. The page sends a token that it made up.',
    {
      // Port 9 is that of the discard service, which no machine runs.
      environment: { JWT_ALGORITHM: 'ES256', JWT_JWKS_URL: 'http://127.0.0.1:9/jwks.json' },
    },
  ),
  SERVER_SHUTDOWN: watched('The service stops while this page is connected.', {
    after: [{ text: 'Stop the service: press Ctrl+C where it runs.' }],
  }),
  PEER_UNRESPONSIVE: watched(
    'A browser answers each ping of the service by itself. A program can leave them unanswered. With these settings it takes seconds rather than minutes.',
    { environment: { WEBSOCKET_PING_INTERVAL: '1', WEBSOCKET_IDLE_TIMEOUT: '3' }, byProgram: true },
  ),
  1000: { what: 'Connects, and closes with `socket.close(1000)`.', act: { kind: 'close', withCode: true } },
  1005: {
    what: 'Connects, and closes with `socket.close()`, without a code.',
    act: { kind: 'close', withCode: false },
  },
  1006: {
    what: `Connects to the old path, \`${legacyWebsocketPrefix}/…\`. The service answers the handshake with 410, of which a browser shows nothing but 1006.`,
    act: { kind: 'dial', place: 'old_path' },
  },
};

/** The names of all scenarios. Those of codes are numbers as text, because a key of an object is a text. */
export const scenarioNames = Object.keys(scenarios).map((name) => nameOf(name) as ScenarioName);

/** What a scenario must lead to: as its cause and code stand in the tables of the contract. */
export function expectationOf(name: ScenarioName): Expectation {
  if (typeof name === 'number') return { code: name, cause: undefined, opens: name !== 1006 };
  const { closeCode } = connectionErrors[name];
  // 1006 is never sent, so nothing can carry the cause.
  return { code: closeCode, cause: closeCode === 1006 ? undefined : name, opens: true };
}

/** The scenarios that lead to a code, that of the code itself first. */
export function scenariosOf(code: CloseCode): ScenarioName[] {
  const names = scenarioNames.filter((name) => expectationOf(name).code === code);
  return names.sort((a, b) => Number(typeof b === 'number') - Number(typeof a === 'number'));
}

/**
 * Finds the scenario that a person or a link names.
 *
 * @param text - An `error_code` in any case, or a close code. A code that has but one cause means that cause.
 * @returns `undefined` where nothing is meant, or more than one.
 */
export function scenarioNamed(text: string): ScenarioName | undefined {
  const name = nameOf(text.trim().toUpperCase());
  if (name !== undefined) return name;
  if (!Object.hasOwn(closeCodes, text)) return undefined;
  const [only, ...others] = scenariosOf(Number(text) as CloseCode);
  return others.length === 0 ? only : undefined;
}

function nameOf(text: string): ScenarioName | undefined {
  if (!Object.hasOwn(scenarios, text)) return undefined;
  return /^\d/.test(text) ? (Number(text) as CodeWithoutCause) : (text as ConnectionErrorCode);
}

/** Where the steps below leave off, and the page comes in. */
export const connectStep: Step = { text: 'Connect the playground, which then watches for the end.' };

/** The command that starts the service with settings; `undefined` where any service will do. */
export function startCommand(environment: Readonly<Record<string, string>> = {}): string | undefined {
  const settings = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
  return settings.length === 0 ? undefined : [...settings, 'npm start'].join(' ');
}

/** What to do by hand, in order; empty where the page does everything. */
export function stepsOf(name: ScenarioName): readonly Step[] {
  const { outside } = scenarios[name];
  if (outside === undefined) return [];
  const { environment, before = [], after = [], byProgram } = outside;
  const command = startCommand(environment);
  const text = 'Start the service with these settings, in place of the one that runs:';
  const start: Step[] = command === undefined ? [] : [{ text, command }];
  if (byProgram) {
    const run = 'Run this in a clone of the repository. It prints the close code and the reason:';
    return [...start, { text: run, command: `node docs/samples/provoke.js ${name}` }];
  }
  const done = [...start, ...before, ...after];
  return done.length === 0 ? [] : [...start, ...before, connectStep, ...after];
}
