import type { FrameCheck } from './check-frame.ts';
import { type FieldNote, fieldNote } from './field-notes.ts';
import { frameTokens } from './frame-tokens.ts';
import { pathKey } from './json-path.ts';
import { element } from './note-element.ts';

/** A frame as elements: what to show, and the note of each link in it. */
export interface MarkedFrame {
  readonly pieces: readonly (HTMLElement | string)[];
  readonly notes: ReadonlyMap<Element, FieldNote>;
}

/**
 * A frame's text in elements: each name that the schema knows, and the event, is a link to its reference entry; a value that
 * deviates carries what is wrong. The text of all of them joined is the text again: what is said of it stands in attributes.
 */
export function markFrame(text: string, check: FrameCheck | undefined): MarkedFrame {
  const event = check && 'event' in check && check.name !== 'unknown_event' ? check.event : undefined;
  const faults = faultsOf(check);
  const notes = new Map<Element, FieldNote>();
  const pieces = frameTokens(text).map(({ kind, text: piece, path }) => {
    if (kind === 'plain') return piece;
    const isEvent = kind === 'string' && path.length === 1 && path[0] === 'event';
    const note = event && (kind === 'key' || isEvent) ? fieldNote(event, path) : undefined;
    const made = element(note ? 'a' : 'span', kind, piece);
    if (note) {
      made.setAttribute('href', note.href);
      // One stop of the Tab key a frame; arrow keys lead on.
      made.tabIndex = notes.size === 0 ? 0 : -1;
      notes.set(made, note);
    }
    const fault = faults.get(`${kind === 'key' ? 'key' : 'value'} ${pathKey(path)}`);
    if (fault) {
      made.classList.add('deviates');
      made.dataset['deviation'] = fault;
    }
    return made;
  });
  return { pieces, notes };
}

/** What to say at which name or value. A missing field is told at the name of the object that lacks it. */
function faultsOf(check: FrameCheck | undefined): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  const add = (place: string, message: string) => {
    const before = faults.get(place);
    faults.set(place, before ? `${before} ${message}` : message);
  };
  if (check?.name === 'unknown_event') add(`value ${pathKey(['event'])}`, 'not in the catalogue');
  if (check?.name !== 'deviations') return faults;
  const lacking = new Map<string, string[]>();
  for (const { path, kind, message } of check.deviations) {
    // A value that is an object or a list has no piece of its own: its name stands for it.
    if (kind === 'value') add(`${isOfParts(message) ? 'key' : 'value'} ${pathKey(path)}`, message);
    else {
      const owner = `key ${pathKey(path.slice(0, -1))}`;
      lacking.set(owner, [...(lacking.get(owner) ?? []), String(path.at(-1))]);
    }
  }
  for (const [owner, names] of lacking) add(owner, `Missing: ${names.join(', ')}.`);
  return faults;
}

function isOfParts(message: string): boolean {
  return /found an (?:object|array)\.$/.test(message);
}
