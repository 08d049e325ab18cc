import { afterEach, describe, expect, it } from 'vitest';
import { AllTrials, byPage } from '../../../playground/labs/all-trials.svelte.ts';
import { Trial, trialAddress } from '../../../playground/labs/trial.svelte.ts';
import { expectationOf, type ScenarioName, scenarioNames, scenarios } from '../../../playground/scenarios.ts';
import { Session } from '../../../playground/session.svelte.ts';
import { toolAddress, toolIn } from '../../../playground/tools.ts';
import { closedPort } from '../../support/closed-port.ts';
import { eventually } from '../../support/eventually.ts';
import { startService, type TestService } from '../../support/service.ts';

let service: TestService | undefined;
let session: Session;
let trial: Trial;

/** Starts a service, and a playground on it that is to try something, in place of the ones before. */
async function ready(search: string, environment: Record<string, string> = {}, deadlineMs = 2000): Promise<void> {
  await close();
  service = await startService(environment);
  const { url } = service;
  session = new Session(() => ({ origin: url }));
  session.address.read({ origin: url, search: '' });
  trial = new Trial(session, deadlineMs);
  trial.read(search);
}

afterEach(close);

async function close(): Promise<void> {
  if (service === undefined) return;
  await session.connection.disconnect();
  await service.close();
  service = undefined;
}

const endings = () => session.timeline.entries.filter(({ kind }) => kind === 'closed');

// In Node no page has an origin, and a short token takes its 5 seconds: Chromium does those, and what the page can but watch.
const elsewhere: ScenarioName[] = ['ORIGIN_NOT_ALLOWED', 'TOKEN_EXPIRED'];
const here = scenarioNames.filter((name) => scenarios[name].act.kind !== 'watch' && !elsewhere.includes(name));

