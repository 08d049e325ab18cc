/**
 * A TypeScript type as it stands in a table: its literals and names as code, the rest in words.
 *
 * @returns Text in which backticks mark code.
 */
export function typeInWords(type: string): string {
  const plain = ['string', 'number', 'boolean', 'object'];
  return type
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => part.replaceAll("'", '"'))
    .map((part) => (plain.includes(part) ? part : `\`${part}\``))
    .join(' or ');
}
