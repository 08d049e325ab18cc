import { afterEach, describe, expect, it } from 'vitest';
import { authCases } from '../../../playground/labs/auth-cases.ts';
import { AuthMatrix, type Row } from '../../../playground/labs/auth-matrix.svelte.ts';
import { explainDeviation } from '../../../playground/labs/explain-deviation.ts';
import { matrixMarkdown } from '../../../playground/labs/matrix-markdown.ts';
import { Session } from '../../../playground/session.svelte.ts';
import { closedPort } from '../../support/closed-port.ts';
import { eventually } from '../../support/eventually.ts';
import { startService, type TestService } from '../../support/service.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';

let service: TestService;
let session: Session;

/** A matrix on a service of its own. Node's WebSocket sends no origin, so from here the foreign one is none. */
async function matrixOn(environment: Record<string, string> = {}): Promise<AuthMatrix> {
  service = await startService(environment);
  session = new Session(() => ({ origin: service.url }));
  session.address.read({ origin: service.url, search: '' });
  return new AuthMatrix(session);
}

const deviating = ({ rows }: AuthMatrix) =>
  rows.filter(({ state }) => state.name === 'done' && !state.isExpected).map(({ one }) => one.id);
const stateOf = ({ rows }: AuthMatrix, id: string) => (rows.find(({ one }) => one.id === id) as Row).state;
const foreign = 'foreign_origin';

describe('the auth matrix', () => {
  afterEach(() => service.close());

  it('finds each case as expected, leaves out what no browser can, and disturbs nobody', async () => {
    const matrix = await matrixOn({ WEBSOCKET_MAX_CONNECTIONS_PER_USER: '1' });
    await session.mintAndConnect();
    await session.connection.until(({ name }) => name === 'open');
    const { defect } = session.identity;
    await matrix.run();
    expect(matrix.state.name).toBe('finished');
    expect(deviating(matrix)).toEqual([foreign]);
    const inPage = authCases.filter((one) => one.inPage !== undefined).length;
    expect(matrix.tally).toEqual({ done: inPage, expected: inPage - 1, possible: inPage });
    expect(stateOf(matrix, 'header').name).toBe('not_here');
    expect(session.connection.state.name).toBe('open');
    expect(session.identity.defect).toBe(defect);
    expect(session.clients).toHaveLength(1);
    const health = async () => (await session.service.websocketHealth()) as { value: { total_connections: number } };
    await eventually(async () => (await health()).value.total_connections === 1, 'only the connection of the reader');
    await session.connection.disconnect();
  });

  it('marks what another issuer is configured for, and says which setting may lie behind it', async () => {
    const matrix = await matrixOn({ JWT_ISSUER: 'someone-else-altogether' });
    await matrix.run();
    expect(deviating(matrix)).toEqual(['contract_claims', foreign]);
    const { one, state } = matrix.rows.find((row) => row.one.id === 'contract_claims') as Row;
    if (state.name !== 'done') throw new Error('it was run');
    expect(state.observed).toMatchObject({ code: 1008, cause: 'TOKEN_ISSUER_INVALID', opened: true });
    expect(explainDeviation(one, state.observed)).toContain('JWT_ISSUER');
    expect(matrixMarkdown(matrix.rows)).toContain(
      '| Issuer and audience of the contract | let in | 1008 TOKEN_ISSUER_INVALID | **deviates** |',
    );
  });

  it('ends at once where nothing can be minted, with the remedy', async () => {
    const matrix = await matrixOn({ ENABLE_DEV_ENDPOINTS: 'false' });
    await matrix.run();
    expect(matrix.state).toMatchObject({ name: 'failed', failure: { kind: 'development_off' } });
    expect(matrix.tally.done).toBeLessThanOrEqual(1);
  });

  it('blames no token where the broker is gone', async () => {
    const REDIS_URL = `redis://127.0.0.1:${await closedPort()}`;
    const matrix = await matrixOn({ REDIS_URL, REDIS_CONNECT_TIMEOUT: '0.3' });
    await matrix.run();
    expect(matrix.state).toMatchObject({ name: 'failed', failure: { title: expect.stringContaining('1013') } });
    expect(deviating(matrix).filter((id) => id !== foreign)).toEqual([]);
  });

  it('breaks off where the service goes away in the middle, and keeps what it found', async () => {
    const matrix = await matrixOn();
    const proxy = await startTcpProxy(Number(new URL(service.url).port));
    session.address.choose(`http://127.0.0.1:${proxy.port}`);
    const run = matrix.run();
    await eventually(() => matrix.tally.done > 3, 'some rows are done');
    await proxy.close();
    await run;
    expect(matrix.state).toMatchObject({ name: 'failed', failure: { kind: 'unreachable' } });
    expect(matrix.tally.done).toBeGreaterThan(3);
    expect(matrix.rows.some(({ state }) => state.name === 'running')).toBe(false);
  });

  it('begins no further case when it is stopped or the address changes, and runs again', async () => {
    const matrix = await matrixOn();
    const run = matrix.run();
    await eventually(() => matrix.tally.done > 0, 'a row is done');
    matrix.stop();
    const { done } = matrix.tally;
    await run;
    expect(matrix.state.name).toBe('stopped');
    expect(matrix.tally.done).toBe(done);
    await matrix.run();
    expect(matrix.state.name).toBe('finished');
  });

  it('holds no token, in no state and no table that is copied', async () => {
    const matrix = await matrixOn();
    await matrix.run();
    expect(JSON.stringify(matrix.rows) + matrixMarkdown(matrix.rows)).not.toMatch(/eyJ/);
  });
});

describe('a deviation', () => {
  const [right, wrong] = [authCases.find(({ id }) => id === 'valid'), authCases.find(({ id }) => id === 'expired')];
  if (right === undefined || wrong === undefined) throw new Error('both are in the table');
  it.each([
    ['a proxy that answers itself', right, { code: 1006, cause: undefined, opened: false }, 'proxy'],
    ['a proxy that closes', right, { code: 1011, cause: undefined, opened: true }, 'no reason'],
    ['a service that lets everyone in', wrong, { code: 1000, cause: undefined, opened: true }, 'lets in'],
    ['another version', wrong, { code: 1008, cause: 'TOKEN_MALFORMED', opened: true }, 'version'],
    ['another audience', right, { code: 1008, cause: 'TOKEN_AUDIENCE_INVALID', opened: true }, 'JWT_AUDIENCE'],
  ])('is explained: %s', (_what, one, observed, word) => {
    expect(explainDeviation(one, { ...observed, ms: 1 })).toContain(word);
  });
});
