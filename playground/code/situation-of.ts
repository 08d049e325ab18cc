import type { Session } from '../session.svelte.ts';
import type { ConnectedUser, Publication, Situation, TokenSource } from './situation.ts';

/** What of a session its situation is made of. */
type Part = Pick<Session, 'address' | 'clients' | 'current' | 'identity' | 'publisher' | 'status'>;

/**
 * What is on the screen, for a program to do the same.
 *
 * @param events - The types of interest.
 * @param site - The origin of the page.
 * @param burst - How often the notification would be published, and at which rate.
 */
export function situationOf(
  session: Part,
  events: Situation['events'],
  site: string,
  burst: Pick<Publication, 'count' | 'perSecond'> = { count: 1 },
): Situation {
  const { address, current, publisher, status } = session;
  const busy = session.clients.filter(({ isBusy }) => isBusy);
  const broker = status.state.name === 'up' ? status.state.broker?.broker : undefined;
  return {
    service: address.base ?? site,
    site,
    users: connectedUsers(
      busy.map(({ userId }) => userId ?? session.identity.userId),
      session.identity.userId,
    ),
    reconnects: (busy.length > 0 ? busy : [current]).some(({ mode }) => mode !== 'off'),
    events,
    publication: { userId: publisher.target, payload: publisher.text, ...burst },
    channelPrefix: publisher.channelPrefix,
    broker: broker ?? 'embedded',
    token: tokenSource(session),
  };
}

/** How often each is connected; where nobody is, the one who would be. */
function connectedUsers(userIds: readonly string[], otherwise: string): ConnectedUser[] {
  const counts = new Map<string, number>();
  for (const userId of userIds) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  if (counts.size === 0) counts.set(otherwise, 1);
  return [...counts].map(([userId, connections]) => ({ userId, connections }));
}

/** As the token of the current connection was made; before there is one, as the next would be. */
function tokenSource({ current, identity }: Part): TokenSource {
  const { lifetimeSeconds, defect } = current.minted ?? identity;
  return { kind: 'minted', lifetimeSeconds, ...(defect && { defect }) };
}

/** What of the timeline tells which types arrived. */
interface Entry {
  readonly kind: string;
  readonly event?: string | undefined;
}

/** The most types that a program names one by one. */
const mostEvents = 16;

/** The types of the frames that arrived, in the order in which each came first; all, where none did or too many to name. */
export function seenEvents(entries: Iterable<Entry>): Situation['events'] {
  const seen = new Set<string>();
  for (const { kind, event } of entries) if (kind === 'frame' && event !== undefined) seen.add(event);
  return seen.size === 0 || seen.size > mostEvents ? 'all' : [...seen];
}
