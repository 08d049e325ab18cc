/** How two messages differ at one place. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed' | 'equal';
  /** Where: `data.batch_id`, `data.courses[2]`; empty for the whole. */
  readonly path: string;
  /** JSON of either side, as far as it has a value there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** How two texts differ: field by field where both are JSON, else where they part and meet again. */
export type Comparison =
  | { readonly kind: 'fields'; readonly differences: readonly Difference[] }
  | {
      readonly kind: 'text';
      readonly start: string;
      readonly before: string;
      readonly after: string;
      readonly end: string;
    };

/** Compares two messages. Fields stand in the order of the first, those that it has not at the end. */
export function compareMessages(before: string, after: string): Comparison {
  try {
    return { kind: 'fields', differences: compareFields(leavesOf(JSON.parse(before)), leavesOf(JSON.parse(after))) };
  } catch {
    return compareTexts(before, after);
  }
}

function compareFields(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].map((path) => {
    const [one, other] = [before.get(path), after.get(path)];
    const kind = one === undefined ? 'added' : other === undefined ? 'removed' : one === other ? 'equal' : 'changed';
    return { kind, path, before: one, after: other };
  });
}

/** Every value that holds no other, by its path. An empty object or list is one of them. */
function leavesOf(value: unknown, path = '', leaves = new Map<string, string>()): Map<string, string> {
  const isHolder = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isHolder) return leaves.set(path, JSON.stringify(value));
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`;
    leavesOf(inner, path + step, leaves);
  }
  return leaves;
}

function compareTexts(before: string, after: string): Comparison {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return {
    kind: 'text',
    start: before.slice(0, start),
    before: before.slice(start, before.length - end),
    after: after.slice(start, after.length - end),
    end: before.slice(before.length - end),
  };
}
