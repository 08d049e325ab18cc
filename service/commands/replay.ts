import { readFile, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { parseArgs, styleText } from 'node:util';
import { buildApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import { clientOf, describeReplayEvent, frameDifference } from '../sessions/describe-event.ts';
import { faultText, parseSession } from '../sessions/parse-session.ts';
import { isAsRecorded, type ReplayEvent, type ReplayReport, type ReplaySpeed, replay } from '../sessions/replay.ts';
import { durationOf, isAct, type Recording, sessionLimits, usersOf } from '../sessions/session-file.ts';
import { serviceAddress } from './service-address.ts';
import { CannotRun, UsageError } from './usage.ts';

/** How many faults of a file are shown. */
const faultsShown = 10;

/** `replay`: runs a recorded session as a test. Sets the exit code: 0 where all went as recorded, 1 where not. */
export async function replayCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { url: { type: 'string' }, speed: { type: 'string' } },
  });
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError('The file of the session is missing.');
  if (more.length > 0) throw new UsageError(`One file at a time: '${more[0]}' is too many.`);
  const speed = readSpeed(values.speed);
  const given = values.url === undefined ? undefined : serviceAddress(values.url).replace(/\/+$/, '');
  const recording = await readRecording(file);
  const service = given === undefined ? await startOwnService() : { base: given, close: async () => {} };
  try {
    print(headline(file, recording, service.base, given === undefined, speed));
    const report = await replay(recording, { base: service.base, speed, onEvent: (event) => print(line(event)) });
    print(summary(report));
    process.exitCode = isAsRecorded(report) ? 0 : 1;
  } catch (error) {
    throw new CannotRun((error as Error).message);
  } finally {
    await service.close();
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readSpeed(text = '1'): ReplaySpeed {
  if (text === 'max') return text;
  const speed = Number(text.replace(/[x×]$/, ''));
  if (speed > 0 && speed <= 1000) return speed;
  throw new UsageError(`--speed holds "${text}"; it may hold a number over 0 and up to 1000, or max.`);
}

async function readRecording(file: string): Promise<Recording> {
  const parsed = parseSession(await readBounded(file));
  if (!parsed.ok) {
    const { faults } = parsed;
    const shown = faults.slice(0, faultsShown).map((fault) => `  ${faultText(fault)}`);
    if (faults.length > faultsShown) shown.push(`  And ${faults.length - faultsShown} more.`);
    throw new CannotRun([`${file} cannot be replayed. ${parsed.problem}`, ...shown].join('\n'));
  }
  const { recording } = parsed.session;
  if (recording?.events.some(isAct)) return recording;
  throw new CannotRun(
    `${file} holds a set-up and no recording. Save the session with its recording in the playground's tool Sessions.`,
  );
}

/** A file that is too large is not read. */
async function readBounded(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    return size > sessionLimits.bytes ? new Uint8Array(size) : await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'There is no such file', EISDIR: 'It is a folder', EACCES: 'It may not be read' }[code ?? ''];
    throw new CannotRun(`${file} cannot be read: ${why ?? message}.`);
  }
}

/** Of the environment nothing is taken: a test must not end up in someone's Redis. */
async function startOwnService(): Promise<{ readonly base: string; readonly close: () => Promise<void> }> {
  const app = await buildApp(loadConfig({ WEBSOCKET_PORT: '0', WEBSOCKET_HOST: '127.0.0.1', LOG_LEVEL: 'fatal' }));
  app.log.level = 'silent';
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return { base: `http://127.0.0.1:${port}`, close: () => app.close() };
}

function headline(file: string, recording: Recording, base: string, isOwn: boolean, speed: ReplaySpeed): string {
  const acts = recording.events.filter(isAct).length;
  const pace = speed === 'max' ? 'without pauses' : `at ${speed}×`;
  const where = isOwn ? 'a service of its own, in memory' : base;
  return [
    `${styleText('bold', file)}: ${count(acts, 'step')}, ${count(recording.events.length - acts, 'observation')}, recorded in ${seconds(durationOf(recording))}, for ${usersOf(recording.events).join(', ')}`,
    `Replayed against ${where}, ${pace}:`,
    '',
  ].join('\n');
}

const marks: Readonly<Record<ReplayEvent['kind'], string>> = {
  did: ' ',
  skipped: styleText('yellow', '–'),
  met: styleText('green', '✓'),
  refused: styleText('red', '✗'),
  missed: styleText('red', '✗'),
  unexpected: styleText('red', '✗'),
  different: styleText('red', '✗'),
};

function line(event: ReplayEvent): string {
  const time = `${(event.atMs / 1000).toFixed(2)} s`.padStart(9);
  return `${marks[event.kind]} ${styleText('dim', time)}  ${(clientOf(event) ?? '').padEnd(2)}  ${describeReplayEvent(event)}`;
}

function summary({ deviations, expected, met, skipped, stopped, ms, acts }: ReplayReport): string {
  const differences = deviations.flatMap((one) => {
    const difference = frameDifference(one, deviations);
    if (!difference) return [];
    return [
      `  ${clientOf(one)} recorded  ${difference.recorded}`,
      `  ${clientOf(one)} received  ${difference.received}`,
    ];
  });
  const took = `in ${seconds(ms)}`;
  const left =
    skipped > 0
      ? ` ${count(skipped, 'event')} could not be repeated and ${skipped === 1 ? 'was' : 'were'} not judged.`
      : '';
  const verdict =
    deviations.length === 0 && !stopped
      ? styleText('green', `As recorded: ${count(acts, 'step')}, ${met} of ${count(expected, 'observation')}, ${took}.`)
      : styleText(
          'red',
          `${count(deviations.length, 'deviation')}: ${met} of ${count(expected, 'observation')} as recorded, ${took}.`,
        );
  return ['', ...differences, ...(differences.length > 0 ? [''] : []), verdict + left].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
