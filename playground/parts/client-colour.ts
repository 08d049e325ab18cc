/** How many colours tell clients apart: `--hr-client-0` to `--hr-client-7` in docs/styles/theme.css. */
const colours = 8;

/** The name of the client with this index: A, B, … Z, A1, B1, … */
export function clientName(index: number): string {
  const letter = String.fromCharCode(firstLetter + (index % letters));
  return index < letters ? letter : letter + Math.floor(index / letters);
}

/**
 * Which of the colours marks a client, from 0. It follows from the name alone, so that what is left of a client that is
 * gone, or comes from a file, keeps its colour.
 */
export function clientColour(name: string): number {
  const index = name.charCodeAt(0) - firstLetter + letters * Number(name.slice(1));
  return index >= 0 ? index % colours : 0;
}

const firstLetter = 'A'.charCodeAt(0);
const letters = 26;
