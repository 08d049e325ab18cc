import { connectionErrors } from '../../service/contract/error-codes.ts';
import { formatMs } from '../parts/format.ts';
import type { AuthCase } from './auth-cases.ts';
import type { Row } from './auth-matrix.svelte.ts';
import { isLetIn, type Observed } from './observe-handshake.ts';

/** What a case must lead to: `let in`, or `1008 TOKEN_EXPIRED`. */
export function expectedInWords({ expected }: AuthCase): string {
  return expected === undefined ? 'let in' : `${connectionErrors[expected].closeCode} ${expected}`;
}

/** What it led to, in the same words. */
export function observedInWords(observed: Observed): string {
  if (isLetIn(observed)) return 'let in';
  return `${observed.code} ${observed.cause ?? (observed.opened ? 'no reason' : 'never open')}`;
}

/** The whole outcome as a table of Markdown, for an issue or a report. No token is in it. */
export function matrixMarkdown(rows: readonly Row[]): string {
  const lines = rows.map(({ one, state }) => {
    const cells =
      state.name === 'done'
        ? [
            observedInWords(state.observed),
            state.isExpected ? 'as expected' : '**deviates**',
            formatMs(state.observed.ms),
          ]
        : [state.name === 'not_here' ? 'not from a browser' : 'not run', '', ''];
    return `| ${[one.title, expectedInWords(one), ...cells].join(' | ')} |`;
  });
  return ['| Token | Expected | Observed | Verdict | Time |', '| --- | --- | --- | --- | --- |', ...lines, ''].join(
    '\n',
  );
}
