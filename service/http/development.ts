import type { FastifyInstance } from 'fastify';
import { type MintSettings, mintToken } from '../auth/mint.ts';
import type { Broker } from '../broker/broker.ts';
import type { Hub } from '../connections/hub.ts';
import {
  maxTokenLifetimeSeconds,
  type NotificationRequest,
  type NotificationResponse,
  type TokenRequest,
  type TokenResponse,
  tokenDefects,
} from '../contract/development.ts';
import { endpoints } from '../contract/endpoints.ts';
import { HttpError } from '../errors.ts';
import { isDevelopmentCallerAllowed } from './origins.ts';

/** What the development endpoints work with. */
export interface DevelopmentContext {
  readonly broker: Broker;
  readonly hub: Hub;
  readonly corsOrigins: readonly string[];
  /** `undefined` where tokens are signed with a private key, which the service does not have. */
  readonly mint: MintSettings | undefined;
}

const tokenRequest = {
  type: 'object',
  required: ['user_id'],
  additionalProperties: false,
  properties: {
    user_id: { type: 'string', minLength: 1, maxLength: 256 },
    lifetime_seconds: { type: 'integer', minimum: 1, maximum: maxTokenLifetimeSeconds },
    claims: { type: 'object' },
    defect: { enum: Object.keys(tokenDefects) },
  },
};

const notificationRequest = {
  type: 'object',
  required: ['user_id', 'payload'],
  additionalProperties: false,
  properties: {
    user_id: { type: 'string', minLength: 1, maxLength: 256 },
    payload: { type: 'string' },
  },
};

/** Registers the endpoints that mint tokens and publish notifications. Registered in development alone. */
export function registerDevelopment(app: FastifyInstance, context: DevelopmentContext): void {
  const { broker, hub, corsOrigins, mint } = context;

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
    { onRequest, schema: { body: tokenRequest } },
    async ({ body }): Promise<TokenResponse> => {
      if (mint === undefined)
        throw new HttpError('MINTING_UNAVAILABLE', 'The service verifies with a public key and cannot sign.');
      refuseInfinite(body.claims);
      return mintToken(mint, body);
    },
  );

  app.post<{ Body: NotificationRequest }>(
    endpoints.devNotifications,
    { onRequest, schema: { body: notificationRequest } },
    async ({ body }, reply): Promise<NotificationResponse> => {
      const channel = hub.channelOf(body.user_id);
      const payload = Buffer.from(body.payload);
      const receivers = await broker.publish(channel, payload);
      reply.code(202);
      return { channel, bytes: payload.length, receivers };
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
