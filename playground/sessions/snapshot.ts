import type { ClientSetup, SavedMessage, Setup, TokenSource } from '../../service/sessions/session-file.ts';
import type { Client } from '../connections/client.svelte.ts';
import type { ClaimsDraft, ClaimType } from '../identity/claims-draft.svelte.ts';
import { originOf } from '../identity/token-origin.ts';
import { openSavedMessages } from '../publish/saved-messages.svelte.ts';
import { maxClients, type Session } from '../session.svelte.ts';

// The one place that knows both how the playground holds its state and how a file does.

/** A client that had a connection, which can be made again. */
export interface Reopening {
  readonly client: Client;
  readonly source: TokenSource;
}

/** What is filled in at the moment. */
export function setupOf(session: Session): Setup {
  const { identity, publisher, clients } = session;
  return {
    identity: {
      user_id: identity.userId,
      lifetime_seconds: identity.lifetimeSeconds,
      ...(identity.defect && { defect: identity.defect }),
      ...(identity.claims.claims && { claims: identity.claims.claims }),
    },
    clients: clients.map(clientSetup),
    publisher: {
      event: publisher.event,
      ...(publisher.target !== identity.userId && { user_id: publisher.target }),
      ...(publisher.isEdited && { text: publisher.text }),
    },
  };
}

function clientSetup(client: Client): ClientSetup {
  return {
    name: client.name,
    reconnect: client.mode,
    connected: client.isBusy,
    ...(client.token && { token: originOf(client.token).source }),
  };
}

/** Whether nobody has done or filled in anything yet. */
export function isUntouched(session: Session): boolean {
  const { publisher, clients, timeline } = session;
  const isBlank = ({ connection, mode }: Client) => connection.state.name === 'idle' && mode === 'off';
  return (
    timeline.length === 0 &&
    clients.length === 1 &&
    clients.every(isBlank) &&
    !publisher.isEdited &&
    JSON.stringify(setupOf(session)) === JSON.stringify(untouched)
  );
}

const untouched: Setup = {
  identity: { user_id: 'teacher-1', lifetime_seconds: 3600 },
  clients: [{ name: 'A', reconnect: 'off', connected: false }],
  publisher: { event: 'batch_results_ready' },
};

/**
 * Puts a set-up in place of the one that there is. Connections are closed; none is opened.
 *
 * @returns The clients that had one, for whoever wants to open them.
 */
export function applySetup(session: Session, setup: Setup): readonly Reopening[] {
  const { identity, publisher } = session;
  const clients = replaceClients(session, setup.clients);
  identity.forget();
  identity.userId = setup.identity.user_id;
  identity.lifetimeSeconds = setup.identity.lifetime_seconds;
  identity.lifetimeProblem = undefined;
  identity.defect = setup.identity.defect;
  identity.source = 'mint';
  fillClaims(identity.claims, setup.identity.claims ?? {});
  publisher.event = setup.publisher.event;
  publisher.target = setup.publisher.user_id ?? setup.identity.user_id;
  if (setup.publisher.text !== undefined) publisher.text = setup.publisher.text;
  return setup.clients.flatMap(({ connected, token }, index) => {
    const client = clients[index];
    return connected && token && client ? [{ client, source: token }] : [];
  });
}

/** Puts everything back to where it began. */
export function resetSession(session: Session): void {
  applySetup(session, untouched);
  session.timeline.clear();
  session.lastPublish = undefined;
}

/** Names are given in their order: those that only made a later one come round leave again. */
function replaceClients(session: Session, wanted: readonly ClientSetup[]): readonly (Client | undefined)[] {
  for (const client of session.clients) void session.removeClient(client);
  const named = () => new Map(session.clients.map((client) => [client.name, client]));
  while (session.clients.length < maxClients && wanted.some(({ name }) => !named().has(name))) session.addClient();
  const joined = named();
  // A name that no client is ever given is a file's that was written by hand: any other client will do.
  const spare = session.clients.filter(({ name }) => !wanted.some((one) => one.name === name));
  const inOrder = wanted.map(({ name }) => joined.get(name) ?? spare.shift());
  if (wanted.length > 0) for (const client of spare) void session.removeClient(client);
  for (const [index, { reconnect }] of wanted.entries()) inOrder[index]?.setMode(reconnect);
  if (inOrder[0]) session.current = inOrder[0];
  return inOrder;
}

/** The claims as someone would type them. */
function fillClaims(draft: ClaimsDraft, claims: Readonly<Record<string, unknown>>): void {
  for (const { id } of draft.rows) draft.remove(id);
  for (const [name, value] of Object.entries(claims)) {
    const type = claimType(value);
    draft.add(name, type, type === 'json' ? JSON.stringify(value) : value === null ? '' : String(value));
  }
}

function claimType(value: unknown): ClaimType {
  if (value === null) return 'removed';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' || typeof value === 'boolean' ? (typeof value as 'number' | 'boolean') : 'json';
}

/** The messages that this browser keeps, for a file. */
export function savedMessages(): readonly SavedMessage[] {
  return openSavedMessages().list.map(({ name, event, text }) => ({ name, event, text }));
}

/** Adds the messages of a file to those that this browser keeps, but for those that it has. */
export function addMessages(messages: readonly SavedMessage[]): void {
  const saved = openSavedMessages();
  for (const { name, event, text } of messages) {
    if (!saved.list.some((one) => one.name === name && one.text === text)) saved.save(name, event, text);
  }
}

/** Opens the connections again, each with a new token. @returns The clients for which there was none to be had. */
export async function reopen(session: Session, reopenings: readonly Reopening[]): Promise<readonly Client[]> {
  const failed: Client[] = [];
  for (const { client, source } of reopenings) {
    // A pasted token cannot be had again.
    if (source.kind === 'pasted') continue;
    const { user_id: userId, lifetime_seconds: lifetimeSeconds, defect, claims } = source;
    const minting = await session.mintFor({
      userId,
      lifetimeSeconds,
      ...(defect && { defect }),
      ...(claims && { claims }),
    });
    if (minting.ok) await client.connect(minting.minted);
    else failed.push(client);
  }
  return failed;
}
