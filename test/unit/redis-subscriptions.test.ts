import { expect, it } from 'vitest';
import { RedisFault } from '../../service/broker/redis-fault.ts';
import { RedisSubscriptions } from '../../service/broker/redis-subscriptions.ts';

// What a real Redis cannot be made to do: answer each command exactly when the test says so.

interface Asked {
  readonly command: string;
  acknowledge(): void;
  refuse(fault: RedisFault): void;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const lost = new RedisFault('lost', 'the connection was closed');
const unavailable = { code: 'BROKER_UNAVAILABLE', cause: lost };

async function connectedSubscriptions() {
  const asked: Asked[] = [];
  const faults: RedisFault[] = [];
  const subscriptions = new RedisSubscriptions(
    (command, channels) =>
      new Promise<void>((acknowledge, refuse) => {
        asked.push({ command: `${command} ${channels.join(' ')}`, acknowledge, refuse });
      }),
    (fault) => faults.push(fault),
  );
  await subscriptions.connected();
  const commands = () => asked.map(({ command }) => command);
  return { subscriptions, asked, faults, commands };
}

/** Whether a promise has settled yet. */
function watch(promise: Promise<unknown>): { settled: boolean } {
  const watched = { settled: false };
  const settle = () => {
    watched.settled = true;
  };
  promise.then(settle, settle);
  return watched;
}

it('shares one SUBSCRIBE among those who want the same channel, and one among the channels of a turn', async () => {
  const { subscriptions, asked, commands } = await connectedSubscriptions();
  const wishes = ['a', 'b', 'a'].map((channel) => subscriptions.subscribe(channel));
  await turn();
  const late = subscriptions.subscribe('a');
  await turn();
  expect(commands()).toEqual(['subscribe a b']);
  asked[0]?.acknowledge();
  await Promise.all([...wishes, late]);
});

it('is not taken in by the acknowledgement of a subscription that was ended meanwhile', async () => {
  const { subscriptions, asked, commands } = await connectedSubscriptions();
  void subscriptions.subscribe('a');
  await turn();
  subscriptions.unsubscribe('a');
  await turn();
  const anew = watch(subscriptions.subscribe('a'));
  await turn();
  expect(commands()).toEqual(['subscribe a', 'unsubscribe a', 'subscribe a']);
  for (const command of asked.slice(0, 2)) command.acknowledge();
  await turn();
  expect(anew.settled).toBe(false);
  expect(subscriptions.count()).toEqual({ confirmed: 0, wanted: 0 });
  asked[2]?.acknowledge();
  await turn();
  expect(anew.settled).toBe(true);
  expect(subscriptions.count()).toEqual({ confirmed: 1, wanted: 1 });
});

it('sends nothing for wishes of one turn that cancel each other', async () => {
  const { subscriptions, asked, commands } = await connectedSubscriptions();
  const first = subscriptions.subscribe('a');
  await turn();
  asked[0]?.acknowledge();
  await first;
  subscriptions.unsubscribe('a');
  await subscriptions.subscribe('a');
  const overtaken = subscriptions.subscribe('b');
  subscriptions.unsubscribe('b');
  await overtaken;
  expect(commands()).toEqual(['subscribe a']);
});

it('wants after a lost connection what it wanted before the subscriptions that were pending', async () => {
  const { subscriptions, asked, commands } = await connectedSubscriptions();
  const kept = subscriptions.subscribe('kept');
  await turn();
  asked[0]?.acknowledge();
  await kept;
  const pending = subscriptions.subscribe('pending');
  await turn();
  subscriptions.disconnected(lost);
  await expect(pending).rejects.toMatchObject(unavailable);
  expect(subscriptions.isWanted('pending')).toBe(false);
  expect(subscriptions.count()).toEqual({ confirmed: 0, wanted: 1 });
  void subscriptions.connected();
  expect(commands().at(-1)).toBe('subscribe kept');
});

it('does not ask a new connection for a channel that was given up in the outage', async () => {
  const { subscriptions, asked, commands } = await connectedSubscriptions();
  const both = Promise.all([subscriptions.subscribe('kept'), subscriptions.subscribe('left')]);
  await turn();
  asked[0]?.acknowledge();
  await both;
  subscriptions.disconnected(lost);
  subscriptions.unsubscribe('left');
  void subscriptions.connected();
  expect(commands().at(-1)).toBe('subscribe kept');
});

it('ends a channel that is given up while a new connection is still being asked for it', async () => {
  const { subscriptions, asked, commands } = await connectedSubscriptions();
  const first = subscriptions.subscribe('a');
  await turn();
  asked[0]?.acknowledge();
  await first;
  subscriptions.disconnected(lost);
  const reconciled = subscriptions.connected();
  subscriptions.unsubscribe('a');
  await turn();
  expect(commands()).toEqual(['subscribe a', 'subscribe a', 'unsubscribe a']);
  for (const command of asked) command.acknowledge();
  await reconciled;
  await turn();
  expect(subscriptions.count()).toEqual({ confirmed: 0, wanted: 0 });
});

it('ignores what an old connection still says', async () => {
  const { subscriptions, asked } = await connectedSubscriptions();
  const first = subscriptions.subscribe('a');
  await turn();
  asked[0]?.acknowledge();
  await first;
  subscriptions.disconnected(lost);
  const reconciling = watch(subscriptions.connected());
  subscriptions.disconnected(lost);
  void subscriptions.connected();
  asked[1]?.acknowledge();
  await turn();
  expect(reconciling.settled).toBe(true);
  expect(subscriptions.count()).toEqual({ confirmed: 0, wanted: 1 });
});

it('reports a refused command', async () => {
  const { subscriptions, asked, faults } = await connectedSubscriptions();
  const pending = subscriptions.subscribe('a');
  await turn();
  const refusal = new RedisFault('refused', 'NOPERM');
  asked[0]?.refuse(refusal);
  await turn();
  expect(faults).toEqual([refusal]);
  subscriptions.disconnected(refusal);
  await expect(pending).rejects.toMatchObject({ cause: refusal });
});
