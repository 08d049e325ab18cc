import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { codeTokens } from '../../../playground/code/code-tokens.ts';
import { generate } from '../../../playground/code/generate.ts';
import { LanguageChoice, languageKey } from '../../../playground/code/language-choice.svelte.ts';
import { languageOf, languages } from '../../../playground/code/languages.ts';
import {
  fitsShell,
  javascriptString,
  javascriptValue,
  jsonText,
  pythonString,
  pythonValue,
  shellWord,
} from '../../../playground/code/literals.ts';
import { notesOn } from '../../../playground/code/notes.ts';
import { seenEvents, situationOf } from '../../../playground/code/situation-of.ts';
import { summary } from '../../../playground/code/summary.ts';
import { fill } from '../../../playground/code/template.ts';
import { Session } from '../../../playground/session.svelte.ts';
import { python, requireProgram } from '../../../scripts/programs.ts';
import { hostileText, oneUser, situations } from '../../support/situations.ts';

const texts = [
  hostileText,
  '',
  `\\'"`,
  '\\u0041 \\n',
  '\0\x1b\x7f\x85\r\n\u2028\u2029\ufeff\u202e',
  'half \ud83e character',
  '🧑‍🏫',
  '</script><script>',
];
const value = { [hostileText]: [hostileText, null, true, -1.5e-7, {}, []], ['__proto__']: { a: false }, plain: '' };

