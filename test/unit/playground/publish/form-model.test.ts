import { describe, expect, it } from 'vitest';
import { type FormField, formOf } from '../../../../playground/publish/form/form-model.ts';
import { checkFrame } from '../../../../playground/schema/check-frame.ts';
import { removeValue, setValue } from '../../../../playground/schema/json-edit.ts';
import { notificationExamples } from '../../../../service/contract/examples.ts';
import { type NotificationEvent, notificationEvents } from '../../../../service/contract/notifications.ts';

const example = (event: NotificationEvent) => JSON.stringify({ event, data: notificationExamples[event] }, null, 2);

function fieldsOf(text: string, event: NotificationEvent): readonly FormField[] {
  const form = formOf(text, event);
  if (form.name === 'none') throw new Error(form.reason);
  return form.fields;
}

const allOf = (fields: readonly FormField[]): FormField[] => fields.flatMap((one) => [one, ...allOf(one.inner)]);
const field = (fields: readonly FormField[], label: string) => allOf(fields).find((one) => one.label === label);

describe.each(notificationEvents)('the form of %s', (event) => {
  const text = example(event);
  const fields = fieldsOf(text, event);

  it('has every field of the example, each with a control that can show it and a meaning', () => {
    const { data } = JSON.parse(text);
    expect(fields.map(({ label }) => label).sort()).toEqual(Object.keys(data).sort());
    for (const one of allOf(fields)) expect(one, one.path.join()).toMatchObject({ fits: true });
    for (const one of fields)
      expect(one).toMatchObject({ value: data[one.label], meaning: expect.stringMatching(/\.$/) });
  });

  it('writes each value back without changing a byte of the text', () => {
    for (const one of allOf(fields)) expect(setValue(text, one.path, one.value), one.path.join()).toBe(text);
  });

  it('can be filled from nothing, one field after the other, until the check is content', async () => {
    let made = `{"event":"${event}","data":{}}`;
    for (const { path, blank } of fieldsOf(made, event)) made = setValue(made, path, blank);
    expect(await checkFrame(made)).toEqual({ name: 'fine', event });
  });

  it('adds entries that the check is content with, and takes them out again', async () => {
    for (const one of allOf(fields).filter(({ control }) => control === 'list' || control === 'map')) {
      const path = [...one.path, one.control === 'list' ? one.inner.length : 'new'];
      const more = setValue(text, path, one.blankEntry);
      expect(JSON.parse(more)).not.toEqual(JSON.parse(text));
      expect((await checkFrame(more)).name, more).toBe('fine');
      expect(JSON.parse(removeValue(more, path))).toEqual(JSON.parse(text));
    }
  });
});

describe('the control of a field', () => {
  it.each<[NotificationEvent, string, FormField['control']]>([
    ['pipeline_completed', 'priority', 'choice'],
    ['pipeline_completed', 'category', 'constant'],
    ['pipeline_completed', 'action_required', 'switch'],
    ['pipeline_completed', 'deadline', 'moment'],
    ['pipeline_completed', 'duration_seconds', 'number'],
    ['pipeline_completed', 'completed_phases', 'list'],
    ['batch_results_ready', 'phase_results', 'map'],
    ['batch_results_ready', 'spellcheck', 'object'],
    ['class_created', 'class_id', 'text'],
  ])('of %s.%s is a %s', (event, label, control) =>
    expect(field(fieldsOf(example(event), event), label)?.control).toBe(control),
  );
});

describe('what the form cannot show', () => {
  it.each([
    ['{"event": ', 'Not JSON'],
    ['[]', 'not an object'],
    [example('class_created'), 'a notification “class_created”'],
  ])('is said: %s', (text, reason) => {
    expect(formOf(text, 'batch_results_ready')).toEqual({ name: 'none', reason: expect.stringContaining(reason) });
  });

  it('is a value of another type, which is left as it is until it is replaced', () => {
    const text = setValue(example('class_created'), ['data', 'course_codes'], 'none');
    expect(field(fieldsOf(text, 'class_created'), 'course_codes')).toMatchObject({
      fits: false,
      value: 'none',
      blank: [],
    });
  });

  it('is a field that the schema does not know, and it is named', () => {
    const text = setValue(example('class_created'), ['data', '__proto__'], { a: 1 });
    expect(formOf(text, 'class_created')).toMatchObject({ unknown: ['__proto__'] });
  });
});
