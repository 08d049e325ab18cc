/**
 * Reads the results that Vitest wrote as JSON and prints them as one line, `N passed, N failed`.
 * Usage: node scripts/report-tests.ts <file>. Exits with 1 when a test failed or none ran.
 */
import { readFileSync } from 'node:fs';

interface Results {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  /** Skipped. */
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

function read(path: string | undefined): Results | undefined {
  try {
    return JSON.parse(readFileSync(path ?? '', 'utf8'));
  } catch {
    return undefined;
  }
}

const results = read(process.argv[2]);
const passed = results?.numPassedTests ?? 0;
// A file or a hook that fails before any test of the file did is in no number of Vitest's.
const brokenFiles = (results?.testResults ?? []).filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
);
const failed = (results?.numFailedTests ?? 0) + brokenFiles.length;
const skipped = (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = results?.success && failed === 0 && passed > 0 ? 0 : 1;
