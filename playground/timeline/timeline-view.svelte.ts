import { PaintSignal } from '../parts/paint-signal.svelte.ts';
import { Queue } from '../parts/queue.ts';
import { type Filter, noFilter, passes, searchedText } from './filter.ts';
import { readSearch } from './search.ts';
import type { Timeline, TimelineEntry } from './timeline.svelte.ts';

/** How long entries are judged before the page gets its turn, in milliseconds. */
const batchMs = 8;
/** An expression that takes so long for one entry is used no more. */
const slowestMs = 50;
/** How many names of events are remembered to choose from. */
const eventLimit = 40;

/** Where entries come from: the timeline, or what it held when it was paused. */
interface Source {
  readonly firstId: number;
  readonly length: number;
  get(id: number): TimelineEntry | undefined;
}

/**
 * What of a timeline is shown: filtered, searched, paused, one entry selected.
 *
 * Each entry is judged once; those that the timeline lets go leave at the front. The work is done when something is read,
 * and no more of it at a time than a paint bears: the rest follows with the next.
 */
export class TimelineView {
  readonly timeline: Timeline;
  /** Whether the list stays with the newest. */
  follows = $state(true);
  /** Whether the selected entry is shown whole. */
  isOpen = $state(false);
  /** The frame that others are compared with. */
  compared = $state.raw<TimelineEntry>();
  #filter = $state.raw<Filter>(noFilter);
  #written = $state('');
  readonly #search = $derived(readSearch(this.#written));
  #frozen = $state.raw<Source & { readonly lastId: number }>();
  #selected = $state.raw<TimelineEntry>();
  #isTooSlow = $state(false);
  readonly #matches = new Queue<number>();
  readonly #more = new PaintSignal();
  readonly #events = new Set<string>();
  readonly #clients = new Set<string>();
  #judgedTo = 0;
  #gone = 0;
  #cut = 0;
  #hasShownFrame = false;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  get filter(): Filter {
    return this.#filter;
  }

  set filter(filter: Filter) {
    this.#filter = filter;
    this.#restart();
  }

  /** The search as it is written: text, or `/expression/flags`. */
  get written(): string {
    return this.#written;
  }

  set written(written: string) {
    this.#written = written;
    this.#isTooSlow = false;
    this.#restart();
  }

  /** What is wrong with the search; it filters nothing then. */
  get problem(): string | undefined {
    if (this.#search.kind === 'problem') return this.#search.problem;
    if (this.#isTooSlow) return 'The expression took too long for a single entry and is not used. Make it simpler.';
    return undefined;
  }

  /** How many messages are so long that an expression saw only their beginning. */
  get cut(): number {
    this.#catchUp();
    return this.#cut;
  }

  /** Whether entries are still to be judged. */
  get isSearching(): boolean {
    this.#catchUp();
    return this.#judgedTo < lastOf(this.#source);
  }

  /** How many entries are shown. */
  get length(): number {
    this.#catchUp();
    return this.#matches.length;
  }

  /** How many entries there are to choose from. */
  get total(): number {
    return this.#source.length;
  }

  /** How many of the shown ones have left at the front since the filter was last changed. */
  get gone(): number {
    this.#catchUp();
    return this.#gone;
  }

  /** @param index - From 0, the oldest that is shown. */
  at(index: number): TimelineEntry | undefined {
    this.#catchUp();
    const id = this.#matches.at(index);
    return id === undefined ? undefined : this.#source.get(id);
  }

  /** The names of the events that have come, to choose from. */
  get events(): readonly string[] {
    this.#catchUp();
    return [...this.#events].sort();
  }

  /** The names of the clients to which something happened. */
  get clients(): readonly string[] {
    this.#catchUp();
    return [...this.#clients].sort();
  }

  get isPaused(): boolean {
    return this.#frozen !== undefined;
  }

  /** How many entries have come since the pause began. */
  get newSincePause(): number {
    if (this.#frozen === undefined) return 0;
    return Math.max(0, lastOf(this.timeline) - this.#frozen.lastId);
  }

  /** What is shown stays as it is, while the timeline goes on within its bounds. */
  pause(): void {
    const { firstId, entries } = this.timeline;
    this.#frozen = {
      firstId,
      length: entries.length,
      lastId: firstId + entries.length - 1,
      get: (id) => entries[id - firstId],
    };
  }

  resume(): void {
    this.#frozen = undefined;
    this.follows = true;
  }

  clear(): void {
    this.timeline.clear();
    this.resume();
    this.#selected = undefined;
    this.compared = undefined;
    this.isOpen = false;
    this.#hasShownFrame = false;
    this.#events.clear();
    this.#clients.clear();
    this.#restart();
  }

  /** The selected entry as it stands now; it stays after the timeline has let it go. */
  get selected(): TimelineEntry | undefined {
    this.timeline.length;
    return this.#selected && (this.timeline.get(this.#selected.id) ?? this.#selected);
  }

  /** Where the selected entry stands among those that are shown; -1 where it does not. */
  get selectedIndex(): number {
    const id = this.#selected?.id;
    if (id === undefined) return -1;
    const index = this.#placeOf(id);
    return this.#matches.at(index) === id ? index : -1;
  }

  select(entry: TimelineEntry | undefined): void {
    this.#selected = entry;
  }

  /** Selects the entry so many places on, or the nearest there is. Without a selection, `from` is where it starts. */
  move(step: number, from: number): void {
    const { length } = this;
    if (length === 0) return;
    const selected = this.#selected;
    const start = selected === undefined ? from : this.#placeOf(selected.id) + step;
    this.select(this.at(Math.min(length - 1, Math.max(0, start))));
  }

  /** Opens the first frame that ever comes: whoever sees it for the first time need not know that it can be opened. */
  openFirstFrame(from: number): void {
    if (this.#hasShownFrame) return;
    for (let id = Math.max(from, this.timeline.firstId); id <= lastOf(this.timeline); id++) {
      const entry = this.timeline.get(id);
      if (entry?.kind !== 'frame') continue;
      this.#hasShownFrame = true;
      if (this.#selected === undefined) {
        this.select(entry);
        this.isOpen = true;
      }
      return;
    }
  }

  get #source(): Source {
    return this.#frozen ?? this.timeline;
  }

  #restart(): void {
    this.#matches.clear();
    this.#judgedTo = 0;
    this.#gone = 0;
    this.#cut = 0;
    this.#more.changed();
  }

  #catchUp(): void {
    this.#more.follow();
    const source = this.#source;
    // Read here, so that whoever reads what is shown follows it.
    const { length } = source;
    const filter = this.#filter;
    const search = this.#isTooSlow ? undefined : this.#search;
    while (this.#matches.length > 0 && (this.#matches.at(0) as number) < source.firstId) {
      this.#matches.shift();
      this.#gone += 1;
    }
    const last = source.firstId + length - 1;
    const started = performance.now();
    for (let id = Math.max(this.#judgedTo + 1, source.firstId); id <= last; id++) {
      const entry = source.get(id) as TimelineEntry;
      if (this.#passes(entry, filter, search)) this.#matches.push(id);
      this.#judgedTo = id;
      if (id % 16 === 0 && performance.now() - started > batchMs) break;
    }
    if (this.#judgedTo < last) this.#more.changed();
  }

  #passes(entry: TimelineEntry, filter: Filter, search: ReturnType<typeof readSearch> | undefined): boolean {
    if (entry.client !== undefined) this.#clients.add(entry.client);
    if ('event' in entry && entry.event && this.#events.size < eventLimit) this.#events.add(entry.event);
    if (!passes(entry, filter)) return false;
    if (search?.kind !== 'pattern') return true;
    const text = searchedText(entry);
    if (search.limit === Infinity) return search.pattern.test(text);
    if (text.length > search.limit) this.#cut += 1;
    const started = performance.now();
    const found = search.pattern.test(text.slice(0, search.limit));
    if (performance.now() - started > slowestMs) this.#giveUp();
    return found;
  }

  /** Not at once: what is on screen may just be reading. */
  #giveUp(): void {
    queueMicrotask(() => {
      this.#isTooSlow = true;
      this.#restart();
    });
  }

  /** Where an entry with this id stands or would stand. */
  #placeOf(id: number): number {
    this.#catchUp();
    let [from, to] = [0, this.#matches.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#matches.at(middle) as number) < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function lastOf({ firstId, length }: Source): number {
  return firstId + length - 1;
}
