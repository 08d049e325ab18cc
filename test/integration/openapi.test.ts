import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  documents,
  endpoints,
  legacyWebsocketPrefix,
  notificationSchemaPath,
} from '../../service/contract/endpoints.ts';
import generated from '../../service/contract/generated/openapi.json' with { type: 'json' };
import { closedPort } from '../support/closed-port.ts';
import { dialRaw, handshake } from '../support/raw-client.ts';
import { type RawAnswer, sendRaw } from '../support/raw-http.ts';
import { startService, type TestService } from '../support/service.ts';
import { createSigningKey } from '../support/tokens.ts';

interface MediaType {
  readonly schema: object;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Record<string, MediaType> }>
  >;
}
interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const document = generated as unknown as OpenApi;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    operation,
    name: `${method.toUpperCase()} ${path}`,
  })),
);

let service: TestService;
let withoutBroker: TestService;
let withPublicKey: TestService;
beforeAll(async () => {
  const key = await createSigningKey('ES256');
  [service, withoutBroker, withPublicKey] = await Promise.all([
    startService(),
    startService({ REDIS_URL: `redis://127.0.0.1:${await closedPort()}`, REDIS_CONNECT_TIMEOUT: '0.3' }),
    startService({ JWT_ALGORITHM: 'ES256', JWT_PUBLIC_KEY: key.pem }),
  ]);
});
afterAll(() => Promise.all([service, withoutBroker, withPublicKey].map((one) => one?.close())));

const upgrade =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';

/** The path of a real request to a templated one. */
const realPath = (path: string) => path.replace('{client_id}', 'teacher-1').replace('{event}', 'class_created');

const get = (path: string, headers = '', of = service) =>
  sendRaw(of.url, `GET ${realPath(path)} HTTP/1.1${headers && `\r\n${headers}`}`);

function post(path: string, body: string, headers = 'Content-Type: application/json', of = service) {
  const length = Buffer.byteLength(body);
  return sendRaw(of.url, `POST ${path} HTTP/1.1\r\nContent-Length: ${length}\r\n${headers}`, body);
}

/** A handshake that succeeds leaves its socket open: read no further than the head. */
async function openWebsocket(): Promise<RawAnswer> {
  const { token } = await service.mint({ user_id: 'teacher-1' });
  const client = dialRaw(service.url, handshake(`/ws?token=${token}`));
  const head = await client.head();
  client.socket.destroy();
  return { status: Number(head.split(' ')[1]), headers: new Headers(), body: '' };
}

const token = '{"user_id":"teacher-1"}';
const notification = '{"user_id":"teacher-1","payload":"{}"}';

/** What leads to each answer of each operation that is its own, by `<method> <path> <status>`. */
const requests: Record<string, () => Promise<RawAnswer>> = {
  'GET /healthz 200': () => get(endpoints.health),
  'GET /healthz/redis 200': () => get(endpoints.healthRedis),
  'GET /healthz/redis 503': () => get(endpoints.healthRedis, '', withoutBroker),
  'GET /healthz/websocket 200': () => get(endpoints.healthWebsocket),
  'GET /metrics 200': () => get(endpoints.metrics),
  'GET /ws 101': openWebsocket,
  'GET /ws 400': () => get('/ws', upgrade.replace('13', '7')),
  'GET /ws 426': () => get('/ws'),
  'GET /ws/v1/status/{client_id} 410': () => get(`${legacyWebsocketPrefix}/{client_id}`),
  'GET /asyncapi.json 200': () => get(documents.asyncapi),
  'GET /asyncapi.yaml 200': () => get(documents.asyncapiYaml),
  'GET /openapi.json 200': () => get(documents.openapi),
  'GET /openapi.yaml 200': () => get(documents.openapiYaml),
  'GET /schemas/notifications/{event}.json 200': () => get(notificationSchemaPath('{event}')),
  'GET /schemas/notifications/{event}.json 404': () => get(notificationSchemaPath('no_such_type')),
  ...Object.fromEntries(
    [[endpoints.devTokens, token, '200'] as const, [endpoints.devNotifications, notification, '202'] as const].flatMap(
      ([path, body, success]) => [
        [`POST ${path} ${success}`, () => post(path, body)],
        [`POST ${path} 400`, () => post(path, '{}')],
        [`POST ${path} 403`, () => post(path, body, 'Content-Type: application/json\r\nOrigin: https://evil.example')],
        [`POST ${path} 413`, () => post(path, JSON.stringify('x'.repeat(1024 * 1024)))],
        [`POST ${path} 415`, () => post(path, body, 'Content-Type: text/xml')],
      ],
    ),
  ),
  'GET /dev/handshakes 200': async () => {
    const refused = dialRaw(service.url, handshake(`${legacyWebsocketPrefix}/teacher-1`));
    await refused.head();
    refused.socket.destroy();
    return get(endpoints.devHandshakes);
  },
  'GET /dev/handshakes 403': () => get(endpoints.devHandshakes, 'Origin: https://evil.example'),
  'POST /dev/tokens 409': () => post(endpoints.devTokens, token, undefined, withPublicKey),
  'POST /dev/notifications 503': () => post(endpoints.devNotifications, notification, undefined, withoutBroker),
};

