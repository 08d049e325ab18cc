import { describe, expect, it } from 'vitest';
import { fieldNote } from '../../../../playground/schema/field-notes.ts';
import { notificationExamples } from '../../../../service/contract/examples.ts';
import { notificationEvents } from '../../../../service/contract/notifications.ts';

/** Every path of a value, the objects and lists inside it too. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    pathsOf(one, [...path, Array.isArray(value) ? +key : key]),
  );
  return [path, ...inner];
}

describe('the note of a field', () => {
  it.each(notificationEvents)('is there for everything in the example of %s', (event) => {
    for (const path of pathsOf(notificationExamples[event])) {
      const note = fieldNote(event, ['data', ...path]);
      expect(note?.meaning, path.join()).toMatch(/^[A-Z`].*\.$/s);
      expect(note?.href).toMatch(`/reference/notifications/${event}/#`);
    }
    expect(fieldNote(event, ['event'])).toMatchObject({ name: event, href: `/reference/notifications/${event}/` });
  });

  it('has the name that the reference has, in objects of lists and of maps', () => {
    expect(fieldNote('student_associations_confirmed', ['data', 'associations', 0, 'confidence_score'])).toMatchObject({
      name: 'associations[].confidence_score',
      limits: '0 to 1',
    });
    expect(fieldNote('batch_results_ready', ['data', 'phase_results', 'nlp', 'status'])?.name).toBe(
      'phase_results.*.status',
    );
    expect(fieldNote('batch_results_ready', ['data', 'phase_results', 'nlp'])?.name).toBe('phase_results');
  });

  it('is none for what the schema does not know', () => {
    for (const path of [['data', 'toString'], ['data', 'x'], ['other'], ['data', 'message', 'x']])
      expect(fieldNote('class_created', path)).toBeUndefined();
  });
});
