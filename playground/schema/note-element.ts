import type { FieldNote } from './field-notes.ts';

/** A note as elements, for places that no component draws. Texts are put in as texts. */
export function noteElement(note: FieldNote): HTMLElement {
  const head = element('p', 'note-head', element('code', 'note-name', note.name));
  const words = [note.type, note.limits, note.isOptional ? 'may be left out' : ''].filter(Boolean).join(', ');
  head.append(' ', element('span', 'note-type', ...inline(words)));
  return element('div', 'field-note', head, element('p', 'note-meaning', ...inline(note.meaning)));
}

/** A link to the entry of a note. */
export function noteLink({ href, name }: FieldNote): HTMLElement {
  const link = element('a', 'note-link', `Reference: ${name}`);
  link.setAttribute('href', href);
  return link;
}

/** An element of a class with what is in it. */
export function element(tag: string, className: string, ...inside: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...inside);
  return made;
}

/** Text of the contract, in which backticks mark code. */
function inline(text: string): (Node | string)[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? element('code', '', part) : part));
}
