import { describe, expect, it } from 'vitest';
import { checkFrame, checkInWords, knownCheck } from '../../../../playground/schema/check-frame.ts';
import { RecentTexts } from '../../../../playground/schema/recent-texts.ts';
import { notificationExamples } from '../../../../service/contract/examples.ts';
import { type NotificationEvent, notificationEvents } from '../../../../service/contract/notifications.ts';

/** The example as it is on the wire, with fields of its own in place of some. */
const wire = (event: NotificationEvent, change: object = {}) =>
  JSON.stringify({ event, data: { ...notificationExamples[event], ...change } });

async function deviationsOf(event: NotificationEvent, change: object) {
  const check = await checkFrame(wire(event, change));
  return check.name === 'deviations'
    ? check.deviations.map(({ path, kind, expected, found }) => [path.slice(1).join('.'), kind, expected, found])
    : check.name;
}

describe('a frame', () => {
  it.each(notificationEvents)('is fine where it is the example of %s', async (event) => {
    expect(await checkFrame(wire(event))).toEqual({ name: 'fine', event });
  });

  it.each([
    ['{"event": ', 'not_json'],
    ['', 'not_json'],
    ['[1]', 'not_envelope'],
    ['null', 'not_envelope'],
    ['{"event": 1, "data": {}}', 'not_envelope'],
    ['{"event": "class_created", "data": []}', 'not_envelope'],
    ['{"event": "constructor", "data": {}}', 'unknown_event'],
    ['{"event": "session.ready", "data": {}}', 'unknown_event'],
  ])('%s is “%s”, and said to be in words', async (text, name) => {
    const check = await checkFrame(text);
    expect(check.name).toBe(name);
    expect(checkInWords(check)).toMatch(/\.|Not JSON/);
  });

  it.each<[NotificationEvent, object, unknown]>([
    ['class_created', { priority: 'high' }, [['priority', 'value', '"standard"', '"high"']]],
    ['class_created', { course_codes: ['a', 1] }, [['course_codes.1', 'value', 'string', '1']]],
    ['class_created', { message: null }, [['message', 'value', 'string', 'null']]],
    ['class_created', { message: undefined }, [['message', 'missing', 'string', 'nothing']]],
    ['class_created', { batch_id: {} }, [['batch_id', 'value', 'string or null', 'an object']]],
    ['class_created', { unknown_field: 1 }, 'fine'],
    ['pipeline_completed', { priority: 'low' }, [['priority', 'value', '"high" or "immediate"', '"low"']]],
    ['pipeline_denied_rate_limit', { credit_deficit: -1 }, [['credit_deficit', 'value', 'integer, at least 0', '-1']]],
    ['pipeline_denied_rate_limit', { required_credits: 0.5 }, [['required_credits', 'value', 'integer', '0.5']]],
    [
      'batch_results_ready',
      { phase_results: { 'a/~ Å%': { status: 1, completed_count: 1, failed_count: 0 } } },
      [
        ['phase_results.a/~ Å%.processing_time_seconds', 'missing', 'number or null', 'nothing'],
        ['phase_results.a/~ Å%.status', 'value', 'string', '1'],
      ],
    ],
    [
      'student_associations_confirmed',
      { associations: [{ essay_id: 'e', student_id: 's', validation_method: 'human', confidence_score: 1.5 }] },
      [['associations.0.confidence_score', 'value', 'number, 0 to 1', '1.5']],
    ],
  ])('of %s with %j is told from its schema', async (event, change, expected) => {
    expect(await deviationsOf(event, change)).toEqual(expected);
  });

  it('with every field missing names each once', async () => {
    const check = await checkFrame('{"event":"class_created","data":{}}');
    if (check.name !== 'deviations') throw new Error(check.name);
    expect(check.deviations.map(({ path }) => path[1]).sort()).toEqual(
      Object.keys(notificationExamples.class_created).sort(),
    );
    expect(checkInWords(check)).toBe('11 deviations from the schema of class_created.');
  });

  it('that is hostile neither breaks the check nor takes long', async () => {
    const started = performance.now();
    const many = Array.from({ length: 50_000 }, () => 1);
    const check = await checkFrame(wire('class_created', { course_codes: many }));
    expect(check).toMatchObject({ name: 'deviations', deviations: { length: 100 } });
    expect((await checkFrame(`{"event":"x","data":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`)).name).toMatch(
      /unknown|not_json/,
    );
    const half = '{"event":"batch_results_ready","data":{"phase_results":{"\\ud800":1},"__proto__":1}}';
    expect((await checkFrame(half)).name).toBe('deviations');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is checked once: the answer for an equal text is at hand', async () => {
    const text = wire('class_created', { message: 'once' });
    expect(knownCheck(text)).toBeUndefined();
    const check = await checkFrame(text);
    expect(knownCheck(text)).toBe(check);
    expect(await checkFrame(text)).toBe(check);
  });
});

describe('what is remembered about texts', () => {
  it('stays within its bounds; what was asked for last stays longest', () => {
    const recent = new RecentTexts<number>(3, 10);
    recent.set('aa', 1);
    recent.set('bb', 2);
    recent.set('cc', 3);
    recent.get('aa');
    recent.set('dd', 4);
    expect(['aa', 'bb', 'cc', 'dd'].map((text) => recent.get(text))).toEqual([1, undefined, 3, 4]);
    recent.set('eeeeeeee', 5);
    expect([recent.size, recent.get('eeeeeeee'), recent.get('dd')]).toEqual([2, 5, 4]);
  });
});
