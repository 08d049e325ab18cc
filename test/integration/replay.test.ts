import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closedPort } from '../support/closed-port.ts';
import { startService, type TestService } from '../support/service.ts';
import { run as runScript } from '../support/service-process.ts';

const example = 'test/fixtures/two-teachers.session.json';
const text = readFileSync(example, 'utf8');
const longestRunMs = 18_000;

let folder: string;
let service: TestService;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sessions-'));
  service = await startService();
});
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command as a shell would. */
async function replay(...args: string[]) {
  const program = runScript('service/cli.ts', ['replay', ...args]);
  const deadline = setTimeout(() => program.child.kill('SIGKILL'), longestRunMs);
  const { code } = await program.exit;
  clearTimeout(deadline);
  const outcome = { code, stdout: program.stdout(), stderr: program.stderr() };
  expect(outcome.stdout + outcome.stderr).not.toMatch(/eyJ|^\s+at /m);
  return outcome;
}

/** A file in the folder of these tests. */
function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The example with one event changed. */
function edited(name: string, index: number, change: object): string {
  const session = JSON.parse(text);
  Object.assign(session.recording.events[index], change);
  return file(name, JSON.stringify(session));
}

describe('a recorded session that is replayed', () => {
  it('passes on a service of its own, prints each step and what was seen, in the time that it took', async () => {
    const started = performance.now();
    const { code, stdout, stderr } = await replay(example);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - started).toBeGreaterThan(2100);
    expect(stdout).toContain('a service of its own, in memory, at 1×');
    expect(stdout).toMatch(/^ {3,}\d\.\d\d s {2}A {3}connects$/m);
    expect(stdout).toMatch(/^✓ .+A {3}receives batch_results_ready$/m);
    expect(stdout).toMatch(/^✓ .+C {3}is closed with 1008 TOKEN_EXPIRED$/m);
    expect(stdout).toMatch(/\nAs recorded: 9 steps, 7 of 7 observations, in [\d.]+ s\.\n$/);
  });

  it('passes on a service that is named, without pauses', async () => {
    const { code, stdout } = await replay(example, '--url', `${service.url}/`, '--speed', 'max');
    expect(code).toBe(0);
    expect(stdout).toContain(`Replayed against ${service.url}, without pauses`);
  });

  it('deviates where a frame was recorded otherwise, and shows where', async () => {
    const payload = JSON.parse(text).recording.events[8].payload.replace('class_created', 'class_deleted');
    const path = edited('frame.json', 9, { message: undefined, text: payload });
    const { code, stdout, stderr } = await replay(path, '--speed', 'max');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^✗ .+B {3}receives class_created, which was not recorded$/m);
    expect(stdout).toMatch(/^✗ .+B {3}never receives class_deleted$/m);
    expect(stdout).toContain('B recorded  {"event":"class_deleted"');
    expect(stdout).toContain('B received  {"event":"class_created"');
    expect(stdout).toMatch(/\n2 deviations: 6 of 7 observations as recorded/);
  });

  it('deviates where an end was recorded with another cause', async () => {
    const { code, stdout } = await replay(edited('end.json', 13, { error_code: 'TOKEN_MALFORMED' }), '--speed', 'max');
    expect(code).toBe(1);
    expect(stdout).toContain('is closed with 1008 TOKEN_EXPIRED; recorded: 1008 TOKEN_MALFORMED');
  });

  it('deviates where more arrives than was recorded', async () => {
    const session = JSON.parse(text);
    session.recording.events.splice(9, 1);
    const { code, stdout } = await replay(file('less.json', JSON.stringify(session)), '--speed', 'max');
    expect(code).toBe(1);
    expect(stdout).toContain('1 deviation: 6 of 6 observations as recorded');
  });
});

describe('what cannot be replayed exits with 2, and says why and what to do:', () => {
  it.each<[string, () => string[] | Promise<string[]>, string]>([
    ['no file', () => [], 'The file of the session is missing.\nRun with --help'],
    ['two files', () => [example, example], 'One file at a time'],
    ['a file that is not there', () => ['nowhere.json'], 'nowhere.json cannot be read: There is no such file.'],
    ['a folder', () => ['docs'], 'docs cannot be read: It is a folder.'],
    ['another kind of file', () => ['package.json'], 'It is a JSON object with the fields “name”'],
    ['a picture', () => ['docs/screenshot.png'], 'It is a PNG image.'],
    ['a file that is too large', () => [file('large.json', ' '.repeat(5_000_001))], 'A session holds at most 5 MB.'],
    [
      'a file with a fault',
      () => [edited('fault.json', 13, { code: 7 })],
      '  recording.events[13].code: expected a whole number',
    ],
    [
      'a set-up alone',
      () => [file('setup.json', JSON.stringify({ ...JSON.parse(text), recording: undefined }))],
      'holds a set-up and no recording',
    ],
    ['a speed', () => [example, '--speed', 'fast'], '--speed holds "fast"'],
    ['an address', () => [example, '--url', 'localhost'], '--url holds "localhost"'],
    [
      'nobody there',
      async () => [example, '--url', `http://127.0.0.1:${await closedPort()}`],
      'Start it with npm start',
    ],
  ])('%s', async (_what, args, said) => {
    const { code, stderr } = await replay(...(await args()));
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  it('a service without development endpoints', async () => {
    const closed = await startService({ ENABLE_DEV_ENDPOINTS: 'false' });
    const { code, stderr } = await replay(example, '--url', closed.url);
    await closed.close();
    expect(code).toBe(2);
    expect(stderr).toContain('has no development endpoints');
  });
});
