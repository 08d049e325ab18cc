import { type Variable, variables } from '../../service/config-variables.ts';

const width = 100;

const head = `# The settings of the service, with the values that hold in development where nothing is set.
# Copy this file to .env and change what you need. \`npm start\`, \`npm run dev\` and the command line read .env;
# a variable that is set in the environment itself wins over it.
#
# Made from the table in service/config-variables.ts by \`npm run generate\`: change that, not this.
`;

/** The text of `.env.example`, made from the table of variables. */
export function envExample(): string {
  const entries = Object.entries(variables).map(([name, variable]) => entry(name, variable));
  return [head, ...entries].join('\n');
}

function entry(name: string, variable: Variable<unknown>): string {
  const { meaning, unit, allowed, example, developmentDefault } = variable;
  const value = developmentDefault ?? variable.default ?? '';
  const values = [
    `It may hold ${allowed}${unit ? `, in ${unit}` : ''}.`,
    ...(developmentDefault === undefined ? [] : [`Outside development: ${variable.default ?? 'none'}.`]),
  ];
  const examples = value === '' ? [`For example: ${example}`] : [];
  const comment = [meaning, values.join(' '), ...examples].flatMap((text) => wrap(text)).map((text) => `# ${text}\n`);
  return `${comment.join('')}# ${name}=${value}\n`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 3 <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
