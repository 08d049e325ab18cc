import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { closeCodes, type RetryAdvice } from '../../service/contract/close-codes.ts';
import { connectionErrors, retryAdvice } from '../../service/contract/error-codes.ts';
import { closeReason } from '../../service/errors.ts';
import { eventually } from '../support/eventually.ts';
import { type Reconnecting, runReconnect } from '../support/reconnecting.ts';
import { startService, type TestService } from '../support/service.ts';

const user = 'teacher-1';
const addressOf = ({ url }: TestService) => url.replace('http', 'ws');

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const running: Reconnecting[] = [];
afterEach(() => {
  for (const sample of running.splice(0)) sample.stop();
});
async function run(...given: Parameters<typeof runReconnect>): Promise<Reconnecting> {
  const sample = await runReconnect(...given);
  running.push(sample);
  return sample;
}

const mint = async () => (await service.mint({ user_id: user })).token;
const mintExpired = async () => (await service.mint({ user_id: user, defect: 'expired' })).token;
const publish = (to: TestService, event: string) => to.publish(user, JSON.stringify({ event, data: {} }));
/** Publishes until it is shown: `open` alone does not say that the connection stays. */
const reaches = (sample: Reconnecting, to: TestService, event: string) =>
  eventually(async () => {
    await publish(to, event);
    return sample.shown.some((notification) => notification.event === event);
  }, `${event} is shown`);

describe('reconnect.js', () => {
  it('receives messages', async () => {
    const sample = await run(addressOf(service), mint);
    await reaches(sample, service, 'class_created');
    expect(sample.waits).toEqual([]);
  });

  it('finds a service again that was restarted, after waits whose bound doubles while it is away', async () => {
    const first = await startService();
    const { port } = new URL(first.url);
    const getAccessToken = vi.fn(mint);
    const sample = await run(addressOf(first), getAccessToken);
    await reaches(sample, first, 'before');
    sample.settle();
    await first.close();
    await eventually(() => sample.waits.length >= 4, 'it has tried in vain');
    const second = await startService({ WEBSOCKET_PORT: port });
    try {
      await reaches(sample, second, 'after');
      const [shutdown = Number.NaN, ...away] = sample.waits;
      expect(shutdown).toBeLessThanOrEqual(5_000);
      for (const [index, wait] of away.entries())
        expect(wait).toBeLessThanOrEqual(Math.min(30_000, 1_000 * 2 ** index));
      expect(getAccessToken).toHaveBeenCalledTimes(sample.waits.length + 1);
      expect(sample.explained).toEqual([]);
    } finally {
      sample.stop();
      await second.close();
    }
  });

  it('fetches one new token after one that has expired, and goes on with it', async () => {
    const getAccessToken = vi.fn(mint).mockImplementationOnce(mintExpired);
    const sample = await run(addressOf(service), getAccessToken);
    await reaches(sample, service, 'class_created');
    expect(getAccessToken).toHaveBeenCalledTimes(2);
    expect(sample.waits).toEqual([0]);
    expect(sample.opened()).toBe(2);
  });

  it('stops when two tokens in a row are refused, although each socket had opened', async () => {
    const getAccessToken = vi.fn(mintExpired);
    const sample = await run(addressOf(service), getAccessToken);
    await eventually(() => sample.explained.length > 0, 'it stops');
    expect(sample.explained).toEqual(['TOKEN_EXPIRED']);
    expect(getAccessToken).toHaveBeenCalledTimes(2);
    expect(sample.opened()).toBe(2);
  });

  it('renews again when a token expires after its connection was stable', async () => {
    const getAccessToken = vi.fn(mint).mockImplementationOnce(mintExpired);
    const sample = await run(addressOf(service), getAccessToken);
    await reaches(sample, service, 'first');
    sample.settle();
    getAccessToken.mockImplementationOnce(mintExpired);
    sample.last()?.terminate();
    await reaches(sample, service, 'second');
    expect(sample.explained).toEqual([]);
  });

  it('stops when its origin is not allowed', async () => {
    const sample = await run(addressOf(service), mint, 'https://elsewhere.example');
    await eventually(() => sample.explained.length > 0, 'it stops');
    expect(sample.explained).toEqual(['ORIGIN_NOT_ALLOWED']);
    expect(sample.waits).toEqual([]);
  });

  it('tries again when no token can be fetched', async () => {
    const sample = await run(addressOf(service), vi.fn(mint).mockRejectedValueOnce(new Error('no network')));
    await reaches(sample, service, 'class_created');
    expect(sample.waits).toHaveLength(1);
  });
});

/** What the sample does first, for each advice: `undefined` is to stop. */
const firstWait: Record<RetryAdvice, readonly [atLeast: number, atMost: number] | undefined> = {
  never: undefined,
  with_new_token: [0, 0],
  spread_out: [0, 5_000],
  back_off: [0, 1_000],
  after_closing_another: [30_000, 60_000],
};

describe('reconnect.js does what the contract advises', () => {
  const causes = Object.entries(connectionErrors).filter(([, { closeCode }]) => closeCode !== 1006);

  it.each(causes)('after %s', async (name, { closeCode }) => {
    const reason = closeReason(name as keyof typeof connectionErrors, '4f1c9a0b7d2e');
    await expectAdvice(closeCode, reason, retryAdvice(closeCode, name));
  });

  it.each([1000, 1005, 1006] as const)('after %s, which names no cause', async (code) => {
    await expectAdvice(code, '', closeCodes[code].retry);
  });

  it('after a reason that a proxy wrote', async () => {
    await expectAdvice(1011, 'upstream <gone>', 'back_off');
  });

  async function expectAdvice(code: number, reason: string | Buffer, advice: RetryAdvice): Promise<void> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    server.on('connection', (socket) => {
      if (code === 1006) socket.terminate();
      else if (code === 1005) socket.close();
      else socket.close(code, reason);
    });
    try {
      const { port } = server.address() as AddressInfo;
      const sample = await run(`ws://127.0.0.1:${port}`, async () => 'token');
      await eventually(() => sample.waits.length + sample.explained.length > 0, 'it decides');
      const range = firstWait[advice];
      if (range === undefined) expect(sample.waits).toEqual([]);
      else {
        expect(sample.waits[0]).toBeGreaterThanOrEqual(range[0]);
        expect(sample.waits[0]).toBeLessThanOrEqual(range[1]);
      }
    } finally {
      for (const sample of running) sample.stop();
      server.close();
    }
  }
});