/** Judges an answer by its schema in the document, with no field beside those that the schema has. */
const ajv = new Ajv2020({ strict: false, allErrors: true });
for (const [name, schema] of Object.entries(document.components.schemas))
  ajv.addSchema(closed(schema), `#/components/schemas/${name}`);

function closed(schema: object): object {
  const open = schema as { type?: string; properties?: object; additionalProperties?: unknown };
  const isClosed = open.properties !== undefined && open.additionalProperties === undefined;
  return isClosed ? { ...schema, additionalProperties: false } : schema;
}

function expectDescribed({ operation }: (typeof operations)[number], answer: RawAnswer): void {
  const response = operation.responses[answer.status];
  expect(response, `an answer with ${answer.status} is not described`).toBeDefined();
  const [mediaType, media] = Object.entries(response?.content ?? {})[0] ?? [];
  if (media === undefined || mediaType === undefined) return;
  expect(answer.headers.get('content-type')?.split(';')[0]).toBe(mediaType);
  const validate = ajv.compile(media.schema);
  validate(/json$/.test(mediaType) ? JSON.parse(answer.body) : answer.body);
  expect(validate.errors ?? []).toEqual([]);
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(generated));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(generated.openapi).toBe('3.1.0');
  });

  it('is what a service in development serves, as JSON and as YAML', async () => {
    expect(await (await fetch(service.url + documents.openapi)).json()).toEqual(generated);
    expect(parse(await (await fetch(service.url + documents.openapiYaml)).text())).toEqual(generated);
  });

  it('names, in production, no endpoint that does not exist there', async () => {
    const production = await startService({ ENABLE_DEV_ENDPOINTS: 'false', ENABLE_METRICS: 'false' });
    const { paths } = (await (await fetch(production.url + documents.openapi)).json()) as OpenApi;
    await production.close();
    const absent = Object.keys(document.paths).filter((path) => !(path in paths));
    expect(absent.sort()).toEqual(
      [endpoints.devHandshakes, endpoints.devNotifications, endpoints.devTokens, endpoints.metrics].sort(),
    );
  });

  it('has every endpoint of the contract', () => {
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(Object.values(endpoints)));
  });

  it('names and summarises each operation, once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id ?? ''))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      expect(operation.summary).not.toBe('');
      expect(operation.tags).toHaveLength(1);
    }
  });
});

describe('each answer is as the document describes it', () => {
  const own = operations.flatMap((one) =>
    Object.keys(one.operation.responses).map((status) => ({ ...one, title: `${one.name} ${status}` })),
  );

  it.each(own.filter(({ title }) => title in requests))('$title', async (one) => {
    const answer = await (requests[one.title] as () => Promise<RawAnswer>)();
    expect(`${one.name} ${answer.status}`).toBe(one.title);
    expectDescribed(one, answer);
  });

  it('and no answer is left out here, nor asked for in vain', () => {
    // What every operation can answer is asked for below.
    const common = (title: string) => /(431|500)$/.test(title) || (/ 400$/.test(title) && !(title in requests));
    const titles = own.map(({ title }) => title);
    expect(titles.filter((title) => !common(title) && !(title in requests))).toEqual([]);
    expect(Object.keys(requests).filter((title) => !titles.includes(title))).toEqual([]);
  });

  it.each(operations)('what is no HTTP, what is too large, and a fault inside: $name', async (one) => {
    const [method = ''] = one.name.split(' ');
    const start = `${method} ${realPath(one.path)} HTTP/1.1`;
    const broken = await sendRaw(service.url, `${start}\r\nContent-Length: none`);
    expect(broken.status).toBe(400);
    expectDescribed(one, broken);
    const large = await sendRaw(service.url, `${start}\r\nCookie: ${'x'.repeat(20_000)}`);
    expect(large.status).toBe(431);
    expectDescribed(one, large);
  });
});

describe('a fault inside any route', () => {
  let failing: TestService;
  beforeAll(async () => {
    failing = await startService({}, { beforeListening: (app) => app.addHook('onRequest', fail) });
  });
  afterAll(() => failing?.close());

  /** Stands for any fault of the service's own. */
  async function fail(): Promise<never> {
    throw new RangeError('an index was off by one');
  }

  it.each(operations)('is answered as described: $name', async (one) => {
    const [method = ''] = one.name.split(' ');
    const answer = await sendRaw(failing.url, `${method} ${realPath(one.path)} HTTP/1.1\r\nContent-Length: 0`);
    expect(answer.status).toBe(500);
    expectDescribed(one, answer);
    expect(answer.body).not.toContain('off by one');
  });
});
