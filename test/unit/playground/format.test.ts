import { expect, it } from 'vitest';
import { count, formatBytes, formatMs, formatSeconds } from '../../../playground/parts/format.ts';
import { Announcer } from '../../../playground/timeline/announcer.svelte.ts';
import { eventually } from '../../support/eventually.ts';

it.each([
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [12.4, '12 ms'],
  [1240, '1.24 s'],
  [65_000, '1 min 5 s'],
])('writes %d ms as %s', (ms, text) => expect(formatMs(ms)).toBe(text));

it.each([
  [0, '0 s'],
  [59, '59 s'],
  [3599, '59 min 59 s'],
  [3600, '1 h'],
  [90_061, '1 d 1 h'],
])('writes %d s as %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

it('writes sizes and counts', () => {
  expect([formatBytes(999), formatBytes(1000)]).toEqual(['999 B', '1.0 kB']);
  expect([count(1, 'frame'), count(0, 'frame')]).toEqual(['1 frame', '0 frames']);
});

it('announces a flood as one sentence', async () => {
  const announcer = new Announcer(5);
  for (let n = 1; n <= 100; n++) announcer.say(() => `frame ${n}`);
  await eventually(() => announcer.text !== '', 'an announcement');
  expect(announcer.text).toBe('100 new entries. The last: frame 100');
});

it('says nothing more once it is stopped', async () => {
  const announcer = new Announcer(0);
  announcer.say(() => 'late');
  announcer.stop();
  const after = new Announcer(5);
  after.say(() => 'later');
  await eventually(() => after.text !== '', 'a later announcement');
  expect(announcer.text).toBe('');
});
