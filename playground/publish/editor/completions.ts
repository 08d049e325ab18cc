import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { EditorState } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { type NotificationEvent, notificationEvents } from '../../../service/contract/notifications.ts';
import { readEnvelope } from '../../schema/envelope.ts';
import { fieldNote } from '../../schema/field-notes.ts';
import type { JsonPath } from '../../schema/json-path.ts';
import { noteElement } from '../../schema/note-element.ts';
import { isNullable, typeInWords } from '../../schema/schema-fields.ts';
import { isKnownEvent, resolve, schemaAt } from '../../schema/schemas.ts';
import { placeAt } from './syntax-path.ts';

/** The type that a text is of, by its `event`; where it has none that is known, the one that is chosen. */
export function eventOfText(text: string, chosen: NotificationEvent): NotificationEvent {
  const envelope = readEnvelope(text);
  const named = envelope.name === 'envelope' ? envelope.event : /"event"\s*:\s*"(\w+)"/.exec(text)?.[1];
  return named !== undefined && isKnownEvent(named) ? named : chosen;
}

/** Completes names that an object still lacks, and values, from the schema. @param chosen - The type that is chosen. */
export function completionSource(chosen: () => NotificationEvent) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/"?[\w.-]*/);
    const from = word?.from ?? context.pos;
    if (from === context.pos && !context.explicit) return null;
    const place = placeAt(context.state, from);
    if (place === undefined) return null;
    const event = eventOfText(context.state.doc.toString(), chosen());
    const options =
      place.kind === 'name' ? namesAt(event, place.path, place.names) : valuesAt(event, place.path).map(valueOption);
    if (options.length === 0) return null;
    return { from, to: endOfWord(context.state, context.pos), options, validFor: /^"?[\w.-]*"?$/ };
  };
}

function namesAt(event: NotificationEvent, path: JsonPath, present: readonly string[]): Completion[] {
  const place = schemaAt(event, path);
  if (place === undefined) return [];
  const { properties = {}, required = [] } = resolve(place.schema, place.definitions);
  return Object.keys(properties)
    .filter((name) => !present.includes(name))
    .map((name) => {
      const note = fieldNote(event, [...path, name]);
      return {
        label: JSON.stringify(name),
        displayLabel: name,
        type: 'property',
        detail: note?.type.replaceAll('`', '') ?? '',
        boost: required.includes(name) ? 1 : 0,
        ...(note && { info: () => noteElement(note) }),
        apply: (view: EditorView, option: Completion, from: number, to: number) =>
          insertName(view, option.label, valuesAt(event, [...path, name]), from, to),
      };
    });
}

/** Every value that the schema names: constants, choices, true and false, null. As JSON. */
export function valuesAt(event: NotificationEvent, path: JsonPath): string[] {
  if (path.length === 1 && path[0] === 'event') return notificationEvents.map((name) => JSON.stringify(name));
  const place = schemaAt(event, path);
  if (place === undefined) return [];
  const schema = resolve(place.schema, place.definitions);
  const values = schema.const === undefined ? [...(schema.enum ?? [])] : [schema.const];
  const type = typeInWords(schema, place.definitions);
  if (values.length === 0 && type.startsWith('boolean')) values.push(true, false);
  if (isNullable(schema)) values.push(null);
  return values.map((value) => JSON.stringify(value));
}

function valueOption(label: string): Completion {
  return { label, displayLabel: label.replaceAll('"', ''), type: label.startsWith('"') ? 'enum' : 'keyword' };
}

/** Puts a name in, with its value where there is but one, and a comma where another name follows. */
function insertName(view: EditorView, name: string, values: readonly string[], from: number, to: number): void {
  const rest = view.state.sliceDoc(to).trimStart();
  const [only] = values.length === 1 ? values : [];
  const written = rest.startsWith(':') ? name : `${name}: ${only ?? ''}`;
  const comma = !rest.startsWith(':') && rest.startsWith('"') ? ',' : '';
  view.dispatch({
    changes: { from, to, insert: written + comma },
    selection: { anchor: from + written.length },
    userEvent: 'input.complete',
  });
}

/** Where the word at the cursor ends, its closing quote included. */
function endOfWord(state: EditorState, offset: number): number {
  const [rest = ''] = /^[\w.-]*"?/.exec(state.sliceDoc(offset, offset + 200)) ?? [];
  return offset + rest.length;
}
