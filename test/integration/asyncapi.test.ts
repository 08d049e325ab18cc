import { type Diagnostic, Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { claimMeanings } from '../../service/contract/claims.ts';
import { closeCodes } from '../../service/contract/close-codes.ts';
import { documents, endpoints, notificationSchemaPath } from '../../service/contract/endpoints.ts';
import { connectionErrors } from '../../service/contract/error-codes.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import generated from '../../service/contract/generated/asyncapi.json' with { type: 'json' };
import schemas from '../../service/contract/generated/notification-schemas.json' with { type: 'json' };
import { notificationEvents } from '../../service/contract/notifications.ts';
import { connect } from '../support/client.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const said = ({ code, path, message }: Diagnostic) => `${code} at ${path.join('.')}: ${message}`;

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0 without a warning', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(generated));
    expect(document?.version()).toBe('3.0.0');
    // Not a warning: the parser mentions that there is a newer version of AsyncAPI than the one that tools commonly read.
    expect(diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version').map(said)).toEqual([]);
  });

  it('would not be valid with a fault in it', async () => {
    const { channel, ...operation } = generated.operations.sendText;
    const broken = { ...generated, operations: { ...generated.operations, sendText: operation } };
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(broken));
    expect(document).toBeUndefined();
    expect(diagnostics.map(said).join('\n')).toContain('channel');
  });

  it('is served as JSON and as YAML', async () => {
    const json = await fetch(service.url + documents.asyncapi);
    expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await json.json()).toEqual(generated);
    const yaml = await fetch(service.url + documents.asyncapiYaml);
    expect(yaml.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    const text = await yaml.text();
    expect(parse(text)).toEqual(generated);
    // An anchor is for machines alone.
    expect(text).not.toMatch(/: &a\d/);
  });

  it('tells the way of a reader: what arrives is received, what a client may say is sent', () => {
    const { receiveNotification, sendText } = generated.operations;
    expect([receiveNotification.action, sendText.action]).toEqual(['receive', 'send']);
    const received = receiveNotification.messages.map(({ $ref }) => $ref.split('/').at(-1));
    expect(received).toEqual(notificationEvents);
  });

  it('dials the address that the service answers at, with the token where it is read', async () => {
    const { address, bindings } = generated.channels.notifications;
    const { in: place, name } = generated.components.securitySchemes.token;
    expect([address, place, bindings.ws.query.required]).toEqual([endpoints.websocket, 'query', [name]]);
    const { token } = await service.mint({ user_id: 'teacher-1' });
    const client = await connect(`${service.url.replace('http', 'ws')}${address}?${name}=${token}`);
    await client.close();
  });

  it('explains every claim', () => {
    const { description } = generated.components.securitySchemes.token;
    expect(Object.keys(claimMeanings).filter((claim) => !description.includes(`\`${claim}\``))).toEqual([]);
  });

  it('has every close code with its causes', () => {
    const codes = generated.channels.notifications['x-close-codes'];
    expect(codes.map(({ code }) => String(code))).toEqual(Object.keys(closeCodes));
    const causes = codes.flatMap(({ code, causes }) => causes.map(({ error_code }) => [error_code, code]));
    const expected = Object.entries(connectionErrors).map(([name, { closeCode }]) => [name, closeCode]);
    expect(Object.fromEntries(causes)).toEqual(Object.fromEntries(expected));
  });
});

describe.each(notificationEvents)('the JSON Schema of %s', (event) => {
  it('is served at its own address', async () => {
    const path = notificationSchemaPath(event);
    const response = await fetch(service.url + path);
    expect(response.headers.get('content-type')).toBe('application/schema+json; charset=utf-8');
    const schema = (await response.json()) as { $id: string };
    expect(schema).toEqual(schemas[event]);
    expect(schema.$id).toBe(path);
  });

  it('fits its example as it is on the wire, and no other event', () => {
    const validate = new Ajv({ strict: true, allErrors: true }).compile(schemas[event]);
    const wire = { event, data: notificationExamples[event] };
    expect(validate(JSON.parse(JSON.stringify(wire))), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...wire, event: 'another' })).toBe(false);
    expect(validate({ event, data: { ...wire.data, priority: 'urgent' } })).toBe(false);
    // A field that a later version brings is no reason to refuse.
    expect(validate({ event, data: { ...wire.data, of_a_later_version: 1 } })).toBe(true);
  });

  it('documents every field, and speaks of null only where it may be', () => {
    interface Field {
      description?: string;
      type?: string | string[];
      $ref?: string;
    }
    const definitions = Object.entries(schemas[event].definitions) as [
      string,
      { properties?: Record<string, Field> },
    ][];
    for (const [type, { properties = {} }] of definitions)
      for (const [name, { description = '', type: types }] of Object.entries(properties)) {
        expect(description, `${type}.${name}`).toMatch(/^[A-Z`].+\.$/s);
        const isNullable = Array.isArray(types) && types.includes('null');
        expect(/`null`/.test(description), `${type}.${name}`).toBe(isNullable);
      }
  });
});
