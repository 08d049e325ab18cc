import { clientOf, describeReplayEvent } from '../../service/sessions/describe-event.ts';
import {
  isAsRecorded,
  type ReplayEvent,
  type ReplayReport,
  type ReplaySpeed,
  replay,
} from '../../service/sessions/replay.ts';
import type { Recording } from '../../service/sessions/session-file.ts';
import type { Timeline } from '../timeline/timeline.svelte.ts';

/** Where a replay stands. */
export type ReplayState =
  | { readonly name: 'running' }
  | { readonly name: 'done'; readonly report: ReplayReport; readonly isAsRecorded: boolean }
  /** The service could not be used; `problem` says why and what to do. */
  | { readonly name: 'failed'; readonly problem: string };

/** The speeds that can be chosen. */
export const speeds: readonly { readonly speed: ReplaySpeed; readonly label: string }[] = [
  { speed: 1, label: 'as recorded' },
  { speed: 2, label: '2 times as fast' },
  { speed: 10, label: '10 times as fast' },
  { speed: 'max', label: 'without pauses' },
];

/** One replay on this page: its progress, and a line in the timeline for each thing that happens. */
export class ReplayRun {
  state = $state.raw<ReplayState>({ name: 'running' });
  /** How many of the recording's events have been done, seen or missed. */
  passed = $state(0);
  deviations = $state.raw<readonly ReplayEvent[]>([]);
  readonly total: number;
  readonly #timeline: Timeline;
  readonly #abort = new AbortController();

  constructor(recording: Recording, base: string, speed: ReplaySpeed, timeline: Timeline) {
    this.total = recording.events.length;
    this.#timeline = timeline;
    void this.#run(recording, base, speed);
  }

  stop(): void {
    this.#abort.abort();
  }

  async #run(recording: Recording, base: string, speed: ReplaySpeed): Promise<void> {
    this.#note('plain', `Replay begins: ${this.total} events, ${speeds.find((one) => one.speed === speed)?.label}`);
    try {
      const { signal } = this.#abort;
      const report = await replay(recording, { base, speed, signal, onEvent: (event) => this.#take(event) });
      const good = isAsRecorded(report);
      this.state = { name: 'done', report, isAsRecorded: good };
      this.#note(
        good ? 'good' : report.stopped ? 'plain' : 'bad',
        `Replay ${report.stopped ? 'stopped' : 'ends'}: ${report.met} of ${report.expected} observations as recorded`,
      );
    } catch (error) {
      const problem = (error as Error).message;
      this.state = { name: 'failed', problem };
      this.#note('bad', `Replay failed: ${problem}`);
    }
  }

  #take(event: ReplayEvent): void {
    if (event.kind !== 'refused' && event.kind !== 'unexpected') this.passed += 1;
    const isDeviation = !['did', 'skipped', 'met'].includes(event.kind);
    if (isDeviation) this.deviations = [...this.deviations, event];
    const client = clientOf(event);
    const who = client === undefined ? '' : `${client} `;
    this.#note(
      isDeviation ? 'bad' : event.kind === 'met' ? 'good' : 'plain',
      `Replay: ${who}${describeReplayEvent(event)}`,
    );
  }

  #note(tone: 'plain' | 'good' | 'bad', text: string): void {
    this.#timeline.add({ kind: 'note', tone, text });
  }
}
