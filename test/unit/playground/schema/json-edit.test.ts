import { describe, expect, it } from 'vitest';
import { removeValue, renameKey, setValue } from '../../../../playground/schema/json-edit.ts';
import { nodeAt, parseTree } from '../../../../playground/schema/json-tree.ts';
import { notificationExamples } from '../../../../service/contract/examples.ts';
import { notificationEvents } from '../../../../service/contract/notifications.ts';

describe('the places of values in a text', () => {
  it.each(notificationEvents)('are those of %s, on one line or many', (event) => {
    for (const indent of [0, 2]) {
      const text = JSON.stringify({ event, data: notificationExamples[event] }, null, indent);
      const check = (value: unknown, path: (string | number)[]) => {
        const node = nodeAt(parseTree(text), path);
        expect(JSON.parse(text.slice(node?.from, node?.to))).toEqual(value);
        if (typeof value !== 'object' || value === null) return;
        for (const [key, inner] of Object.entries(value)) check(inner, [...path, Array.isArray(value) ? +key : key]);
      };
      check(JSON.parse(text), []);
    }
  });

  it('are none where a text is no JSON, or nested so deep that reading it would break', () => {
    expect(parseTree('{"a": ')).toBeUndefined();
    expect(parseTree(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toBeUndefined();
  });

  it('are found past what looks like the end: brackets and quotes in strings, odd spaces', () => {
    const text = '{ "a\\"}" :\t"]}," , "b":[ ] ,"c" : {}, "d":[1 ,-2.5e3]}\n';
    expect(JSON.parse(text.slice(nodeAt(parseTree(text), ['a"}'])?.from, nodeAt(parseTree(text), ['a"}'])?.to))).toBe(
      ']},',
    );
    const last = nodeAt(parseTree(text), ['d', 1]);
    expect(text.slice(last?.from, last?.to)).toBe('-2.5e3');
  });
});

describe('a change of a text', () => {
  const odd = '{"a":1.0,\n   "b" : [ "x",  "y" ],"a":2e0, "c":{}}';

  it.each([
    ['the last of two equal names', setValue(odd, ['a'], 3), odd.replace('2e0', '3')],
    ['an item', setValue(odd, ['b', 1], 'z'), odd.replace('"y"', '"z"')],
    ['a new name', setValue(odd, ['c', 'n'], null), odd.replace('"c":{}', '"c":{\n      "n": null\n   }')],
    ['an item at the end', setValue(odd, ['b', 2], 'z'), odd.replace('"y"', '"y", "z"')],
    ['the first of several', removeValue(odd, ['b', 0]), odd.replace('"x",  ', '')],
    ['the last of several', removeValue(odd, ['b', 1]), odd.replace(',  "y"', '')],
    ['a name', renameKey(odd, ['b'], 'q"'), odd.replace('"b"', '"q\\""')],
    ['what is not there', removeValue(odd, ['q']), odd],
    ['what is not JSON', setValue('{"a"', ['a'], 1), '{"a"'],
  ])('touches nothing but %s', (_what, changed, expected) => expect(changed).toBe(expected));

  it('stays on one line where the text does, and is indented as the lines around it where not', () => {
    expect(setValue('{"a":{"b":[]}}', ['a', 'b', 0], { c: 1 })).toBe('{"a":{"b":[{"c":1}]}}');
    const lines = JSON.stringify({ a: { b: [{ c: 1 }], d: {} } }, null, 4);
    const value = { a: { b: [{ c: 1 }, { c: 2 }], d: { e: [] } } };
    const changed = setValue(setValue(lines, ['a', 'b', 1], { c: 2 }), ['a', 'd', 'e'], []);
    expect(changed).toBe(JSON.stringify(value, null, 4));
    expect(removeValue(removeValue(changed, ['a', 'b', 1]), ['a', 'd'])).toBe(
      JSON.stringify({ a: { b: [{ c: 1 }] } }, null, 4),
    );
  });
});
