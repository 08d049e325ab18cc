import { syntaxTree } from '@codemirror/language';
import type { Diagnostic } from '@codemirror/lint';
import type { EditorState } from '@codemirror/state';
import { checkInWords, type FrameCheck } from '../../schema/check-frame.ts';
import { fieldNote } from '../../schema/field-notes.ts';
import type { JsonPath } from '../../schema/json-path.ts';
import { type JsonNode, memberOf, nodeAt, parseTree } from '../../schema/json-tree.ts';
import { element, noteLink } from '../../schema/note-element.ts';

/** What a check found, at its places in the text. */
export function diagnosticsOf(state: EditorState, check: FrameCheck): Diagnostic[] {
  if (check.name === 'fine') return [];
  if (check.name === 'not_json') return [syntaxFault(state, check.message)];
  const root = parseTree(state.doc.toString());
  if (check.name !== 'deviations') {
    const path = check.name === 'unknown_event' ? ['event'] : check.path;
    return [{ ...rangeOf(root, path), severity: 'warning', message: checkInWords(check) ?? '' }];
  }
  return check.deviations.map(({ path, kind, message }) => {
    const note = fieldNote(check.event, path);
    return {
      ...(kind === 'missing' ? keyRange(root, path.slice(0, -1)) : rangeOf(root, path)),
      severity: 'warning',
      message,
      ...(note && { renderMessage: () => element('span', '', `${message} `, noteLink(note)) }),
    };
  });
}

/** Where the editor's own parser stumbles first: browsers do not all say where theirs did. */
function syntaxFault(state: EditorState, message: string): Diagnostic {
  let at = state.doc.length;
  syntaxTree(state).iterate({
    enter: ({ type, from }) => {
      if (type.isError) at = Math.min(at, from);
      return at === state.doc.length;
    },
  });
  const line = state.doc.lineAt(at);
  // Something to underline, also at the end of a line.
  const from = Math.max(line.from, Math.min(at, line.to - 1));
  const place = `Line ${line.number}, column ${at - line.from + 1}. `;
  return { from, to: Math.min(from + 1, state.doc.length), severity: 'error', message: place + message };
}

function rangeOf(root: JsonNode | undefined, path: JsonPath) {
  const node = nodeAt(root, path);
  if (node === undefined || node.kind !== 'value') return keyRange(root, path);
  return { from: node.from, to: node.to };
}

/** The name that leads to a value; of an item its first sign. */
function keyRange(root: JsonNode | undefined, path: JsonPath) {
  const member = memberOf(nodeAt(root, path.slice(0, -1)), path.at(-1) ?? '');
  if (member) return { from: member.keyFrom, to: member.keyTo };
  const from = nodeAt(root, path)?.from ?? root?.from ?? 0;
  return { from, to: from + 1 };
}