describe('a literal means its text again', () => {
  it.each(texts)('in JavaScript: %j', (text) => {
    const literal = javascriptString(text);
    expect(new Function(`return ${literal}`)()).toBe(text);
    expect(literal).not.toMatch(/[\n\r\u2028\u2029]|<[/!]/);
  });

  it('in Python', () => {
    const program = `import json; print(json.dumps([${texts.map(pythonString)}, ${pythonValue(value)}]))`;
    const output = execFileSync(requireProgram(python), ['-'], { input: program, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual([...texts, value]);
  });

  it.each(texts.filter(fitsShell))('in a shell: %j', (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  });

  it('and what no shell can hold is refused', () => {
    expect(texts.filter((text) => !fitsShell(text))).toHaveLength(2);
    expect(() => shellWord('\0')).toThrow(RangeError);
  });

  it('as a value of JavaScript and as JSON, a key named __proto__ too', () => {
    expect(JSON.stringify(new Function(`return ${javascriptValue(value)}`)())).toBe(JSON.stringify(value));
    expect(JSON.parse(jsonText(value))).toEqual(value);
    expect(jsonText(texts)).toMatch(/^[^\p{Cc}\u2028]*$/u);
  });
});

describe('a template', () => {
  const flags = { a: true, b: false };
  const filled = (...lines: string[]) => fill(lines.join('\n'), { flags, values: { "'x'": "'y'" } });

  it('keeps the part that holds, and takes the comment from one that is commented out', () => {
    expect(filled('//: if a', 'yes', '//: else', '//~ no', '//: end')).toBe('yes\n');
    expect(filled('//: if !a', 'no', '//: else if !b', '  //~ yes', '  //~', '  //~   2', '//: end')).toBe(
      'yes\n\n    2\n',
    );
    expect(filled('<!--: if b -->', '<p/>', '<!--: else -->', '<!--~ <b/> -->', '<!--: end -->')).toBe('<b/>\n');
  });

  it('may have marks in a part that is commented out', () => {
    expect(
      filled('#: if b', 'no', '#: else', '#~ #: if a', '#~ 1', '#~ #: else', '#~ #~ 2', '#~ #: end', '#: end'),
    ).toBe('1\n');
  });

  it('repeats a part for each item, and replaces nothing in what it has put in', () => {
    const rounds = { item: [{ "'x'": "'x' 'z'" }, { "'z'": "'x'" }] };
    expect(fill("//: each item\n'x' 'z'\n//: end", { flags, rounds, values: { "'z'": "'w'" } })).toBe(
      "'x' 'z' 'w'\n'x' 'x'\n",
    );
  });

  it('is refused where its marks do not fit', () => {
    expect(() => filled('//: if a', '1')).toThrow('has no end');
    expect(() => filled('//: if unknown', '1', '//: end')).toThrow('means nothing');
    expect(() => filled("import { a } from './a.ts'; //: inline", '')).toThrow('nothing to put in');
  });
});

describe('the situation of a session', () => {
  const session = new Session(() => ({ origin: 'http://localhost:8004' }));
  session.address.read({ origin: 'http://localhost:8004', search: '' });

  it('is of the one who would connect, where nobody is connected', () => {
    session.identity.userId = 'teacher-7';
    session.identity.defect = 'expired';
    expect(situationOf(session, 'all', 'http://site')).toMatchObject({
      service: 'http://localhost:8004',
      site: 'http://site',
      users: [{ userId: 'teacher-7', connections: 1 }],
      reconnects: false,
      broker: 'embedded',
      token: { kind: 'minted', lifetimeSeconds: 3600, defect: 'expired' },
      publication: { userId: 'teacher-7', payload: session.publisher.text },
    });
  });

  it('counts the connections of each user that there are, and says whether they come back', () => {
    const client = (userId: string, isBusy: boolean, mode = 'off') => ({ userId, isBusy, mode, minted: undefined });
    const clients = [client('a', true), client('b', true, 'back_off'), client('a', true), client('c', false)];
    const part = { ...partOf(session), clients: clients as never };
    const { users, reconnects } = situationOf(part, 'all', '');
    expect(users).toEqual([
      { userId: 'a', connections: 2 },
      { userId: 'b', connections: 1 },
    ]);
    expect(reconnects).toBe(true);
  });

  const partOf = ({ address, current, identity, publisher, status }: Session) => ({
    address,
    current,
    identity,
    publisher,
    status,
  });

  it('has the types that arrived, in their order; all, where none did or more than anyone would name', () => {
    const frame = (event?: string) => ({ kind: 'frame', event });
    expect(seenEvents([frame('b'), frame('a'), frame('b'), frame(), { kind: 'publish', event: 'c' }])).toEqual([
      'b',
      'a',
    ]);
    expect(seenEvents([frame()])).toBe('all');
    expect(seenEvents(Array.from({ length: 17 }, (_, index) => frame(`e${index}`)))).toBe('all');
  });
});

describe.each(Object.entries(situations))('in the situation of %s', (_name, situation) => {
  it.each(languages)('$label says what it does and what it does not', (language) => {
    expect(summary(language, situation)).toMatch(/^From the screen: .*\.$/s);
    expect(notesOn(language, situation).length).toBeGreaterThan(0);
  });

  it.each(languages)('the code in $label is tinted without a change', (language) => {
    const code = generate(language, situation);
    expect(
      codeTokens(code, language.syntax)
        .map(({ text }) => text)
        .join(''),
    ).toBe(code);
  });
});

it('comments, strings and words are tinted, and not a word in a string', () => {
  const kinds = (code: string, syntax: 'javascript' | 'python' | 'shell') =>
    codeTokens(code, syntax)
      .filter(({ kind }) => kind !== 'plain')
      .map(({ kind, text }) => `${kind} ${text}`);
  expect(kinds(`const a = 'if // b'; // new`, 'javascript')).toEqual([
    'word const',
    `string 'if // b'`,
    'comment // new',
  ]);
  expect(kinds('if a == "#": # b', 'python')).toEqual(['word if', 'string "#"', 'comment # b']);
  expect(kinds(`while a 'do' b#c # d`, 'shell')).toEqual(['word while', `string 'do'`, 'comment # d']);
});

it('without connecting again, no line of it is in the code', () => {
  for (const id of ['javascript', 'typescript', 'react', 'vue', 'svelte', 'python'] as const) {
    const code = generate(languageOf(id), { ...oneUser, reconnects: false });
    expect(code).not.toMatch(/failures|refus(?!ed:|al;)|timer|random|wait_?after/i);
  }
});

it('the language is remembered; a name that nobody knows is passed over', () => {
  const store = new Map<string, string>([[languageKey, 'cobol']]);
  const storage = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, text: string) => store.set(key, text),
  };
  const choice = new LanguageChoice(storage);
  expect(choice.id).toBe('javascript');
  choice.id = 'vue';
  expect(new LanguageChoice(storage).id).toBe('vue');
  expect(new LanguageChoice().id).toBe('javascript');
});