describe('a trial', () => {
  it.each(here)('of %s ends as it must, on the connection of the session', async (name) => {
    await ready(`?try=${String(name).toLowerCase()}`, { WEBSOCKET_MAX_CONNECTIONS_PER_USER: '2' });
    expect(trial.state).toEqual({ name: 'ready', scenario: name });
    await trial.run();
    expect(trial.state).toMatchObject({ name: 'ended', isExpected: true, ending: { code: expectationOf(name).code } });
    expect(endings()).toHaveLength(1);
    expect(session.connection.state.name).toBe('closed');
  });

  it('leaves no connection open, and no token in the timeline', async () => {
    await ready('?try=4000');
    await trial.run();
    const connections = async () =>
      (await session.service.websocketHealth()) as { value: { total_connections: number } };
    await eventually(async () => (await connections()).value.total_connections === 0, 'all are closed');
    const { token } = trial.client?.minted ?? {};
    expect(token).toBeDefined();
    expect(JSON.stringify([session.timeline.entries, trial.state])).not.toContain(token);
  });

  it('can be run again, also while the connection is open', async () => {
    await ready('?try=4000', { WEBSOCKET_MAX_CONNECTIONS_PER_USER: '2' });
    for (const _ of [1, 2]) {
      await session.mintAndConnect();
      await session.connection.until(({ name }) => name === 'open');
      await trial.run();
      expect(trial.state).toMatchObject({ name: 'ended', isExpected: true });
    }
  });

  it('leaves the identity of the reader as it is, and the connections', async () => {
    await ready('?try=token_issuer_invalid');
    session.identity.lifetimeSeconds = 900;
    const mine = session.addClient();
    await session.mintAndConnect(mine);
    await mine.connection.until(({ name }) => name === 'open');
    const { minted } = session.identity;
    await trial.run();
    expect(trial.state).toMatchObject({ isExpected: true });
    expect(session.identity).toMatchObject({ defect: undefined, lifetimeSeconds: 900, minted });
    expect(mine.connection.state.name).toBe('open');
    await mine.disconnect();
  });

  it('takes no more places than are left, and gives them back', async () => {
    await ready('?try=4000', { WEBSOCKET_MAX_CONNECTIONS_PER_USER: '3' });
    await session.mintAndConnect();
    const mine = session.current;
    await mine.connection.until(({ name }) => name === 'open');
    await trial.run();
    expect(trial.state).toMatchObject({ name: 'ended', isExpected: true });
    expect(endings().filter((entry) => entry.kind === 'closed' && entry.ending.code === 4000)).toHaveLength(1);
    expect(new Set(session.timeline.entries.map(({ client }) => client)).size).toBe(5);
    expect(mine.connection.state.name).toBe('open');
    await mine.disconnect();
  });

  it('says so when something else comes than must', async () => {
    await ready('?try=message_rate_exceeded', { WEBSOCKET_MESSAGES_PER_MINUTE: '1000' }, 100);
    await trial.run();
    expect(trial.state).toEqual({
      name: 'ended',
      scenario: 'MESSAGE_RATE_EXCEEDED',
      ending: undefined,
      isExpected: false,
    });
    await ready('?try=origin_not_allowed');
    await trial.run();
    // Without an origin, what is missing is the token.
    expect(trial.state).toMatchObject({ name: 'ended', ending: { code: 1008 }, isExpected: false });
  });

  it('watches for an end that comes from outside, as long as it takes', async () => {
    await ready('?try=server_shutdown', {}, 10);
    const run = trial.run();
    await session.connection.until(({ name }) => name === 'open');
    expect(trial.state.name).toBe('running');
    await service?.app.close();
    await run;
    expect(trial.state).toMatchObject({ name: 'ended', isExpected: true });
  });

  it('watches no longer when it is told to stop or to do something else, and then takes no end for its own', async () => {
    for (const act of [() => trial.stop(), () => trial.choose(1000)]) {
      await ready('?try=server_shutdown');
      const run = trial.run();
      await session.connection.until(({ name }) => name === 'open');
      act();
      const { state } = trial;
      expect(state.name).toBe('ready');
      await session.connection.disconnect();
      await run;
      expect(trial.state).toBe(state);
    }
  });

  it('meets a service that judges by keys with a token that it made up', async () => {
    const JWT_JWKS_URL = `http://127.0.0.1:${await closedPort()}/`;
    await ready('?try=keys_unavailable', { ...scenarios.KEYS_UNAVAILABLE.outside?.environment, JWT_JWKS_URL });
    await trial.run();
    expect(trial.state).toMatchObject({ name: 'ended', isExpected: true });
  });

  it('says what hinders it', async () => {
    await ready('?try=token_expired', { ENABLE_DEV_ENDPOINTS: 'false' });
    await trial.run();
    expect(trial.state).toMatchObject({ name: 'failed', failure: { kind: 'development_off' } });
    await ready('?try=4000', { WEBSOCKET_MAX_CONNECTIONS_PER_USER: '51' });
    await trial.run();
    expect(trial.state).toMatchObject({
      name: 'failed',
      failure: { detail: expect.stringContaining('51 connections') },
    });
    await ready('?try=origin_not_allowed');
    session.address.choose('https://realtime.example');
    await trial.run();
    expect(trial.state).toMatchObject({ name: 'failed', failure: { detail: expect.stringContaining('this machine') } });
  });

  it('does nothing where the address asks for nothing, and says so where it asks for what there is not', async () => {
    await ready('?service=x');
    expect(trial.state).toEqual({ name: 'none' });
    await trial.run();
    expect(trial.state).toEqual({ name: 'none' });
    trial.read('?try=nonsense');
    expect(trial.state).toEqual({ name: 'unknown', asked: 'nonsense', code: undefined });
    trial.read(`?try=${'x'.repeat(1000)}`);
    expect(trial.state).toMatchObject({ name: 'unknown', asked: 'x'.repeat(40) });
    trial.read('?try=1e3');
    expect(trial.state).toEqual({ name: 'unknown', asked: '1e3', code: undefined });
    trial.read('?try=1008');
    expect(trial.state).toEqual({ name: 'unknown', asked: '1008', code: 1008 });
    await trial.run();
    expect(trial.state.name).toBe('unknown');
    expect(session.timeline.entries).toEqual([]);
  });
});

