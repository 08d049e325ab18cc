import { describe, expect, it } from 'vitest';
import { SavedMessages, savedMessagesKey } from '../../../../playground/publish/saved-messages.svelte.ts';

/** What a browser keeps, in a map; `capacity` in characters. */
function storage(kept?: string, capacity = Number.POSITIVE_INFINITY) {
  const map = new Map(kept === undefined ? [] : [[savedMessagesKey, kept]]);
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > capacity) throw new DOMException('full', 'QuotaExceededError');
      map.set(key, value);
    },
  };
}

function opened(store = storage()) {
  const saved = new SavedMessages();
  saved.read(store);
  return saved;
}

const names = ({ list }: SavedMessages) => list.map(({ name }) => name);

describe('saved messages', () => {
  it('are there again when the page is opened anew, the text as it was written', () => {
    const store = storage();
    const text = ' {"event":"x", "data":{} }\n';
    opened(store).save('Mine', 'class_created', text);
    expect(opened(store).list).toEqual([{ id: expect.any(String), name: 'Mine', event: 'class_created', text }]);
  });

  it('get a name of their own where another has it, or none was given', () => {
    const saved = opened();
    for (const name of ['A', ' A ', 'A', '', 'A 2']) saved.save(name, 'class_created', '');
    expect(names(saved)).toEqual(['A', 'A 2', 'A 3', 'class_created', 'A 4']);
    saved.rename(saved.list[4]?.id ?? '', 'A');
    saved.rename(saved.list[0]?.id ?? '', 'A');
    saved.rename(saved.list[1]?.id ?? '', '  ');
    expect(names(saved)).toEqual(['A', 'A 2', 'A 3', 'class_created', 'A 4']);
  });

  it('come back to their place when a deletion is undone, and stay there', () => {
    const store = storage();
    const saved = opened(store);
    for (const name of ['A', 'B', 'C']) saved.save(name, 'class_created', name);
    saved.remove(saved.list[1]?.id ?? '');
    expect(names(opened(store))).toEqual(['A', 'C']);
    expect(saved.deleted?.name).toBe('B');
    saved.undo();
    expect([names(saved), saved.deleted]).toEqual([['A', 'B', 'C'], undefined]);
    expect(names(opened(store))).toEqual(['A', 'B', 'C']);
  });

  it.each([
    ['{', 'no list of messages', 0],
    ['{}', 'no list of messages', 0],
    ['[null, 1, {"id":"1","name":"A","event":"class_created","text":"t"}]', '2 saved messages were', 1],
    ['[{"id":"1","name":"A","event":"toString","text":"t"}]', 'One saved message was', 0],
    ['[{"id":"1","name":"A","event":"class_created","text":"t","token":"x"}]', undefined, 1],
  ])('that are broken are left out with a notice: %s', (kept, notice, count) => {
    const saved = opened(storage(kept));
    expect(saved.list).toHaveLength(count);
    if (notice) expect(saved.problem).toContain(notice);
    else expect(saved.problem).toBeUndefined();
    expect(JSON.stringify(saved)).not.toContain('token');
  });

  it('that the browser has no room for say so, and are there as long as the page', () => {
    const store = storage(undefined, 200);
    const saved = opened(store);
    saved.save('A', 'class_created', 'x'.repeat(300));
    expect(saved.problem).toContain('keeps no more');
    expect([names(saved), names(opened(store))]).toEqual([['A'], []]);
  });

  it('can be taken along and restored', () => {
    const saved = opened();
    saved.save('A', 'class_created', 't');
    const other = opened();
    other.save('B', 'class_created', 't');
    other.restore(JSON.parse(JSON.stringify(saved)));
    expect(other.list).toEqual(saved.list);
  });
});
