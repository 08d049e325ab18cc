import { afterEach, describe, expect, it } from 'vitest';
import { ServiceClient } from '../../../playground/service/service-client.ts';
import { ServiceStatus } from '../../../playground/service/service-status.svelte.ts';
import { endpoints } from '../../../service/contract/endpoints.ts';
import { eventually } from '../../support/eventually.ts';
import { sendJson, startHttp, type TestServer } from './http-server.ts';

const health = {
  service: 's',
  status: 'healthy',
  environment: 'development',
  development_endpoints: true,
  version: '1',
};
const broker = { service: 'redis', status: 'healthy', broker: 'embedded', message: 'Inside.', address: null };

let servers: TestServer[] = [];
let stop = () => {};
afterEach(async () => {
  stop();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function running(overrides: object = {}, delay = Promise.resolve()) {
  const server = await startHttp(async (request, response) => {
    await delay;
    sendJson(response, 200, request.url === endpoints.health ? { ...health, ...overrides } : broker);
  });
  servers.push(server);
  return server;
}

const statusOf = (base: () => string) =>
  new ServiceStatus(new ServiceClient(base, () => ({ origin: 'http://docs.example' })));

describe('the status of the service', () => {
  it('is up, with its health and its broker', async () => {
    const { url } = await running();
    const status = statusOf(() => url);
    expect(status.state.name).toBe('unknown');
    await status.check();
    expect(status.state).toMatchObject({ name: 'up', health, broker });
    expect(status.hindrance(url)).toBeUndefined();
  });

  it('names the development endpoints as the hindrance where they are off', async () => {
    const { url } = await running({ development_endpoints: false });
    const status = statusOf(() => url);
    await status.check();
    expect(status.state.name).toBe('up');
    expect(status.hindrance(url)).toMatchObject({ kind: 'development_off' });
  });

  it('notices by itself that the service went, and that it came back', async () => {
    const server = await running();
    const status = statusOf(() => server.url);
    stop = status.watch(() => true, { up: 5, down: 5 });
    await eventually(() => status.state.name === 'up', 'up');
    await server.close();
    servers = [];
    await eventually(() => status.state.name === 'down', 'down');
    expect(status.hindrance(server.url)).toMatchObject({ kind: 'unreachable' });
    const port = Number(new URL(server.url).port);
    server.server.listen(port, '127.0.0.1');
    servers = [server];
    await eventually(() => status.state.name === 'up', 'up again');
  });

  it('looks often while the service is down, also where a look in between found that out', async () => {
    const server = await running();
    const status = statusOf(() => server.url);
    stop = status.watch(() => true, { up: 60_000, down: 5 });
    await eventually(() => status.state.name === 'up', 'up');
    await server.close();
    servers = [];
    await status.check();
    expect(status.state.name).toBe('down');
    server.server.listen(Number(new URL(server.url).port), '127.0.0.1');
    servers = [server];
    await eventually(() => status.state.name === 'up', 'up again');
  });

  it('does not look while nobody sees the page', async () => {
    const { url } = await running();
    const status = statusOf(() => url);
    let looks = 0;
    stop = status.watch(() => ++looks < 0, { up: 1, down: 1 });
    await eventually(() => looks > 3, 'a few turns');
    expect(status.state.name).toBe('unknown');
  });

  it('belongs to the address asked last, whichever answers first', async () => {
    const { promise: late, resolve: release } = Promise.withResolvers<void>();
    const [slow, fast] = [await running({ version: 'slow' }, late), await running({ version: 'fast' })];
    let base = slow.url;
    const status = statusOf(() => base);
    const first = status.check();
    base = fast.url;
    await status.check();
    release();
    await first;
    expect(status.state).toMatchObject({ health: { version: 'fast' } });
  });
});
