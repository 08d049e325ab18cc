import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, indentOnInput, indentUnit, syntaxTree } from '@codemirror/language';
import { linter, lintKeymap } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, hoverTooltip, keymap } from '@codemirror/view';
import type { NotificationEvent } from '../../../service/contract/notifications.ts';
import { checkFrame } from '../../schema/check-frame.ts';
import { fieldNote } from '../../schema/field-notes.ts';
import { noteElement, noteLink } from '../../schema/note-element.ts';
import { completionSource, eventOfText } from './completions.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { pathOfNode } from './syntax-path.ts';
import { theme } from './theme.ts';

/** What an editor begins with, and whom it tells. */
export interface JsonEditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  /** The selection to begin with, from and to. */
  readonly selection: readonly [number, number];
  /** Its name for screen readers. */
  readonly label: string;
  /** The id of the text that says how to use it. */
  readonly describedBy: string;
  /** The notification type that is chosen, for texts that do not name theirs. */
  event(): NotificationEvent;
  onchange(text: string): void;
  /** Mod-Enter. */
  onpublish(): void;
}

/** The editor as its component uses it. */
export interface JsonEditor {
  /** Puts another text in, unless it is there already. Can be undone. */
  setText(text: string): void;
  focus(): void;
  destroy(): void;
}

/** Makes an editor for a notification. Tab is left to the browser: it leaves the editor. */
export function createJsonEditor(options: JsonEditorOptions): JsonEditor {
  const [anchor, head] = options.selection;
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      selection: { anchor, head },
      extensions: [...languageOf(options), ...theme, ...attributesOf(options)],
    }),
  });
  return {
    setText(text) {
      const before = view.state.doc.toString();
      if (before !== text) view.dispatch({ changes: changeBetween(before, text) });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** The part that differs, so that cursor and view stay where they are. */
function changeBetween(before: string, after: string) {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) };
}

function languageOf(options: JsonEditorOptions) {
  const publish = {
    key: 'Mod-Enter',
    run: () => {
      options.onpublish();
      return true;
    },
  };
  return [
    json(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    indentUnit.of('  '),
    EditorView.lineWrapping,
    autocompletion({ override: [completionSource(options.event)], icons: false }),
    linter(async ({ state }) => diagnosticsOf(state, await checkFrame(state.doc.toString())), { delay: 250 }),
    noteOnHover(options),
    keymap.of([
      publish,
      ...completionKeymap,
      ...closeBracketsKeymap,
      ...lintKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ];
}

function attributesOf({ label, describedBy, onchange }: JsonEditorOptions) {
  return [
    EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'aria-describedby': describedBy }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) onchange(state.doc.toString());
    }),
  ];
}

/** The note of the name under the pointer. */
function noteOnHover({ event }: JsonEditorOptions) {
  return hoverTooltip(({ state }, offset) => {
    const node = syntaxTree(state).resolveInner(offset, 0);
    if (node.name !== 'PropertyName') return null;
    const note = fieldNote(eventOfText(state.doc.toString(), event()), pathOfNode(state, node));
    if (note === undefined) return null;
    const create = () => {
      const dom = noteElement(note);
      dom.append(noteLink(note));
      return { dom };
    };
    return { pos: node.from, end: node.to, above: true, create };
  });
}
