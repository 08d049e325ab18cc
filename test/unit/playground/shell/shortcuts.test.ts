import { describe, expect, it } from 'vitest';
import { Commands } from '../../../../playground/help/commands.ts';
import {
  askedBy,
  type KeyStroke,
  readShortcutsOn,
  rememberShortcutsOn,
  shortcuts,
} from '../../../../playground/help/shortcuts.ts';

const stroke = (key: string, changes: Partial<KeyStroke> = {}): KeyStroke => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  repeat: false,
  defaultPrevented: false,
  target: null,
  ...changes,
});

describe('a key', () => {
  it.each(shortcuts)('$key asks for “$command”', ({ key, command }) => {
    expect(askedBy(stroke(key), true)).toEqual({ kind: 'command', name: command });
  });

  it('that is a digit asks for the tool at its place', () => {
    expect(askedBy(stroke('1'), true)).toEqual({ kind: 'tool', index: 0 });
    expect(askedBy(stroke('6'), true)).toEqual({ kind: 'tool', index: 5 });
    expect(askedBy(stroke('0'), true)).toBeUndefined();
  });

  it.each(['ctrlKey', 'metaKey', 'altKey', 'isComposing', 'repeat', 'defaultPrevented'] as const)(
    'asks for nothing with %s',
    (what) => {
      expect(askedBy(stroke('c', { [what]: true }), true)).toBeUndefined();
    },
  );

  it('that is a character asks for nothing once they are turned off; End still does', () => {
    const left = shortcuts.filter(({ key }) => askedBy(stroke(key), false)).map(({ key }) => key);
    expect(left).toEqual(['End']);
    expect(askedBy(stroke('1'), false)).toBeUndefined();
  });

  it('stands once in the table', () => {
    expect(new Set(shortcuts.map(({ key }) => key)).size).toBe(shortcuts.length);
  });
});

describe('the choice to turn them off', () => {
  it('is remembered, and forgotten when they are on again', () => {
    const kept = new Map<string, string>();
    const store = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    expect(readShortcutsOn(store)).toBe(true);
    rememberShortcutsOn(false, store);
    expect(readShortcutsOn(store)).toBe(false);
    rememberShortcutsOn(true, store);
    expect(kept.size).toBe(0);
    expect(readShortcutsOn(undefined)).toBe(true);
  });
});

describe('commands', () => {
  it('run what was offered last, and nothing after it was withdrawn', () => {
    const commands = new Commands();
    const ran: string[] = [];
    const withdrawFirst = commands.offer('search', () => ran.push('first'));
    const withdrawSecond = commands.offer('search', () => ran.push('second'));
    withdrawFirst();
    expect(commands.run('search')).toBe(true);
    withdrawSecond();
    expect(commands.run('search')).toBe(false);
    expect(ran).toEqual(['second']);
  });
});
