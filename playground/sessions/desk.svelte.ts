import { parseSession } from '../../service/sessions/parse-session.ts';
import type { Fault } from '../../service/sessions/read.ts';
import type { ReplaySpeed } from '../../service/sessions/replay.ts';
import { type Recording, type SessionFile, sessionLimits } from '../../service/sessions/session-file.ts';
import { type WrittenSession, writeSession } from '../../service/sessions/write-session.ts';
import type { Failure } from '../service/failure.ts';
import type { Session } from '../session.svelte.ts';
import { keep, keptSessionKey, readKept, type Store } from './kept-state.ts';
import { recordingOf } from './recording.ts';
import { ReplayRun } from './replay-run.svelte.ts';
import { isSessionLink, readSessionLink } from './session-link.ts';
import {
  addMessages,
  applySetup,
  isUntouched,
  type Reopening,
  reopen,
  resetSession,
  savedMessages,
  setupOf,
} from './snapshot.ts';

/** A session that was handed to this page, and is not in use yet; or why it cannot be. */
export type Incoming = { readonly from: 'link' | 'file'; readonly name: string } & (
  | { readonly session: SessionFile }
  | { readonly problem: string; readonly faults: readonly Fault[] }
);

/** What of a session is given away. */
export interface Sharing {
  readonly recording: boolean;
  readonly messages: boolean;
  readonly address: boolean;
}

/** Keeps, shares, opens and replays the session of one playground. */
export class SessionDesk {
  /** What a link brought. */
  linked = $state.raw<Incoming>();
  /** What a file brought. */
  opened = $state.raw<Incoming>();
  /** Connections that there were, and that one click opens again. */
  reopenings = $state.raw<readonly Reopening[]>([]);
  /** Where they come from. */
  reopeningFrom = $state<'reload' | 'file'>('reload');
  isReopening = $state(false);
  /** What there is to say about keeping, in a sentence. */
  storageNote = $state<string>();
  run = $state.raw<ReplayRun>();
  /** What was replayed last, or was to be. */
  replayed = $state.raw<Incoming>();
  /** Why a replay could not begin. */
  hindrance = $state.raw<Failure>();
  readonly session: Session;
  #store: Store | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  /**
   * Brings back what this tab kept, and takes a session from the page's address.
   *
   * @param store - Where it is kept; left out where storage is forbidden.
   */
  async begin(hash: string, store: Store | undefined): Promise<void> {
    this.#store = store;
    if (store === undefined) this.storageNote = 'This browser lets the page keep nothing: a reload begins anew.';
    else this.#restore(store);
    await this.take(hash);
  }

  /** Takes a session from the hash of an address, if there is one. */
  async take(hash: string): Promise<void> {
    if (!isSessionLink(hash)) return;
    const linked = await readSessionLink(hash);
    this.linked =
      'problem' in linked
        ? { from: 'link', name: 'The link', problem: linked.problem, faults: [] }
        : { from: 'link', name: 'The link', ...judged(linked.text) };
  }

  /** Reads a file. Nothing is changed by it. */
  async open(file: File): Promise<void> {
    this.leaveReplay(this.opened);
    this.opened = undefined;
    // A file that is too large is not read: its size alone is judged.
    const read = file.size > sessionLimits.bytes ? new Uint8Array(file.size) : new Uint8Array(await file.arrayBuffer());
    this.opened = { from: 'file', name: file.name, ...judged(read) };
  }

  /** Puts the set-up of a session in place of what is there. */
  async setUp(incoming: SessionFile, withAddress: boolean): Promise<void> {
    if (withAddress && incoming.service !== undefined) await this.session.changeAddress(incoming.service);
    this.reopenings = applySetup(this.session, incoming.setup);
    if (incoming.setup.messages) addMessages(incoming.setup.messages);
    this.reopeningFrom = 'file';
  }

  /** Opens again the connections that are offered. */
  async reopenAll(): Promise<void> {
    if (this.isReopening) return;
    this.isReopening = true;
    const failed = await reopen(this.session, this.reopenings);
    // What failed is offered again: the service may be back soon.
    this.reopenings = this.reopenings.filter(
      ({ client, source }) => source.kind !== 'pasted' && failed.includes(client),
    );
    this.isReopening = false;
    if (failed.length > 0) void this.session.status.check();
  }

