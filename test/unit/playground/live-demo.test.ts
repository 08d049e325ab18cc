import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveDemo, stepNames } from '../../../playground/demo/live-demo.svelte.ts';
import { ServiceClient } from '../../../playground/service/service-client.ts';
import { eventually } from '../../support/eventually.ts';
import { startService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

const page = () => ({ origin: 'http://docs.example' });

/** A client of the real service, of which some calls may be changed. */
function demoWith(changes: Partial<Pick<ServiceClient, 'mintToken' | 'publish'>> = {}) {
  const client = new ServiceClient(() => service.url, page);
  const calls = {
    mintToken: changes.mintToken ?? ((request) => client.mintToken(request)),
    publish: changes.publish ?? ((request) => client.publish(request)),
  } satisfies Pick<ServiceClient, 'mintToken' | 'publish'>;
  return new LiveDemo(calls, () => service.url, undefined, { openMs: 5000, closeMs: 3000, arriveMs: 200 });
}

const openConnections = async () =>
  ((await (await fetch(`${service.url}/healthz/websocket`)).json()) as { total_connections: number }).total_connections;

describe('the live demonstration', () => {
  it('brings one notification from a token to a frame, every step timed, and leaves nothing open', async () => {
    const demo = demoWith();
    await demo.run();
    expect(demo.state).toEqual({ name: 'finished' });
    for (const step of stepNames) expect(demo.steps[step]).toMatchObject({ name: 'done', ms: expect.any(Number) });
    expect(JSON.parse(demo.frame ?? '')).toMatchObject({ event: 'batch_results_ready' });
    await eventually(async () => (await openConnections()) === 0, 'no connection left');
  });

  it('can be run again, each time as another user', async () => {
    const demo = demoWith();
    await demo.run();
    const first = demo.steps.mint;
    await demo.run();
    expect(demo.state.name).toBe('finished');
    expect(demo.steps.mint).not.toEqual(first);
  });

  it('does not disturb a run that is under way', async () => {
    const demo = demoWith();
    await Promise.all([demo.run(), demo.run()]);
    expect(demo.state.name).toBe('finished');
  });

  it('says at the first step that the service is not there', async () => {
    const demo = demoWith();
    await service.close();
    await demo.run();
    expect(demo.state).toMatchObject({ name: 'failed', failure: { kind: 'unreachable' } });
    expect(demo.steps.mint).toEqual({ name: 'failed' });
    service = await startService();
    await demo.run();
    expect(demo.state.name).toBe('finished');
  });

  it('says that the development endpoints are off', async () => {
    await service.close();
    service = await startService({ ENABLE_DEV_ENDPOINTS: 'false' });
    const demo = demoWith();
    await demo.run();
    expect(demo.state).toMatchObject({ name: 'failed', failure: { kind: 'development_off' } });
  });

  it('gives code and reason when the connection is refused', async () => {
    const client = new ServiceClient(() => service.url, page);
    const demo = demoWith({ mintToken: (request) => client.mintToken({ ...request, defect: 'expired' }) });
    await demo.run();
    expect(demo.state).toMatchObject({
      name: 'failed',
      failure: {
        kind: 'ended',
        detail: expect.stringContaining('TOKEN_EXPIRED'),
        link: { href: '/reference/close-codes/1008/#token_expired' },
      },
    });
  });

  it('fails where what arrives is not what was published', async () => {
    const client = new ServiceClient(() => service.url, page);
    const demo = demoWith({ publish: (request) => client.publish({ ...request, payload: `${request.payload} ` }) });
    await demo.run();
    expect(demo.state).toMatchObject({ name: 'failed', failure: { kind: 'altered', remedy: expect.any(String) } });
    expect(demo.steps.receive).toEqual({ name: 'failed' });
    expect(demo.frame).toBeUndefined();
  });

  it('passes over what another publisher sends first, and times its own', async () => {
    const client = new ServiceClient(() => service.url, page);
    const demo = demoWith({
      async publish(request) {
        await client.publish({ ...request, payload: '{"event":"class_created","data":{}}' });
        return client.publish(request);
      },
    });
    await demo.run();
    expect(demo.state).toEqual({ name: 'finished' });
    expect(JSON.parse(demo.frame ?? '')).toMatchObject({ event: 'batch_results_ready' });
    expect(demo.steps.receive).toMatchObject({ facts: expect.stringContaining('as published') });
    expect((demo.steps.receive as { ms: number }).ms).toBeGreaterThan(0);
  });

  it('gives up a notification that does not arrive, and leaves nothing open', async () => {
    const client = new ServiceClient(() => service.url, page);
    const demo = demoWith({ publish: (request) => client.publish({ ...request, user_id: 'someone-else' }) });
    await demo.run();
    expect(demo.state).toMatchObject({ name: 'failed', failure: { kind: 'not_delivered' } });
    expect(demo.steps.receive).toEqual({ name: 'failed' });
    await eventually(async () => (await openConnections()) === 0, 'no connection left');
  });
});
