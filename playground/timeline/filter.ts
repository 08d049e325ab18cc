import type { Category, Priority } from '../../service/contract/notifications.ts';
import { describeEntry } from './describe-entry.ts';
import type { TimelineEntry } from './timeline.svelte.ts';

/** Where an entry went: to a client, from a client, through a channel; or it is no message but says how something stands. */
export type Direction = 'in' | 'out' | 'published' | 'state';

export const directionWords: Readonly<Record<Direction, string>> = {
  in: 'Received',
  out: 'Sent',
  published: 'Published',
  state: 'Connection and token',
};

/** In the place of a client's name: what concerns none. */
export const noClient = '';

/** Which entries are shown. An empty set lets all through. */
export interface Filter {
  readonly clients: ReadonlySet<string>;
  readonly directions: ReadonlySet<Direction>;
  readonly events: ReadonlySet<string>;
  readonly categories: ReadonlySet<Category>;
  readonly priorities: ReadonlySet<Priority>;
}

export const noFilter: Filter = {
  clients: new Set(),
  directions: new Set(),
  events: new Set(),
  categories: new Set(),
  priorities: new Set(),
};

/** How many of its fields filter something. */
export function activeFilters(filter: Filter): number {
  return Object.values(filter).filter(({ size }) => size > 0).length;
}

export function directionOf({ kind }: TimelineEntry): Direction {
  if (kind === 'frame') return 'in';
  if (kind === 'sent') return 'out';
  return kind === 'publish' ? 'published' : 'state';
}

/** Whether an entry is shown. What is no notification has no category, priority or event. */
export function passes(entry: TimelineEntry, filter: Filter): boolean {
  const { clients, directions, events, categories, priorities } = filter;
  if (clients.size > 0 && !clients.has(entry.client ?? noClient)) return false;
  if (directions.size > 0 && !directions.has(directionOf(entry))) return false;
  if (events.size > 0 && !events.has(eventNamed(entry))) return false;
  if (categories.size === 0 && priorities.size === 0) return true;
  // Read from the text only now: on arrival it would cost every frame, and few are ever filtered.
  const { category, priority } = labelsOf(entry);
  if (categories.size > 0 && !categories.has(category as Category)) return false;
  return priorities.size === 0 || priorities.has(priority as Priority);
}

function eventNamed(entry: TimelineEntry): string {
  return (entry.kind === 'frame' || entry.kind === 'publish') && entry.event !== undefined ? entry.event : '';
}

/** What a notification's `data` says of itself. */
export function labelsOf(entry: TimelineEntry): { readonly category?: unknown; readonly priority?: unknown } {
  if (entry.kind !== 'frame' && entry.kind !== 'publish') return {};
  try {
    return JSON.parse(entry.text)?.data ?? {};
  } catch {
    return {};
  }
}

/** The text in which a search looks: of a message the message, of anything else what its row says. */
export function searchedText(entry: TimelineEntry): string {
  if (entry.kind === 'frame') return entry.text;
  if (entry.kind === 'publish') return `${entry.userId} ${entry.text}`;
  const { title, facts, body } = describeEntry(entry);
  return [title, ...facts, body?.text ?? ''].join(' ');
}
