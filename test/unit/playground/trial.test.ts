import { afterEach, describe, expect, it } from 'vitest';
import { Trial, withoutTrial } from '../../../playground/labs/trial.svelte.ts';
import { expectationOf, type ScenarioName, scenarioNames, scenarios } from '../../../playground/scenarios.ts';
import { Session } from '../../../playground/session.svelte.ts';
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
    const { token } = session.identity.minted ?? {};
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

  it('shows beforehand which token it will use, and puts back what was changed since', async () => {
    await ready('?try=token_issuer_invalid');
    expect(session.identity.defect).toBe('wrong_issuer');
    session.identity.defect = 'expired';
    await trial.run();
    expect(trial.state).toMatchObject({ isExpected: true });
    await ready('?try=TOKEN_EXPIRED');
    expect(session.identity).toMatchObject({ defect: undefined, lifetimeSeconds: 5 });
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

  it('watches no longer when it is told to stop or left, and then takes no end for its own', async () => {
    for (const act of ['stop', 'leave'] as const) {
      await ready('?try=server_shutdown');
      const run = trial.run();
      await session.connection.until(({ name }) => name === 'open');
      trial[act]();
      const { state } = trial;
      expect(state.name).toBe(act === 'stop' ? 'ready' : 'none');
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
    expect(trial.state).toMatchObject({ name: 'failed', problem: expect.stringContaining('No token could be minted') });
    await ready('?try=4000', { WEBSOCKET_MAX_CONNECTIONS_PER_USER: '51' });
    await trial.run();
    expect(trial.state).toMatchObject({ name: 'failed', problem: expect.stringContaining('51 connections') });
    await ready('?try=origin_not_allowed');
    session.address.choose('https://realtime.example');
    await trial.run();
    expect(trial.state).toMatchObject({ name: 'failed', problem: expect.stringContaining('this machine') });
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

describe('the address of the page', () => {
  it('loses what was to try, and nothing else', () => {
    expect(withoutTrial('http://a/playground/?try=1000&service=http%3A%2F%2Fb#x')).toBe(
      'http://a/playground/?service=http%3A%2F%2Fb#x',
    );
    expect(withoutTrial('http://a/playground/?try=1000')).toBe('http://a/playground/');
  });
});
