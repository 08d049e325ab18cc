/** Where a value stands in a JSON text: the names and indexes that lead to it from the whole. */
export type JsonPath = readonly (string | number)[];

/** A path as a key of a map: equal for equal paths, different for others. */
export function pathKey(path: JsonPath): string {
  return JSON.stringify(path);
}

/** A path for reading: `data.associations[0].essay_id`. */
export function pathInWords(path: JsonPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : (index > 0 ? '.' : '') + part)).join('');
}
