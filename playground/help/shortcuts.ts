import type { CommandName } from './commands.ts';

/** One key and what it does. A panel makes its command work by offering it: see `commands.ts`. */
export interface Shortcut {
  /** The `key` of the keyboard event. */
  readonly key: string;
  readonly command: CommandName;
  /** What it does, for the help sheet. */
  readonly does: string;
  /** What is not a character may stay on: no speech input and no stray touch types it (WCAG 2.1.4). */
  readonly isCharacter: boolean;
}

/** All keys but the digits, which open the tools in the order of their tabs. */
export const shortcuts: readonly Shortcut[] = [
  { key: 'c', command: 'connect', does: 'Connect, minting a token where there is none', isCharacter: true },
  { key: 'd', command: 'disconnect', does: 'Close all connections', isCharacter: true },
  { key: 'p', command: 'publish', does: 'Publish the message as it stands', isCharacter: true },
  { key: 't', command: 'timeline', does: 'Go to the timeline', isCharacter: true },
  { key: '/', command: 'search', does: 'Search the timeline', isCharacter: true },
  { key: 'x', command: 'pause', does: 'Pause the timeline, or go on', isCharacter: true },
  { key: 'End', command: 'newest', does: 'Jump to the newest entry', isCharacter: false },
  { key: '?', command: 'help', does: 'Open this sheet', isCharacter: true },
];

/** What of a keyboard event decides. */
export type KeyStroke = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'repeat' | 'defaultPrevented' | 'target'
>;

/** What a key asks for; `tool` counts the tabs from 0. */
export type Asked =
  | { readonly kind: 'command'; readonly name: CommandName }
  | { readonly kind: 'tool'; readonly index: number };

/**
 * What a key stroke asks for; nothing while someone types, chooses, or holds a key down.
 *
 * @param areOn - Whether keys that are characters count.
 */
export function askedBy(stroke: KeyStroke, areOn: boolean): Asked | undefined {
  const { key, target } = stroke;
  if (stroke.ctrlKey || stroke.metaKey || stroke.altKey || stroke.isComposing || stroke.repeat) return undefined;
  if (stroke.defaultPrevented || isTakingKeys(target)) return undefined;
  if (areOn && /^[1-9]$/.test(key)) return { kind: 'tool', index: Number(key) - 1 };
  const found = shortcuts.find((shortcut) => shortcut.key === key && (areOn || !shortcut.isCharacter));
  return found && { kind: 'command', name: found.command };
}

/** Where keys belong to the element: what is written in, chosen from, or lies over the page. */
function isTakingKeys(target: EventTarget | null): boolean {
  const { closest } = (target ?? {}) as Partial<Element>;
  if (typeof closest !== 'function') return false;
  const typing = 'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]';
  return (target as Element).closest(`${typing}, dialog, [role=dialog], [role=slider]`) !== null;
}

const storageKey = 'huleedu-realtime.shortcuts';

/** Whether the reader left the keys on. */
export function readShortcutsOn(store: Pick<Storage, 'getItem'> | undefined): boolean {
  return store?.getItem(storageKey) !== 'off';
}

/** Remembers the choice where the browser lets it. */
export function rememberShortcutsOn(areOn: boolean, store: Pick<Storage, 'setItem' | 'removeItem'> | undefined): void {
  if (areOn) store?.removeItem(storageKey);
  else store?.setItem(storageKey, 'off');
}
