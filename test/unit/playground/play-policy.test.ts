import { describe, expect, it } from 'vitest';
import { reconnectPolicy } from '../../../playground/connections/reconnect-policy.ts';
import { playedAttempts, playPolicy } from '../../../playground/labs/play-policy.ts';
import { boundsInWords, plotGeometry, plotInWords } from '../../../playground/labs/wait-plot.ts';
import { expectationOf, scenarioNames } from '../../../playground/scenarios.ts';
import { retryAdvice } from '../../../service/contract/error-codes.ts';

describe('the policy, played', () => {
  it('after 1006 doubles its bound until it is the longest, and draws between', () => {
    const { waits, stopped } = playPolicy(1006, undefined, () => 0.5);
    expect(stopped).toBeUndefined();
    expect(waits.map(({ ceilingMs }) => ceilingMs)).toEqual([
      1000,
      2000,
      4000,
      8000,
      16_000,
      ...Array<number>(playedAttempts - 5).fill(reconnectPolicy.longestMs),
    ]);
    expect(waits.every(({ ceilingMs, waitMs }) => waitMs === ceilingMs / 2)).toBe(true);
  });

  it.each(scenarioNames)('after %s does what the contract advises', (name) => {
    const { code, cause } = expectationOf(name);
    const { waits, stopped, needsNewToken } = playPolicy(code, cause);
    const advice = retryAdvice(code, cause);
    expect(waits).toHaveLength({ never: 0, with_new_token: 1 }[advice as string] ?? playedAttempts);
    expect(stopped === undefined).toBe(waits.length === playedAttempts);
    expect(needsNewToken).toBe(advice === 'with_new_token');
    for (const { floorMs, waitMs, ceilingMs } of waits) expect(floorMs <= waitMs && waitMs <= ceilingMs).toBe(true);
  });
});

describe('the plot', () => {
  const { waits } = playPolicy(1006, undefined, () => 1);

  it.each([320, 640])('holds every wait within its bounds at a width of %d', (width) => {
    const plot = plotGeometry(waits, width);
    for (const { attempt, waitMs, ceilingMs } of waits) {
      expect(plot.x(attempt)).toBeGreaterThan(0);
      expect(plot.x(attempt) + plot.columnWidth / 2).toBeLessThanOrEqual(width);
      expect(plot.y(waitMs)).toBeGreaterThanOrEqual(plot.y(ceilingMs));
      expect(plot.y(ceilingMs)).toBeGreaterThanOrEqual(0);
      expect(plot.y(0)).toBeLessThan(plot.height);
    }
    expect(plot.ticks).toEqual([0, 5000, 10_000, 15_000, 20_000, 25_000, 30_000]);
  });

  it('is told in words', () => {
    expect(plotInWords(1006, waits, 2)).toContain('from 0 to 1 s at the first attempt up to 0 to 30 s at attempt 10');
    expect(plotInWords(1006, waits, 2)).toContain('2 observed');
    expect(plotInWords(4000, playPolicy(4000, 'CONNECTION_LIMIT_EXCEEDED').waits, 0)).toContain(
      'each between 30 to 60 s',
    );
    expect(boundsInWords({ floorMs: 30_000, ceilingMs: 60_000 })).toBe('30 to 60 s');
  });
});
