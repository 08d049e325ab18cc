import type { Syntax } from './languages.ts';

/** A piece of code, and what it is. */
export interface CodeToken {
  readonly kind: 'comment' | 'string' | 'word' | 'plain';
  readonly text: string;
}

const words: Record<Syntax, string> = {
  javascript:
    'async await case catch const default else export for function if import let new null of return switch throw try undefined',
  typescript:
    'as async await case catch const default else export for from function if import interface let new null of readonly return switch throw try type undefined',
  python:
    'and as async await def else except for from if import in is lambda None not raise return try while with True False',
  shell: 'do done then fi while',
};

const scriptPattern = String.raw`(?<comment>\/\/.*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\`(?:[^\`\\]|\\[\s\S])*\`)`;

const patterns: Record<Syntax, string> = {
  javascript: scriptPattern,
  typescript: scriptPattern,
  python: String.raw`(?<comment>#.*|"""[\s\S]*?""")|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`,
  shell: String.raw`(?<comment>(?<=^|\s)#.*)|(?<string>'[^']*'|"(?:[^"\\]|\\[\s\S])*")`,
};

/** Splits code for tinting. The tokens' texts joined give the code again. */
export function codeTokens(code: string, syntax: Syntax): CodeToken[] {
  const pattern = new RegExp(
    `${patterns[syntax]}|(?<word>(?<![\\w.-])(?:${words[syntax].replaceAll(' ', '|')})(?![\\w:-]))`,
    'gm',
  );
  const tokens: CodeToken[] = [];
  let end = 0;
  const push = (kind: CodeToken['kind'], text: string) => {
    if (text !== '') tokens.push({ kind, text });
  };
  for (const { 0: text, index, groups = {} } of code.matchAll(pattern)) {
    push('plain', code.slice(end, index));
    push(groups.comment ? 'comment' : groups.string ? 'string' : 'word', text);
    end = index + text.length;
  }
  push('plain', code.slice(end));
  return tokens;
}
