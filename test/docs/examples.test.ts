import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { goneExample, reasonExample } from '../../docs/components/examples.ts';
import { httpEndpoints } from '../../docs/components/http-endpoints.ts';
import { readInterfaces } from '../../docs/components/interface-fields.ts';
import { endpoints, legacyWebsocketPrefix } from '../../service/contract/endpoints.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const withoutId = (json: string) => ({ ...JSON.parse(json), correlation_id: undefined });

describe('what the pages show as an example', () => {
  it('of the old path is what the service answers there', async () => {
    const response = await fetch(`${service.url}${legacyWebsocketPrefix}/teacher-1`);
    expect(response.status).toBe(410);
    expect(withoutId(goneExample)).toEqual(withoutId(await response.text()));
  });

  it('of a close reason is what an expired token is told', async () => {
    const { token } = await service.mint({ user_id: 'teacher-1', defect: 'expired' });
    const socket = new WebSocket(`${service.wsUrl}?token=${token}`);
    const [code, reason] = await new Promise<[number, string]>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', (code, reason) => resolve([code, reason.toString()]));
    });
    expect(code).toBe(1008);
    expect(withoutId(reasonExample)).toEqual(withoutId(reason));
  });
});

describe('the page of the HTTP endpoints', () => {
  const bodies: Record<string, object> = {
    [endpoints.devTokens]: { user_id: 'teacher-1' },
    [endpoints.devNotifications]: { user_id: 'teacher-1', payload: '{}' },
  };

  const sources = ['health', 'development'].map((name) =>
    readFileSync(new URL(`../../service/contract/${name}.ts`, import.meta.url), 'utf8'),
  );
  const shapes = new Map(sources.flatMap((source) => [...readInterfaces(source)]));

  it('has every endpoint of the contract but the WebSocket', () => {
    const { websocket, ...others } = endpoints;
    expect(httpEndpoints.map(({ path }) => path)).toEqual(Object.values(others));
  });

  it.each(httpEndpoints)('tells how $method $path answers', async ({ method, path, body, answer, shape }) => {
    const request = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(bodies[path]) };
    const response = await fetch(service.url + path, body ? request : { method });
    expect(answer).toMatch(new RegExp(`^${response.status}\\b`));
    if (shape === undefined) return;
    const names = shapes.get(shape)?.fields.map(({ name }) => name);
    expect(Object.keys((await response.json()) as object).sort()).toEqual(names?.sort());
  });

  it('names errors of a wrong body as they come', async () => {
    for (const { path, errors } of httpEndpoints.filter(({ body }) => body)) {
      const response = await fetch(service.url + path, { method: 'POST', body: '{}' });
      expect(errors).toContain(((await response.json()) as { error_code: string }).error_code);
    }
  });
});