describe('a client that comes back by itself', () => {
  it('after 1006 waits longer each time, within the bounds of its policy', async () => {
    await ready('?try=1006');
    const run = trial.run(true);
    await eventually(() => (trial.client?.waits.length ?? 0) >= 3, 'three waits');
    expect(trial.state).toMatchObject({ name: 'ended', isExpected: true });
    expect(trial.isComingBack).toBe(true);
    const { waits = [] } = trial.client ?? {};
    expect(waits.map(({ ceilingMs }) => ceilingMs).slice(0, 3)).toEqual([1000, 2000, 4000]);
    for (const { waitMs, floorMs, ceilingMs } of waits) expect(waitMs >= floorMs && waitMs <= ceilingMs).toBe(true);
    trial.stop();
    expect(trial.isComingBack).toBe(false);
    await eventually(() => trial.client?.isBusy === false, 'it stays away');
    void run;
  });

  it('stays away from a token that is wrong on purpose: a new one would be as wrong', async () => {
    await ready('?try=token_issuer_invalid');
    await trial.run(true);
    expect(trial.client?.waits).toEqual([]);
    const stopped = session.timeline.entries.find(({ kind }) => kind === 'stopped');
    expect(stopped).toMatchObject({ why: expect.stringContaining('wrong on purpose') });
    expect(trial.client?.mode).toBe('off');
    expect(endings()).toHaveLength(1);
    expect(trial.isComingBack).toBe(false);
  });

  it('stays away at once where the same would come again', async () => {
    await ready('?try=1003');
    await trial.run(true);
    expect(trial.client).toMatchObject({ waits: [], isBusy: false });
  });
});

describe('all trials', () => {
  const quick = byPage.filter((name) => !elsewhere.includes(name));

  it('run one after the other, each with its outcome', async () => {
    await ready('');
    const all = new AllTrials(session, 2000);
    await all.run(quick);
    expect([...all.outcomes.keys()]).toEqual(quick);
    expect(all.expected).toBe(quick.length);
    expect(all.running).toBeUndefined();
  });

  it('end with the first one where there is no service', async () => {
    await ready('');
    session.address.choose(`http://127.0.0.1:${await closedPort()}`);
    const all = new AllTrials(session, 2000);
    await all.run(['TOKEN_MALFORMED', 'TOKEN_EXPIRY_MISSING']);
    expect([...all.outcomes.values()]).toMatchObject([{ name: 'failed', failure: { kind: 'unreachable' } }]);
  });

  it('begin no further one when they are stopped', async () => {
    await ready('');
    const all = new AllTrials(session, 2000);
    const run = all.run(quick);
    await eventually(() => all.outcomes.size > 0, 'an outcome');
    all.stop();
    const { size } = all.outcomes;
    await run;
    expect(all.outcomes.size).toBe(size);
  });
});

describe('the address of the page', () => {
  const trialTool = '?tool=close-codes';
  it('opens the tool that tries, and keeps what is tried while that is open', () => {
    expect(toolIn('?try=1000')).toBe('close-codes');
    expect(toolIn('?try=1000&tool=auth-matrix')).toBe('auth-matrix');
    expect(toolIn('?tool=nonsense')).toBe('workbench');
    expect(toolAddress('http://a/playground/?try=1000#x', 'close-codes')).toBe(
      'http://a/playground/?try=1000&tool=close-codes#x',
    );
    expect(toolAddress(`http://a/playground/${trialTool}&try=1000`, 'workbench')).toBe('http://a/playground/');
    expect(toolAddress('http://a/playground/?try=1000&service=http%3A%2F%2Fb', 'auth-matrix')).toBe(
      'http://a/playground/?service=http%3A%2F%2Fb&tool=auth-matrix',
    );
  });

  it('names what was chosen', () => {
    expect(trialAddress(`http://a/playground/${trialTool}`, 'TOKEN_EXPIRED')).toBe(
      `http://a/playground/${trialTool}&try=token_expired`,
    );
  });
});
