import type { Client } from './client.svelte.ts';

/** The clients of one user. */
export interface UserGroup {
  /** `undefined` for clients whose token names none, or that have no token. */
  readonly userId: string | undefined;
  readonly clients: readonly Client[];
  /** How many of them are open. */
  readonly open: readonly Client[];
}

/** Puts the clients of each user together, in the order in which the users came; those of none come last. */
export function groupByUser(clients: readonly Client[]): UserGroup[] {
  const byUser = Map.groupBy(clients, ({ userId }) => userId);
  const groups = [...byUser].map(([userId, members]) => ({
    userId,
    clients: members,
    open: members.filter(({ connection }) => connection.state.name === 'open'),
  }));
  return groups.sort((a, b) => Number(a.userId === undefined) - Number(b.userId === undefined));
}
