/**
 * A TypeScript type as it stands in a table: its literals and names as code, the rest in words.
 *
 * @returns Text in which backticks mark code.
 */
export function typeInWords(type: string): string {
  const values: Record<string, string> = { string: 'string', number: 'number', boolean: 'boolean', null: '`null`' };
  return type
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => part.replaceAll("'", '"'))
    .map((part) => values[part] ?? `\`${part}\``)
    .join(' or ');
}
