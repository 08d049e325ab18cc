import { fileURLToPath } from 'node:url';
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { beforeAll, describe, expect, it } from 'vitest';
import { notificationExamples } from '../../service/contract/examples.ts';
import { type NotificationEvent, notificationEvents } from '../../service/contract/notifications.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let ajv: Ajv;

/** Judges an event's `data` by the type that the contract gives it. */
function validatorOf(event: NotificationEvent): ValidateFunction {
  const validate = ajv.getSchema(`contract#/definitions/NotificationDataByEvent/properties/${event}`);
  if (validate === undefined) throw new Error(`no schema of ${event}`);
  return validate;
}

beforeAll(() => {
  const schema = createGenerator({
    path: root('service/contract/notifications.ts'),
    tsconfig: root('tsconfig.json'),
    type: 'NotificationDataByEvent',
    additionalProperties: false,
    skipTypeCheck: true,
  }).createSchema('NotificationDataByEvent');
  ajv = new Ajv({ strict: true, allErrors: true });
  // Both describe JSON Schema 7 with types of their own.
  ajv.addSchema(schema as AnySchemaObject, 'contract');
}, 30_000);

const isoDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe.each(notificationEvents)('the example of %s', (event) => {
  const example = notificationExamples[event];

  it('fits its type', () => {
    const validate = validatorOf(event);
    validate(example);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('has times that are dates', () => {
    expect(example.timestamp).toMatch(isoDate);
    expect(new Date(example.timestamp).toISOString()).toBe(example.timestamp);
    if (example.deadline !== null) expect(example.deadline).toMatch(isoDate);
  });

  it.each(Object.keys(example))('would not fit without its %s, or with another type in it', (field) => {
    const { [field as keyof typeof example]: removed, ...rest } = example;
    const validate = validatorOf(event);
    expect(validate(rest)).toBe(false);
    expect(validate({ ...rest, [field]: { of: 'another type' } })).toBe(false);
    expect(validate({ ...rest, [field]: removed })).toBe(true);
  });

  it('would not fit with a field of no type', () => {
    expect(validatorOf(event)({ ...example, invented: true })).toBe(false);
  });
});

describe('a broken example', () => {
  const broken: [NotificationEvent, object][] = [
    ['batch_files_uploaded', { upload_status: 'started' }],
    ['batch_files_uploaded', { category: 'batch_progress' }],
    ['batch_files_uploaded', { priority: 'urgent' }],
    ['batch_files_uploaded', { action_required: true }],
    ['batch_files_uploaded', { batch_id: null }],
    ['validation_timeout_processed', { auto_confirmed_count: 1.5 }],
    ['validation_timeout_processed', { auto_confirmed_associations: [{ essay_id: 'e' }] }],
    [
      'validation_timeout_processed',
      {
        auto_confirmed_associations: [{ essay_id: 'e', student_name: 'n', confidence_score: 1.1, is_confirmed: true }],
      },
    ],
    ['pipeline_denied_rate_limit', { denial_reason: 'insufficient_credits' }],
    ['pipeline_denied_rate_limit', { credit_deficit: -1 }],
    ['batch_nlp_completed', { phase_name: 'spellcheck' }],
    ['batch_results_ready', { phase_results: { nlp: { status: 'done' } } }],
    ['class_created', { class_id: null }],
    ['class_created', { course_codes: [1] }],
  ];

  it.each(broken)('of %s is found: %j', (event, change) => {
    expect(validatorOf(event)({ ...notificationExamples[event], ...change })).toBe(false);
  });
});
