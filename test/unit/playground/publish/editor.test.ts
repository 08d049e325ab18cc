import { CompletionContext } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { completionSource } from '../../../../playground/publish/editor/completions.ts';
import { diagnosticsOf } from '../../../../playground/publish/editor/diagnostics.ts';
import { checkFrame } from '../../../../playground/schema/check-frame.ts';
import { notificationExamples } from '../../../../service/contract/examples.ts';
import { notificationEvents } from '../../../../service/contract/notifications.ts';

const stateOf = (doc: string) => EditorState.create({ doc, extensions: [json()] });

/** What is offered where `|` stands in a text. */
function offered(marked: string): string[] {
  const offset = marked.indexOf('|');
  const context = new CompletionContext(stateOf(marked.replace('|', '')), offset, true);
  return completionSource(() => 'class_created')(context)?.options.map(({ label }) => label) ?? [];
}

describe('completion', () => {
  it('offers the names that are missing, and only those, wherever one may stand', () => {
    expect(offered('{|}')).toEqual(['"event"', '"data"']);
    expect(offered('{"event": "x", |}')).toEqual(['"data"']);
    expect(offered('{"event": "x", "da|"}')).toEqual(['"data"']);
    const { category: _, ...others } = notificationExamples.class_created;
    const text = JSON.stringify({ event: 'class_created', data: others }, null, 2);
    expect(offered(text.replace('"data": {', '"data": {\n    |'))).toEqual(['"category"']);
    expect(offered(text.replace('"data": {', '"data": {\n    cat|'))).toEqual(['"category"']);
    expect(offered(text.replace(/\n {2}}\n}$/, ',\n    "|"\n  }\n}'))).toEqual(['"category"']);
  });

  it('offers the names of objects in maps and lists', () => {
    expect(offered('{"event":"batch_results_ready","data":{"phase_results":{"nlp":{"status":"s", |}}}}')).toEqual([
      '"completed_count"',
      '"failed_count"',
      '"processing_time_seconds"',
    ]);
    const list = '{"event":"student_associations_confirmed","data":{"associations":[{}, {"essay_id":"e", |}]}}';
    expect(offered(list)).toEqual(['"student_id"', '"validation_method"', '"confidence_score"']);
  });

  it('offers the values that the schema names', () => {
    expect(offered('{"event": |}')).toEqual(notificationEvents.map((name) => `"${name}"`));
    expect(offered('{"event": "cl|"}')).toHaveLength(16);
    const inside = (field: string) => offered(`{"event":"pipeline_completed","data":{"x":1,"${field}": |}}`);
    expect(inside('priority')).toEqual(['"high"', '"immediate"']);
    expect(inside('category')).toEqual(['"batch_progress"']);
    expect(inside('action_required')).toEqual(['true', 'false']);
    expect(inside('deadline')).toEqual(['null']);
    expect(inside('message')).toEqual([]);
    expect(inside('x')).toEqual([]);
  });

  it('follows the type that the text names, and the chosen one where it names none', () => {
    expect(offered('{"data":{|}}')).toContain('"course_codes"');
    expect(offered('{"event":"batch_nlp_completed","data":{|}}')).toContain('"phase_name"');
  });

  it('offers nothing where nothing can stand', () => {
    for (const marked of ['|', '{"event"| "x"}', '{"event":"x"} |', '[1 |]', '{"data":{"message":"a, |"}}'])
      expect(offered(marked), marked).toEqual([]);
  });
});

describe('what is marked in the text', () => {
  const marks = async (text: string) => {
    const state = stateOf(text);
    return diagnosticsOf(state, await checkFrame(text)).map(({ from, to, severity, message }) => [
      text.slice(from, to),
      severity,
      message,
    ]);
  };
  const example = (change: object) =>
    JSON.stringify({ event: 'class_created', data: { ...notificationExamples.class_created, ...change } });

  it('is the value that deviates, with its message', async () => {
    expect(await marks(example({ priority: 'high' }))).toEqual([
      ['"high"', 'warning', 'Expected "standard", found "high".'],
    ]);
    expect(await marks(example({ course_codes: {} }))).toEqual([
      ['"course_codes"', 'warning', 'Expected array of strings, found an object.'],
    ]);
  });

  it('is the name of the object that lacks a field', async () => {
    expect(await marks(example({ message: undefined }))).toEqual([
      ['"data"', 'warning', '“message” is missing: string.'],
    ]);
  });

  it('is where the text ceases to be JSON, with line and column', async () => {
    const [mark] = await marks('{\n  "event": "x",,\n}');
    expect(mark).toEqual([',', 'error', expect.stringMatching(/^Line 2, column 16\. Not JSON: /)]);
    expect(await marks('{"event": ')).toEqual([[expect.any(String), 'error', expect.stringMatching(/^Line 1/)]]);
    expect(await marks('')).toHaveLength(1);
  });

  it('is the event that no notification has', async () => {
    expect(await marks('{"event":"x","data":{}}')).toEqual([
      ['"x"', 'warning', expect.stringContaining('clients ignore it')],
    ]);
    expect(await marks('[]')).toHaveLength(1);
  });

  it.each(notificationEvents)('is nothing in the example of %s', async (event) => {
    expect(await marks(JSON.stringify({ event, data: notificationExamples[event] }, null, 2))).toEqual([]);
  });
});
