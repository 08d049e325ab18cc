import { WebSocket } from 'ws';
import type { ConnectionErrorCode } from '../../service/contract/error-codes.ts';
import { runSample } from './samples.ts';

/** How long a connection has to last for the sample to count it as stable, in milliseconds. */
const stableMs = 10_000;
/** A wait lasts this part of what the sample asks for. */
const haste = 1 / 200;

/** The sample that reconnects, running, with its clock in the hands of a test. */
export interface Reconnecting {
  /** The waits that it asked for before an attempt, in milliseconds. */
  readonly waits: readonly number[];
  readonly shown: readonly { event: string }[];
  /** What it explained: it has stopped then. */
  readonly explained: readonly string[];
  /** How often a socket opened, a refused one included. */
  readonly opened: () => number;
  readonly last: () => WebSocket | undefined;
  /** Lets the open connection become stable. */
  settle(): void;
  /** Ends it. */
  stop(): void;
}

/**
 * Runs docs/samples/reconnect.js against a real address.
 *
 * @param address - `ws://<host>:<port>`
 * @param getAccessToken - Called for each attempt.
 * @param origin - Sent as a browser would.
 */
export async function runReconnect(
  address: string,
  getAccessToken: () => Promise<string>,
  origin?: string,
): Promise<Reconnecting> {
  const sockets: WebSocket[] = [];
  class RecordedWebSocket extends WebSocket {
    constructor(url: string) {
      super(url, origin === undefined ? {} : { origin });
      // In a browser, an error that nobody listens to ends nothing.
      this.on('error', () => {});
      sockets.push(this);
    }
  }
  const waits: number[] = [];
  const shown: { event: string }[] = [];
  const explained: string[] = [];
  const untilStable = new Map<number, () => void>();
  let opened = 0;
  let timers = 0;
  let isStopped = false;

  await runSample('reconnect.js', address, {
    WebSocket: RecordedWebSocket,
    getAccessToken,
    realtimeUrl: address,
    reload: () => opened++,
    show: (notification: { event: string }) => shown.push(notification),
    explain: (cause: ConnectionErrorCode) => explained.push(cause),
    setTimeout(run: () => void, ms: number) {
      timers += 1;
      if (ms === stableMs) untilStable.set(timers, run);
      else if (!isStopped) {
        waits.push(ms);
        setTimeout(() => isStopped || run(), ms * haste);
      }
      return timers;
    },
    clearTimeout: (timer: number) => untilStable.delete(timer),
  });

  return {
    waits,
    shown,
    explained,
    opened: () => opened,
    last: () => sockets.at(-1),
    settle() {
      for (const run of untilStable.values()) run();
      untilStable.clear();
    },
    stop() {
      isStopped = true;
      for (const socket of sockets) socket.terminate();
    },
  };
}
