import { tokenDefects } from '../../service/contract/development.ts';
import { endpoints } from '../../service/contract/endpoints.ts';
import type { HttpErrorCode } from '../../service/contract/http-errors.ts';

/** What the reference says of one endpoint. Text in which backticks mark code. */
export interface HttpEndpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly purpose: string;
  /** Exists in development alone. */
  readonly isDevelopment?: true;
  /** The interface of the contract that its body has. */
  readonly body?: string;
  /** What the body's fields do not say of themselves. */
  readonly bodyNote?: string;
  readonly answer: string;
  /** The interface of the contract that its answer has. */
  readonly shape?: string;
  readonly errors: readonly HttpErrorCode[];
}

const bodyErrors = ['BODY_INVALID', 'CALLER_NOT_ALLOWED', 'BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED'] as const;

/** Every endpoint but the WebSocket, in the order of the page. */
export const httpEndpoints: readonly HttpEndpoint[] = [
  {
    method: 'GET',
    path: endpoints.health,
    purpose: 'Tells whether the process is alive. Asks nothing of Redis.',
    answer: '200.',
    shape: 'HealthResponse',
    errors: [],
  },
  {
    method: 'GET',
    path: endpoints.healthRedis,
    purpose: 'Tells whether the broker delivers.',
    answer: '200 when healthy, 503 when not, both with this body.',
    shape: 'RedisHealthResponse',
    errors: [],
  },
  {
    method: 'GET',
    path: endpoints.healthWebsocket,
    purpose: 'Counts the open connections of this instance.',
    answer: '200.',
    shape: 'WebsocketHealthResponse',
    errors: [],
  },
  {
    method: 'GET',
    path: endpoints.metrics,
    purpose: 'The metrics of this instance, for Prometheus.',
    answer: '200, in the text format of Prometheus.',
    errors: [],
  },
  {
    method: 'POST',
    path: endpoints.devTokens,
    purpose: 'Mints a token, right or wrong in a way of your choice.',
    isDevelopment: true,
    body: 'TokenRequest',
    bodyNote: `\`defect\` is one of ${Object.keys(tokenDefects)
      .map((name) => `\`${name}\``)
      .join(', ')}.`,
    answer: '200.',
    shape: 'TokenResponse',
    errors: [...bodyErrors, 'MINTING_UNAVAILABLE'],
  },
  {
    method: 'POST',
    path: endpoints.devNotifications,
    purpose: 'Publishes on the channel of a user, as a backend service would: the payload as it stands, valid or not.',
    isDevelopment: true,
    body: 'NotificationRequest',
    answer: '202.',
    shape: 'NotificationResponse',
    errors: [...bodyErrors, 'BROKER_UNAVAILABLE'],
  },
];
