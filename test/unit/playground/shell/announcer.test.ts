import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from '../../../../playground/timeline/announcer.svelte.ts';

// Time itself is under test here: how often something is spoken.
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Everything that is spoken while something goes on for so long. */
function spokenDuring(announcer: Announcer, ms: number, everyMs: number, happen: (n: number) => void): string[] {
  const spoken: string[] = [];
  for (let at = 0; at < ms; at += everyMs) {
    happen(at / everyMs);
    vi.advanceTimersByTime(everyMs);
    if (announcer.text !== '' && announcer.text !== spoken.at(-1)) spoken.push(announcer.text);
  }
  return spoken;
}

describe('the announcer', () => {
  it('speaks one thing as it is, once', () => {
    const announcer = new Announcer(1000);
    announcer.say(() => 'Received a.');
    expect(announcer.text).toBe('');
    vi.advanceTimersByTime(1000);
    expect(announcer.text).toBe('Received a.');
  });

  it('sums up what comes in one pause', () => {
    const announcer = new Announcer(1000);
    for (const name of ['a', 'b', 'c']) announcer.say(() => `Received ${name}.`);
    vi.advanceTimersByTime(1000);
    expect(announcer.text).toBe('3 new entries. The last: Received c.');
  });

  it('speaks ever more rarely while a flood lasts, and as usual after it', () => {
    const announcer = new Announcer(1000);
    const spoken = spokenDuring(announcer, 30_000, 10, (n) => announcer.say(() => `Received ${n}.`));
    expect(spoken.length).toBeLessThanOrEqual(5);
    expect(spoken[2]).toMatch(/^4\d\d new entries/);
    announcer.stop();
    announcer.say(() => 'Received the last.');
    vi.advanceTimersByTime(1000);
    expect(announcer.text).toBe('Received the last.');
  });

  it('loses no result in a flood', () => {
    const announcer = new Announcer(1000);
    const spoken = spokenDuring(announcer, 3000, 10, (n) => {
      announcer.say(() => `Received ${n}.`);
      if (n === 150) announcer.tell('Closed 1008.');
    });
    expect(spoken.some((text) => text.startsWith('Closed 1008. '))).toBe(true);
  });

  it('says nothing any more once it was stopped', () => {
    const announcer = new Announcer(1000);
    announcer.tell('Open.');
    announcer.stop();
    vi.advanceTimersByTime(10_000);
    expect(announcer.text).toBe('');
  });
});
