import { expect } from 'vitest';
import { pages } from '../../service/contract/endpoints.ts';
import { type HttpErrorCode, httpErrors, type ProblemDocument } from '../../service/contract/http-errors.ts';

/** Holds an answer to be the whole problem document of an error, and returns it. */
export function expectProblem(
  answer: { status: number; headers: Headers; body: string },
  code: HttpErrorCode,
): ProblemDocument {
  const { status, title, remedy } = httpErrors[code];
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
  const problem = JSON.parse(answer.body) as ProblemDocument;
  const { detail, correlation_id, endpoint, migration_guide, ...fixed } = problem;
  expect(fixed).toEqual({ type: `${pages.httpErrors}#${code.toLowerCase()}`, title, status, error_code: code, remedy });
  expect(answer.status).toBe(status);
  expect(detail).toMatch(/^\S.*\.$/);
  expect(correlation_id).toMatch(/^[0-9a-f]{12}$/);
  return problem;
}

/** Holds the answer to a `fetch` to be a problem document. */
export async function expectProblemResponse(response: Response, code: HttpErrorCode): Promise<ProblemDocument> {
  return expectProblem({ status: response.status, headers: response.headers, body: await response.text() }, code);
}
