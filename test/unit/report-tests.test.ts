import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/report-tests.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const green = {
  success: true,
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

function report(results: object | undefined): { line: string; code: number | null } {
  const file = join(folder, 'results.json');
  rmSync(file, { force: true });
  if (results) writeFileSync(file, JSON.stringify(results));
  const { stdout, status } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
  return { line: stdout, code: status };
}

describe('the closing line of .ci/run', () => {
  it('says how many passed and failed', () => {
    expect(report(green)).toEqual({ line: '7 passed, 0 failed\n', code: 0 });
  });

  it('says how many were skipped, where some were', () => {
    expect(report({ ...green, numPendingTests: 2 })).toEqual({ line: '7 passed, 0 failed, 2 skipped\n', code: 0 });
  });

  it('fails when a test failed', () => {
    expect(report({ ...green, success: false, numFailedTests: 1 })).toEqual({ line: '7 passed, 1 failed\n', code: 1 });
  });

  it('counts a file that failed before its first test', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(report({ ...green, success: false, testResults })).toEqual({ line: '7 passed, 1 failed\n', code: 1 });
  });

  it('fails when no test ran, or no results were written', () => {
    expect(report({ ...green, numPassedTests: 0 })).toEqual({ line: '0 passed, 0 failed\n', code: 1 });
    expect(report(undefined)).toEqual({ line: '0 passed, 0 failed\n', code: 1 });
  });
});
