import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Burst, type BurstState } from '../../../../playground/publish/burst.svelte.ts';
import { burstText } from '../../../../playground/publish/burst-text.ts';
import { catalogueFor } from '../../../../playground/publish/catalogue.ts';
import { Publisher } from '../../../../playground/publish/publisher.svelte.ts';
import { Session } from '../../../../playground/session.svelte.ts';
import { notificationEvents } from '../../../../service/contract/notifications.ts';
import { connect, type TestClient } from '../../../support/client.ts';
import { eventually } from '../../../support/eventually.ts';
import { startService, type TestService } from '../../../support/service.ts';

let service: TestService;
let session: Session;
let burst: Burst;
let client: TestClient;
beforeEach(async () => {
  service = await startService();
  session = new Session(() => ({ origin: service.url }));
  session.address.read({ origin: service.url, search: '' });
  burst = new Burst((userId, text) => session.publishText(userId, text));
  const { token } = await service.mint({ user_id: 'teacher-1' });
  client = await connect(`${service.wsUrl}?token=${token}`);
});
afterEach(async () => {
  await client.close();
  await service.close();
});

const numbered = (number: number) => `{"event":"n","data":{"n":${number}}}`;
const done = () => burst.state as BurstState & { name: 'done' };

describe('a burst', () => {
  it('arrives whole, each message once, and tells what was achieved', async () => {
    await burst.run({ userId: 'teacher-1', text: numbered, count: 300 });
    await eventually(() => client.received.length === 300, 'all frames');
    const numbers = client.received.map((text) => JSON.parse(String(text)).data.n);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(done()).toMatchObject({ name: 'done', end: 'all', accepted: 300, failed: 0, receivers: [1, 1] });
  });

  it('keeps its rate by the clock', async () => {
    await burst.run({ userId: 'teacher-1', text: numbered, count: 41, perSecond: 100 });
    expect(done().ms).toBeGreaterThanOrEqual(400);
    expect(done().ms).toBeLessThan(1500);
  });

  it('ends when it is stopped, with what was sent until then', async () => {
    const run = burst.run({ userId: 'teacher-1', text: numbered, count: 10_000, perSecond: 50 });
    await eventually(() => client.received.length > 2, 'some frames');
    burst.stop();
    await run;
    expect(done()).toMatchObject({ end: 'stopped', failed: 0 });
    expect(done().accepted).toBeLessThan(1000);
  });

  it('ends by itself where everything fails, and says why once', async () => {
    await client.close();
    await service.close();
    await burst.run({ userId: 'teacher-1', text: numbered, count: 1000 });
    expect(done()).toMatchObject({ end: 'failing', accepted: 0, failure: { kind: 'unreachable' } });
    expect(done().failed).toBeLessThan(20);
    service = await startService();
  });

  it('of the catalogue is one of each type, in its order', async () => {
    await burst.run(catalogueFor('teacher-1'));
    await eventually(() => client.received.length === 16, 'all types');
    expect(client.received.map((text) => JSON.parse(String(text)).event)).toEqual(notificationEvents);
  });

  it('is one at a time', async () => {
    const first = burst.run({ userId: 'teacher-1', text: numbered, count: 5 });
    await burst.run({ userId: 'teacher-1', text: numbered, count: 5 });
    await first;
    await eventually(() => client.received.length === 5, 'the first');
    expect(done().accepted).toBe(5);
  });
});

describe('the messages of a burst', () => {
  it('differ in id, time and number, and in nothing else', () => {
    const publisher = new Publisher(() => 'teacher-1');
    const text = burstText(publisher.text, publisher.untouchedText);
    const [first, second] = [JSON.parse(text(1, 2)), JSON.parse(text(2, 2))];
    expect(first.data.correlation_id).not.toBe(second.data.correlation_id);
    expect(second.data.message).toBe(`${JSON.parse(publisher.text).data.message} (2 of 2)`);
    const { correlation_id, timestamp, message } = first.data;
    expect({ ...second, data: { ...second.data, correlation_id, timestamp, message } }).toEqual(first);
  });

  it('keep what was edited, to the byte', () => {
    const publisher = new Publisher(() => 'teacher-1');
    const { message } = JSON.parse(publisher.text).data;
    publisher.text = publisher.text.replace(JSON.stringify(message), '"mine"').replace('  "data"', '\t"data"');
    const made = burstText(publisher.text, publisher.untouchedText)(7, 9);
    expect(made).toContain('"mine"');
    expect(made).toContain('\t"data"');
    expect(made).not.toBe(publisher.text);
    expect(burstText('{"event": ', publisher.untouchedText)(1, 2)).toBe('{"event": ');
    expect(burstText('{"data":{"message":"x"}}', publisher.untouchedText)(1, 2)).toBe('{"data":{"message":"x"}}');
  });
});
