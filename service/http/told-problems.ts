import type { HttpErrorCode } from '../contract/http-errors.ts';

/** What an answer of HTTP said. */
export interface ToldProblem {
  readonly code: HttpErrorCode;
  readonly correlationId: string;
}

const told = new WeakMap<object, ToldProblem>();

/**
 * Notes the problem that a request was answered with.
 *
 * @param about - The request as Node has it; its socket, where it could not be read.
 */
export function noteProblem(about: object, problem: ToldProblem): void {
  told.set(about, problem);
}

/** The problem that a request, or a socket, was answered with, if any. */
export function problemToldTo(about: object): ToldProblem | undefined {
  return told.get(about);
}
