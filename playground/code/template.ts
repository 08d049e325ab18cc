/**
 * Templates are programs that run as they stand. What varies is marked in comments of their own language:
 *
 * - `//: if a`, `//: else if !b`, `//: else`, `//: end`: one of the parts stays. A part that does not hold as the template
 *   stands is commented out, each line of it with `//~`.
 * - `//: each name` … `//: end`: stays once for each item of that name.
 * - an import with `//: inline` at its end is replaced by what that file exports.
 *
 * In shell and Python it is `#:` and `#~`, in markup `<!--: … -->` and `<!--~ … -->`. Values are not marked: a literal of the
 * template gives way to another literal.
 */

/** What takes the place of what a template holds: its literals, and those of the situation. */
export type Replacements = Readonly<Record<string, string>>;

/** What decides how a template is filled in. */
export interface Filling {
  readonly flags: Readonly<Record<string, boolean>>;
  readonly values: Replacements;
  /** For each name of an `each`, what is replaced in each of its rounds. */
  readonly rounds?: Readonly<Record<string, readonly Replacements[]>>;
  /** The text of the file that is imported inline. */
  readonly inlined?: string;
}

const markerPattern = /^\s*(?:\/\/|#|<!--): *(.*?)(?: *-->)?$/;
const inactivePattern = /^( *)(?:\/\/|#|<!--)~ ?(.*?)(?: *-->)?$/;

/** Fills a template in. @throws Error where its marks do not fit together. */
export function fill(template: string, filling: Filling): string {
  const lines = withInlined(template, filling.inlined).split('\n');
  const text = filled(lines, filling, filling.values).join('\n');
  return `${text.trim().replaceAll(/\n+(?=\n<\/script>)/g, '')}\n`;
}

/** Puts the inlined file below the imports; its own are for itself alone. */
function withInlined(template: string, inlined: string | undefined): string {
  return template.replace(/^import .*\/\/: inline\n((?:import .*\n)*)\n?/m, (_line, imports: string) => {
    if (inlined === undefined) throw new Error('The template imports inline, and there is nothing to put in.');
    const text = inlined.replaceAll(/^import .*\n\n?/gm, '').replaceAll(/^export /gm, '');
    return `${imports}\n${text}\n`;
  });
}

function filled(lines: readonly string[], filling: Filling, values: Replacements): string[] {
  const out: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string;
    if (markOf(line) === undefined) {
      out.push(replaced(line, values));
      at += 1;
      continue;
    }
    const parts = partsFrom(lines, at);
    at += parts.reduce((sum, part) => sum + part.lines.length + 1, 1);
    out.push(...chosen(parts, filling, values));
  }
  return out;
}

function markOf(line: string | undefined): string | undefined {
  return line?.match(markerPattern)?.[1];
}

interface Part {
  readonly mark: string;
  readonly lines: string[];
}

/** The parts of what begins at a line: one for each `if`, `else if` and `else`, or one for an `each`. */
function partsFrom(lines: readonly string[], start: number): Part[] {
  const parts: Part[] = [];
  let depth = 0;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] as string;
    const mark = markOf(line);
    if (mark === 'end' && --depth === 0) return parts;
    if (depth <= 1 && mark !== undefined && mark !== 'end' && (depth === 0 || mark.startsWith('else'))) {
      parts.push({ mark, lines: [] });
    } else parts.at(-1)?.lines.push(line);
    if (mark?.startsWith('if ') || mark?.startsWith('each ')) depth += 1;
  }
  throw new Error(`What begins in line ${start + 1} has no end.`);
}

function chosen(parts: readonly Part[], filling: Filling, values: Replacements): string[] {
  const [first] = parts as [Part];
  const [, name] = first.mark.match(/^each (\w+)$/) ?? [];
  if (name === undefined) {
    const part = parts.find(({ mark }) => holds(mark, filling.flags));
    return part ? filled(activated(part.lines), filling, values) : [];
  }
  const rounds = filling.rounds?.[name];
  if (rounds === undefined) throw new Error(`The template repeats ${name}, of which nothing is known.`);
  return rounds.flatMap((round) => filled(first.lines, filling, { ...values, ...round }));
}

function holds(mark: string, flags: Filling['flags']): boolean {
  if (mark === 'else') return true;
  const [, not, name = ''] = mark.match(/^(?:else )?if (!?)(\w+)$/) ?? [];
  const flag = flags[name];
  if (flag === undefined) throw new Error(`The template has a mark that means nothing: ${mark}`);
  return flag !== (not === '!');
}

/** The lines of a part without the marks that comment it out, where it is commented out. */
function activated(lines: readonly string[]): string[] {
  const isInactive = lines.length > 0 && lines.every((line) => inactivePattern.test(line));
  return isInactive ? lines.map((line) => line.replace(inactivePattern, '$1$2').trimEnd()) : [...lines];
}

/** Replaces all at once, the longest first: what has been put in is not looked at again. */
function replaced(line: string, values: Replacements): string {
  const literals = Object.keys(values).sort((a, b) => b.length - a.length);
  if (literals.length === 0) return line;
  const pattern = new RegExp(
    literals.map((literal) => literal.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'),
    'g',
  );
  return line.replace(pattern, (literal) => values[literal] as string);
}
