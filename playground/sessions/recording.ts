import { parseCloseReason } from '../../service/contract/error-codes.ts';
import type { Act, Observation, RecordedEvent, Recording, TokenSource } from '../../service/sessions/session-file.ts';
import type { TokenOrigin } from '../identity/token-origin.ts';
import type { TimelineEntry } from '../timeline/timeline.svelte.ts';

/**
 * What a timeline holds, as it can be done again. Everything is recorded that the timeline still has: there is nothing
 * to start and nothing to forget.
 *
 * A frame that this page did not publish becomes a message that the replay publishes. What was refused by the service
 * had no effect and is left out, and so is what happened on a connection whose beginning the timeline no longer has.
 *
 * @returns `undefined` where nothing was done.
 */
export function recordingOf(entries: readonly TimelineEntry[]): Recording | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  const recorder = new Recorder(first.at);
  for (const entry of entries) recorder.take(entry);
  const { events } = recorder;
  return events.length === 0 ? undefined : { started_at: new Date(first.at).toISOString(), events };
}

/** A connection that is there at a moment of the recording, and which messages it has not received yet, by their text. */
interface Open {
  readonly user: string | undefined;
  readonly awaited: Map<string, string[]>;
}

class Recorder {
  readonly events: RecordedEvent[] = [];
  readonly #startedAt: number;
  readonly #tokens = new Map<string, string>();
  readonly #open = new Map<string, Open>();
  #messages = 0;
  #latest = 0;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  take(entry: TimelineEntry): void {
    // Clocks are set back; a recording never is.
    this.#latest = Math.max(this.#latest, entry.at - this.#startedAt);
    switch (entry.kind) {
      case 'minted':
        if (entry.origin) this.#mint(entry.origin);
        return;
      case 'publish':
        if (entry.outcome.name === 'accepted') this.#publish(entry.userId, entry.text);
        return;
      case 'note':
        if (entry.ends === 'page') this.#leaveAll();
        return;
      default:
        if (entry.client !== undefined) this.#takeOf(entry.client, entry);
    }
  }

  #takeOf(client: string, entry: TimelineEntry): void {
    if (entry.kind === 'connecting') {
      this.#connect(client, entry);
      return;
    }
    const open = this.#open.get(client);
    if (open === undefined) return;
    if (entry.kind === 'open') this.#add({ saw: 'open', client });
    if (entry.kind === 'sent') {
      const { binary, bytes, count } = entry;
      this.#add({ do: 'send', client, binary, bytes, count });
    }
    if (entry.kind === 'frame') this.#frame(client, open, entry.text);
    if (entry.kind === 'closing') this.#add({ do: 'disconnect', client, ...(entry.code === 1000 && { code: 1000 }) });
    if (entry.kind === 'closed') this.#close(client, entry.ending);
  }

  #add(event: Act | Observation): void {
    this.events.push({ at_ms: this.#latest, ...event });
  }

  #mint({ id, source }: TokenOrigin): string {
    const known = this.#tokens.get(id);
    if (known !== undefined) return known;
    const token = `t${this.#tokens.size + 1}`;
    this.#tokens.set(id, token);
    this.#add({ do: 'mint', token, source });
    return token;
  }

  #connect(client: string, { address, origin }: TimelineEntry & { kind: 'connecting' }): void {
    this.#open.set(client, { user: origin && subjectOf(origin.source), awaited: new Map() });
    if (origin) this.#add({ do: 'connect', client, token: this.#mint(origin) });
    else if (/\/ws\/?$/.test(address)) this.#add({ do: 'connect', client });
    else this.#add({ do: 'connect', client, unrepeatable: true });
  }

  #publish(user: string, payload: string): string {
    this.#messages += 1;
    const message = `m${this.#messages}`;
    this.#add({ do: 'publish', message, user_id: user, payload });
    for (const open of this.#open.values()) {
      if (open.user === user) open.awaited.set(payload, [...(open.awaited.get(payload) ?? []), message]);
    }
    return message;
  }

  #frame(client: string, open: Open, text: string): void {
    if (open.user !== undefined && !open.awaited.get(text)?.length) this.#publish(open.user, text);
    const message = open.awaited.get(text)?.shift();
    this.#add(message === undefined ? { saw: 'frame', client, text } : { saw: 'frame', client, message });
  }

  #close(client: string, { code, reason }: (TimelineEntry & { kind: 'closed' })['ending']): void {
    this.#open.delete(client);
    const cause = parseCloseReason(reason)?.error_code;
    this.#add({ saw: 'closed', client, code, ...(cause !== undefined && { error_code: cause }) });
  }

  /** A page that goes takes its connections along, and sees none of them end. */
  #leaveAll(): void {
    for (const client of this.#open.keys()) {
      this.#add({ do: 'disconnect', client, code: 1000 });
      this.#add({ saw: 'closed', client, code: 1000 });
    }
    this.#open.clear();
  }
}

/** Whom a token makes of its bearer. */
function subjectOf(source: TokenSource): string | undefined {
  const claimed = source.kind === 'minted' ? source.claims?.sub : undefined;
  return typeof claimed === 'string' ? claimed : source.user_id;
}
