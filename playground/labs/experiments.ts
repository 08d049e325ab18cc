import type { TokenDefect } from '../../service/contract/development.ts';

/** What is dialled on one side. */
export interface DialPlan {
  readonly endpoint: 'old' | 'new';
  /** Where the token is put. A browser has no way to set a header. */
  readonly token: 'in_query' | 'in_header';
  readonly title: string;
}

/** One comparison, dialled at a click. Backticks in its texts mark code. */
export interface Experiment {
  readonly id: 'same_token' | 'wrong_token' | 'header';
  readonly label: string;
  /** What is done. */
  readonly what: string;
  /** What it shows, once it has been seen. */
  readonly lesson: string;
  /** Makes the token wrong in this way. */
  readonly defect?: TokenDefect;
  /** Once both have been answered, a notification is published to the user. */
  readonly publishes?: true;
  readonly left: DialPlan;
  readonly right: DialPlan;
}

const oldWithQuery: DialPlan = { endpoint: 'old', token: 'in_query', title: 'Old endpoint' };
const newWithQuery: DialPlan = { endpoint: 'new', token: 'in_query', title: 'New endpoint' };

/** What can be compared. */
export const experiments: readonly Experiment[] = [
  {
    id: 'same_token',
    label: 'The right token, at both',
    what: 'Dials both endpoints for one user with the same valid token, then publishes a notification to that user.',
    lesson:
      'At the old endpoint a page learns nothing, whatever token it has: no status, no reason, no notification. That is `1006`. At the new one it is open, subscribed, and receives.',
    publishes: true,
    left: oldWithQuery,
    right: newWithQuery,
  },
  {
    id: 'wrong_token',
    label: 'An expired token, at both',
    what: 'Dials both endpoints with a token that has expired.',
    lesson:
      'A refusal in HTTP, before the WebSocket is open, is a bare `1006` to a page: the `410` on the left, and a `401` or `403` would look no different. So the service refuses a token on an open WebSocket: `open` comes, then `close` with `1008` and the cause, which code can test.',
    defect: 'expired',
    left: { ...oldWithQuery, title: 'Refused in HTTP' },
    right: { ...newWithQuery, title: 'Refused by the new endpoint' },
  },
  {
    id: 'header',
    label: 'The token in a header',
    what: 'Tries to send the token in the header `Authorization`, as the old endpoint took it, and beside it in the query.',
    lesson:
      'No page can do what the old documentation asked for: `WebSocket` takes an address and subprotocols, and no headers. A program can, and the new endpoint then says so by name: `TOKEN_IN_HEADER`.',
    left: { endpoint: 'old', token: 'in_header', title: 'With a header' },
    right: newWithQuery,
  },
];
