import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { goneExample, reasonExample } from '../../docs/components/examples.ts';
import { legacyWebsocketPrefix } from '../../service/contract/endpoints.ts';
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
