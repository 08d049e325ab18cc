/** How the value of a claim is written; `removed` leaves a usual claim out. */
export type ClaimType = 'text' | 'number' | 'boolean' | 'json' | 'removed';

/** One claim that the reader adds, changes or removes. */
export interface ClaimRow {
  readonly id: number;
  readonly name: string;
  readonly type: ClaimType;
  /** As typed; of a boolean `true` or `false`. */
  readonly text: string;
}

/** A value, or a sentence that says why there is none. */
type Reading = { readonly value: unknown } | { readonly problem: string };

/** What is wrong with a row. */
export interface ClaimProblem {
  readonly name?: string;
  readonly value?: string;
}

/** The claims to ask for beside the usual ones, as they are being typed. */
export class ClaimsDraft {
  rows = $state.raw<readonly ClaimRow[]>([]);
  #nextId = 1;

  /** @returns The id of the new row. */
  add(name = '', type: ClaimType = 'text', text = ''): number {
    const id = this.#nextId++;
    this.rows = [...this.rows, { id, name, type, text }];
    return id;
  }

  change(id: number, change: Partial<Omit<ClaimRow, 'id'>>): void {
    this.rows = this.rows.map((row) => (row.id === id ? { ...row, ...change } : row));
  }

  remove(id: number): void {
    this.rows = this.rows.filter((row) => row.id !== id);
  }

  /** What is wrong, by the ids of the rows. */
  get problems(): ReadonlyMap<number, ClaimProblem> {
    const problems = new Map<number, ClaimProblem>();
    const seen = new Set<string>();
    for (const row of this.rows) {
      const reading = readValue(row);
      const problem: ClaimProblem = {
        ...(row.name === '' && { name: 'Name the claim.' }),
        ...(seen.has(row.name) && { name: 'Named already above.' }),
        ...('problem' in reading && { value: reading.problem }),
      };
      if (row.name !== '') seen.add(row.name);
      if (problem.name || problem.value) problems.set(row.id, problem);
    }
    return problems;
  }

  /** As `POST /dev/tokens` takes them; `undefined` where there are none, or one is wrong. */
  get claims(): Readonly<Record<string, unknown>> | undefined {
    if (this.rows.length === 0 || this.problems.size > 0) return undefined;
    return Object.fromEntries(this.rows.map((row) => [row.name, (readValue(row) as { value: unknown }).value]));
  }
}

function readValue({ type, text }: ClaimRow): Reading {
  switch (type) {
    case 'text':
      return { value: text };
    case 'boolean':
      return { value: text === 'true' };
    case 'removed':
      return { value: null };
    case 'number':
      return readNumber(text);
    case 'json':
      return readJson(text);
  }
}

function readNumber(text: string): Reading {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? { value } : { problem: 'Not a number, such as 42 or 1.5.' };
}

function readJson(text: string): Reading {
  if (text.trim() === '') return { problem: 'Give JSON, such as ["a","b"].' };
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? { problem: 'null removes a claim here: choose “removed”.' } : { value };
  } catch (error) {
    return { problem: `Not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
