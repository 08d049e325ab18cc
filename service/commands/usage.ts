/** A command was called wrongly; the message says how. */
export class UsageError extends Error {}

/** What a command was to judge, or to judge by, cannot be used: its exit code is 2, where 1 is a verdict. */
export class CannotRun extends Error {}

/** An option that must be given. */
export function required(value: string | undefined, name: string): string {
  if (value) return value;
  throw new UsageError(`--${name} is missing.`);
}

/** Parses JSON that someone typed. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${what} is not JSON: ${(error as Error).message}.`);
  }
}