  /** What the timeline holds, as it can be replayed. */
  get recording(): Recording | undefined {
    return recordingOf(this.session.timeline.entries);
  }

  /** The session as a document, without anything secret. */
  write(
    { recording, messages, address }: Sharing,
    indent?: number,
  ): WrittenSession & { readonly recording: Recording | undefined } {
    const { session } = this;
    const recorded = recording ? this.recording : undefined;
    const written = writeSession(
      {
        saved_at: new Date().toISOString(),
        ...(address && session.address.base !== undefined && { service: session.address.base }),
        setup: { ...setupOf(session), ...(messages && { messages: savedMessages() }) },
        ...(recorded && { recording: recorded }),
      },
      indent,
    );
    return { ...written, recording: recorded };
  }

  /** Replays a recording against the service in use, unless that one cannot be used. */
  async replay(incoming: Incoming, speed: ReplaySpeed): Promise<void> {
    const { session } = this;
    const { base } = session.address;
    const recording = 'session' in incoming ? incoming.session.recording : undefined;
    if (base === undefined || recording === undefined || this.run?.state.name === 'running') return;
    this.run = undefined;
    this.replayed = incoming;
    await session.status.check();
    this.hindrance = session.status.hindrance(base);
    if (this.hindrance === undefined) this.run = new ReplayRun(recording, base, speed, session.timeline);
  }

  /** Ends the replay of what is put away. */
  leaveReplay(incoming: Incoming | undefined): void {
    if (this.replayed !== incoming) return;
    this.run?.stop();
    this.replayed = this.run = this.hindrance = undefined;
  }

  /** Forgets everything, also what survives a reload. */
  clear(): void {
    this.leaveReplay(this.replayed);
    resetSession(this.session);
    this.linked = this.opened = undefined;
    this.reopenings = [];
    this.#store?.removeItem(keptSessionKey);
  }

  /** Keeps what there is for the page that comes after this one. */
  keep(): void {
    const { session } = this;
    if (this.#store === undefined) return;
    if (isUntouched(session) && this.reopenings.length === 0) this.#store.removeItem(keptSessionKey);
    else keep(this.#store, this.#setupToKeep(), session.timeline.entries);
  }

  /** Who was offered to be connected and has not been is offered again. */
  #setupToKeep() {
    const setup = setupOf(this.session);
    const offered = new Map(this.reopenings.map(({ client, source }) => [client.name, source]));
    const clients = setup.clients.map((client) => {
      const token = offered.get(client.name);
      return token && !client.connected ? { ...client, connected: true, token } : client;
    });
    return { ...setup, clients };
  }

  #restore(store: Store): void {
    const kept = readKept(store);
    if (kept === undefined) return;
    if (kept === 'broken') {
      store.removeItem(keptSessionKey);
      this.storageNote = 'What this tab had kept could not be read, so the session begins anew.';
      return;
    }
    // Whoever was quicker than the page has begun something: that stays.
    if (!isUntouched(this.session)) return;
    const { timeline } = this.session;
    this.reopenings = applySetup(this.session, kept.setup);
    if (kept.left > 0 && kept.entries.length === 0)
      this.storageNote = 'The timeline of before the reload was larger than this browser keeps. The set-up is here.';
    timeline.restore(kept.entries);
    if (kept.entries.length > 0) timeline.add({ kind: 'note', tone: 'plain', text: reloaded(kept.left), ends: 'page' });
  }
}

function reloaded(left: number): string {
  const older = left > 0 ? `, without its ${left} oldest entries` : '';
  return `The page was reloaded. What stands above is from before${older}`;
}

function judged(input: string | Uint8Array) {
  const parsed = parseSession(input);
  return parsed.ok ? { session: parsed.session } : { problem: parsed.problem, faults: parsed.faults };
}

const desks = new WeakMap<Session, SessionDesk>();

/** The desk of a playground: the same for all parts of it. */
export function deskOf(session: Session): SessionDesk {
  const known = desks.get(session);
  if (known) return known;
  const desk = new SessionDesk(session);
  desks.set(session, desk);
  return desk;
}
