import packageJson from '../../package.json' with { type: 'json' };
import { claimMeanings } from '../../service/contract/claims.ts';
import { type CloseCodeEntry, closeCodes } from '../../service/contract/close-codes.ts';
import {
  defaultPort,
  endpoints,
  maxClientMessageBytes,
  maxCloseReasonBytes,
  notificationSchemaPath,
  pages,
} from '../../service/contract/endpoints.ts';
import { type ConnectionErrorEntry, connectionErrors, retryAdvice } from '../../service/contract/error-codes.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import {
  type NotificationEvent,
  notificationEvents,
  notificationSenders,
} from '../../service/contract/notifications.ts';
import { notificationPage } from '../../service/contract/reference-pages.ts';
import { contractDefinitions, notificationSchemas, pick } from './contract-schemas.ts';

const ref = (path: string) => ({ $ref: `#/${path}` });

const overview = `The WebSocket of HuleEdu, seen from whoever connects to it: \`receive\` is what arrives at a client, \`send\` what a client may send.

A backend service publishes a notification for one user; each of that user's connections receives it, byte for byte, once. The token decides who the user is. No token, origin or limit refuses a handshake with an HTTP status: it is accepted and then closed with a close code and a reason, because a browser shows nothing else. HTTP answers are left for what is no handshake of this service: the old path (410), one that breaks RFC 6455 (400), and headers that are too large (431).`;

/** The AsyncAPI 3.0 document of the WebSocket, made from the tables and the types that the service runs on. */
export function asyncapiDocument(): object {
  return {
    asyncapi: '3.0.0',
    id: 'urn:huleedu:realtime',
    info: {
      title: 'HuleEdu Realtime',
      version: packageJson.version,
      description: overview,
      contact: { name: 'The maintainers of HuleEdu Realtime' },
      license: { name: 'Not licensed for use outside HuleEdu' },
      tags: [{ name: 'notifications', description: 'What the platform tells a teacher’s browser.' }],
      'x-reference': pages.reference,
    },
    defaultContentType: 'application/json',
    servers: {
      local: server(`localhost:${defaultPort}`, 'ws', 'The service on your own machine.'),
      compose: server(`websocket-service:${defaultPort}`, 'ws', 'The service inside the compose network.'),
      public: {
        ...server('{host}', 'wss', 'The service of a deployment. Over TLS, because the token stands in the URL.'),
        variables: { host: { description: 'The public name of the service.', default: 'realtime.example' } },
      },
    },
    channels: { notifications: channel() },
    operations: {
      receiveNotification: {
        action: 'receive',
        channel: ref('channels/notifications'),
        title: 'Receive notifications',
        summary: 'Every notification of the user arrives as one text frame.',
        description:
          'Dispatch on `event`, and ignore an `event` that you do not know: new ones may be added. A notification that is published while no connection is open is not sent later.',
        messages: notificationEvents.map((event) => ref(`channels/notifications/messages/${event}`)),
      },
      sendText: {
        action: 'send',
        channel: ref('channels/notifications'),
        title: 'Send text, which is ignored',
        summary: 'A client has nothing to send. What it sends is read and ignored, as long as it keeps the limits.',
        description: `Clients in the field send \`{"type":"ping"}\` every 30 s. Nothing answers it. A text over ${maxClientMessageBytes} bytes, a binary frame or too many messages end the connection.`,
        messages: [ref('channels/notifications/messages/clientText')],
      },
    },
    components: {
      securitySchemes: { token: securityScheme() },
      messages: {
        ...Object.fromEntries(notificationEvents.map((event) => [event, message(event)])),
        clientText: {
          name: 'clientText',
          title: 'Any text',
          summary: 'Tolerated in silence.',
          contentType: 'text/plain',
          payload: {
            type: 'string',
            description: `At most ${maxClientMessageBytes} bytes of UTF-8.`,
            maxLength: maxClientMessageBytes,
          },
          examples: [{ name: 'ping', summary: 'What frontends in the field send.', payload: '{"type":"ping"}' }],
        },
      },
      schemas: schemas(),
    },
  };
}

function server(host: string, protocol: string, description: string) {
  return { host, protocol, description, security: [ref('components/securitySchemes/token')] };
}

function securityScheme() {
  const claims = Object.entries(claimMeanings).map(
    ([name, { required, meaning }]) => `- \`${name}\` (${required ? 'required' : 'optional'}): ${meaning}`,
  );
  return {
    type: 'httpApiKey',
    name: 'token',
    in: 'query',
    description: `The access token of the identity service, a JWT, URL-encoded, once, without \`Bearer\`. A header is not read. Its claims:\n\n${claims.join('\n')}`,
  };
}

function channel() {
  const names = [...notificationEvents, 'clientText'];
  return {
    address: endpoints.websocket,
    title: 'The notifications of one user',
    description: `\`${endpoints.websocket}/\` is the same place. Nothing else belongs in the path. Open and not closed at once means subscribed: what is published from then on arrives.`,
    messages: Object.fromEntries(names.map((name) => [name, ref(`components/messages/${name}`)])),
    bindings: {
      ws: {
        method: 'GET',
        query: {
          type: 'object',
          description: 'The query of the handshake.',
          properties: { token: { type: 'string', description: 'The JWT.' } },
          required: ['token'],
        },
        bindingVersion: '0.1.0',
      },
    },
    'x-close-codes': Object.entries(closeCodes).map(([code, entry]) => closeCode(Number(code), entry)),
    'x-close-reason': {
      description: `The reason of a close frame of the service: JSON of at most ${maxCloseReasonBytes} bytes of UTF-8. Empty after 1000, 1005 and 1006.`,
      schema: ref('components/schemas/CloseReason'),
    },
  };
}

function closeCode(code: number, { name, sentBy, when, retry, advice }: CloseCodeEntry) {
  const causes = (Object.entries(connectionErrors) as [string, ConnectionErrorEntry][])
    .filter(([, { closeCode }]) => closeCode === code)
    .map(([error_code, { message, cause, remedy }]) => ({
      error_code,
      message,
      cause,
      remedy,
      retry: retryAdvice(code, error_code),
    }));
  return { code, name, sentBy, when, retry, advice, causes };
}

function message(event: NotificationEvent) {
  const schema = notificationSchemas()[event];
  const data = notificationExamples[event];
  return {
    name: event,
    title: event,
    summary: schema.description,
    contentType: 'application/json',
    correlationId: {
      description: 'Follows one request through every service of the platform.',
      location: '$message.payload#/data/correlation_id',
    },
    tags: [{ name: data.category }],
    payload: ref(`components/schemas/${event}`),
    examples: [{ name: 'example', summary: `One ${event}, as it is on the wire.`, payload: { event, data } }],
    'x-sender': notificationSenders[event],
    'x-page': notificationPage(event),
    'x-json-schema': notificationSchemaPath(event),
  };
}

/** The envelope of each notification and every type that it needs, with references as AsyncAPI has them. */
function schemas(): object {
  const definitions = contractDefinitions();
  const envelopes = Object.entries(notificationSchemas()).map(([event, schema]) => {
    const { $schema, $id, definitions: own, ...envelope } = schema;
    return [event, envelope];
  });
  const all = { ...Object.fromEntries(envelopes), CloseReason: definitions.CloseReason };
  const needed = { ...all, ...pick(all, definitions) };
  return JSON.parse(JSON.stringify(needed).replaceAll('#/definitions/', '#/components/schemas/'));
}
