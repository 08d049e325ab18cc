import { describe, expect, it } from 'vitest';
import { frameTokens } from '../../../../playground/schema/frame-tokens.ts';
import { notificationExamples } from '../../../../service/contract/examples.ts';
import { notificationEvents } from '../../../../service/contract/notifications.ts';

const joined = (text: string) =>
  frameTokens(text)
    .map((token) => token.text)
    .join('');

/** What stands at a path of a value. */
const at = (value: unknown, path: readonly (string | number)[]) =>
  path.reduce<unknown>((inner, part) => (inner as Record<string | number, unknown>)[part], value);

describe('the pieces of a frame', () => {
  it.each(notificationEvents)('know where they stand in %s, on one line or many', (event) => {
    const frame = { event, data: notificationExamples[event] };
    for (const text of [JSON.stringify(frame), JSON.stringify(frame, null, 2)]) {
      expect(joined(text)).toBe(text);
      for (const { kind, text: piece, path } of frameTokens(text)) {
        if (kind === 'key') expect(path.at(-1)).toBe(JSON.parse(piece));
        else if (kind !== 'plain') expect(at(frame, path)).toEqual(JSON.parse(piece));
      }
    }
  });

  it('join to the text again whatever it is, and soon', () => {
    const started = performance.now();
    const hostile = [
      '{"a": [1, {"b"',
      ']]}}{"x": 1}',
      '"',
      `${'['.repeat(40_000)}`,
      '<img src=x onerror=alert(1)>',
      `{${'"a":{'.repeat(8000)}`,
    ];
    for (const text of hostile) expect(joined(text)).toBe(text);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
