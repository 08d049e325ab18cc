import type { TimelineEvent } from './timeline.svelte.ts';

/** How many seconds are kept. */
export const rateSeconds = 60;
/** The shortest latency that is told from a shorter one, and how much wider each class is than the one before. */
const shortestMs = 0.1;
const growth = 1.1;
const classes = 150;

/** What came in within one second. */
interface Second {
  /** The second, counted by `performance.now()`. */
  second: number;
  received: number;
  /** How many frames had a latency of each class. */
  readonly latencies: Uint32Array;
}

/** Percentiles of the latency in milliseconds, right to a twentieth. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** One second for drawing; `undefined` where no frame had a latency. */
export interface RatePoint {
  readonly secondsAgo: number;
  readonly received: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

/** How many frames came in the last minute, second by second, and how long they took. Counting costs the same at any rate. */
export class Rates {
  readonly #seconds: Second[] = Array.from({ length: rateSeconds }, () => ({
    second: -1,
    received: 0,
    latencies: new Uint32Array(classes),
  }));

  /** @param mark - Now, by `performance.now()`. */
  count(event: TimelineEvent, mark: number): void {
    if (event.kind !== 'frame') return;
    const second = Math.floor(mark / 1000);
    const slot = this.#seconds[second % rateSeconds] as Second;
    if (slot.second !== second) {
      slot.second = second;
      slot.received = 0;
      slot.latencies.fill(0);
    }
    slot.received += 1;
    if (event.latencyMs === undefined) return;
    const place = Math.ceil(Math.log(Math.max(event.latencyMs, shortestMs) / shortestMs) / Math.log(growth));
    const index = Math.min(classes - 1, place);
    slot.latencies[index] = (slot.latencies[index] as number) + 1;
  }

  clear(): void {
    for (const slot of this.#seconds) slot.second = -1;
  }

  /** Each second of the last minute, the oldest first; the one that is under way is left out. */
  points(mark: number): RatePoint[] {
    const now = Math.floor(mark / 1000);
    return Array.from({ length: rateSeconds - 1 }, (_, index) => {
      const secondsAgo = rateSeconds - 1 - index;
      const slot = this.#at(now - secondsAgo);
      const { count, p50, p95 } = percentiles(slot ? [slot.latencies] : []);
      const known = count > 0;
      return { secondsAgo, received: slot?.received ?? 0, p50: known ? p50 : undefined, p95: known ? p95 : undefined };
    });
  }

  /** Over the last minute. */
  latencies(mark: number): Latencies {
    const now = Math.floor(mark / 1000);
    return percentiles(
      this.#seconds.filter(({ second }) => second > now - rateSeconds).map(({ latencies }) => latencies),
    );
  }

  #at(second: number): Second | undefined {
    if (second < 0) return undefined;
    const slot = this.#seconds[second % rateSeconds];
    return slot?.second === second ? slot : undefined;
  }
}

function percentiles(parts: readonly Uint32Array[]): Latencies {
  const sums = new Uint32Array(classes);
  let count = 0;
  for (const part of parts) {
    part.forEach((number, index) => {
      sums[index] = (sums[index] as number) + number;
      count += number;
    });
  }
  const at = (share: number) => {
    let rest = share * count;
    const index = sums.findIndex((number) => {
      rest -= number;
      return number > 0 && rest <= 0;
    });
    // The middle of the class, by its logarithm.
    return index <= 0 ? shortestMs : shortestMs * growth ** (index - 0.5);
  };
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
