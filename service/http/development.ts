import type { FastifyInstance } from 'fastify';
import { type MintSettings, mintToken } from '../auth/mint.ts';
import type { Broker } from '../broker/broker.ts';
import type { Hub } from '../connections/hub.ts';
import type {
  HandshakesResponse,
  NotificationRequest,
  NotificationResponse,
  TokenRequest,
  TokenResponse,
} from '../contract/development.ts';
import { endpoints } from '../contract/endpoints.ts';
import { HttpError } from '../errors.ts';
import type { HandshakeMemory } from './handshake-memory.ts';
import { isDevelopmentCallerAllowed } from './origins.ts';
import { contractType, jsonAnswer, problemAnswers, tags } from './route-schemas.ts';

/** What the development endpoints work with. */
export interface DevelopmentContext {
  readonly broker: Broker;
  readonly hub: Hub;
  readonly corsOrigins: readonly string[];
  /** `undefined` where tokens are signed with a private key, which the service does not have. */
  readonly mint: MintSettings | undefined;
  readonly memory: HandshakeMemory;
}

/** What a body can be refused for, and who is refused. */
const bodyErrors = ['BODY_INVALID', 'CALLER_NOT_ALLOWED', 'BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED'] as const;

/** Registers the endpoints that mint tokens, publish notifications and tell of handshakes. Registered in development alone. */
export function registerDevelopment(app: FastifyInstance, context: DevelopmentContext): void {
  const { broker, hub, corsOrigins, mint, memory } = context;

  // `fetch` sends a string as text unless told otherwise: that is to be named, not to fail as a body of the wrong type.
  app.removeContentTypeParser('text/plain');

  // Before the body is read: whoever may not call learns nothing of what would be accepted.
  const onRequest = async (request: { raw: Parameters<typeof isDevelopmentCallerAllowed>[0] }) => {
    if (!isDevelopmentCallerAllowed(request.raw, corsOrigins))
      throw new HttpError(
        'CALLER_NOT_ALLOWED',
        'The caller is neither on this machine nor a page of a configured origin.',
      );
  };

  app.post<{ Body: TokenRequest }>(
    endpoints.devTokens,
    {
      onRequest,
      schema: {
        tags: [tags.development.name],
        operationId: 'mintToken',
        summary: 'Mints a token, right or wrong in a way of your choice.',
        body: contractType('TokenRequest'),
        response: {
          200: jsonAnswer('The token.', 'TokenResponse'),
          ...problemAnswers(...bodyErrors, 'MINTING_UNAVAILABLE'),
        },
      },
    },
    async ({ body }): Promise<TokenResponse> => {
      if (mint === undefined)
        throw new HttpError('MINTING_UNAVAILABLE', 'The service verifies with a public key and cannot sign.');
      refuseInfinite(body.claims);
      return mintToken(mint, body);
    },
  );

  app.post<{ Body: NotificationRequest }>(
    endpoints.devNotifications,
    {
      onRequest,
      schema: {
        tags: [tags.development.name],
        operationId: 'publishNotification',
        summary:
          'Publishes on the channel of a user, as a backend service would: the payload as it stands, valid or not.',
        body: contractType('NotificationRequest'),
        response: {
          202: jsonAnswer('The broker has taken it.', 'NotificationResponse'),
          ...problemAnswers(...bodyErrors, 'BROKER_UNAVAILABLE'),
        },
      },
    },
    async ({ body }, reply): Promise<NotificationResponse> => {
      const channel = hub.channelOf(body.user_id);
      const payload = Buffer.from(body.payload);
      const receivers = await broker.publish(channel, payload);
      reply.code(202);
      return { channel, bytes: payload.length, receivers };
    },
  );

  app.get(
    endpoints.devHandshakes,
    {
      onRequest,
      schema: {
        tags: [tags.development.name],
        operationId: 'getHandshakes',
        summary:
          'What was decided of the last requests for a WebSocket on this instance, and why; the newest first. No token is in it.',
        response: {
          200: jsonAnswer('The last handshakes.', 'HandshakesResponse'),
          ...problemAnswers('CALLER_NOT_ALLOWED'),
        },
      },
    },
    async (_request, reply): Promise<HandshakesResponse> => {
      reply.header('cache-control', 'no-store');
      return { now: new Date().toISOString(), handshakes: memory.newestFirst };
    },
  );
}

/** JSON can say 1e999, which is read as `Infinity`; no JSON can be written of that, and so no token. */
function refuseInfinite(value: unknown, path = 'body/claims'): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new HttpError('BODY_INVALID', `${path} must be a number that a token can hold.`);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) refuseInfinite(inner, `${path}/${name}`);
}
