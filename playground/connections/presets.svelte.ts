import { defaultTokenLifetimeSeconds } from '../../service/contract/development.ts';
import type { HeldToken } from '../identity/token.ts';
import { maxClients, type Session } from '../session.svelte.ts';
import type { Client } from './client.svelte.ts';
import type { ConnectionState } from './connection.svelte.ts';

/** The users of “Two teachers”. */
export const twoTeachers = ['teacher-1', 'teacher-2'] as const;

/** Where a preset stands; `problem` is a sentence or two, with code in backticks. */
export type PresetState =
  | { readonly name: 'none' }
  | { readonly name: 'running' }
  | { readonly name: 'failed'; readonly problem: string };

/** Stops a preset; its message is for people. */
class NotPossible extends Error {}

/** Brings a session into a state worth looking at, in one click. What is connected stays. */
export class Presets {
  state = $state.raw<PresetState>({ name: 'none' });
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Connects two users, each once: what one gets, the other does not. */
  connectTwoTeachers(): Promise<void> {
    return this.#run(async () => {
      for (const userId of twoTeachers) {
        if (this.#openOf(userId) === 0) await this.#connect(await this.#tokenFor(userId));
      }
    });
  }

  /** Takes every place of one user, and asks for one more: the service refuses it with 4000. */
  fillPlaces(): Promise<void> {
    return this.#run(async () => {
      const places = await this.#session.places.ask();
      if (places === undefined) throw new NotPossible('The service does not say how many connections a user may have.');
      const { token: held, userId } = this.#session.identity;
      const token = held?.origin === 'pasted' ? held : await this.#tokenFor(userId);
      const missing = places + 1 - this.#openOf(token.userId);
      if (missing > this.#room) {
        throw new NotPossible(
          `This service allows a user ${places} connections, and the page has room for ${maxClients} in all. Start one with \`WEBSOCKET_MAX_CONNECTIONS_PER_USER=5 npm start\`.`,
        );
      }
      // One after the other, so that the last is the one that finds no place.
      for (let count = 0; count < missing; count++) await this.#connect(token);
    });
  }

  async #run(steps: () => Promise<void>): Promise<void> {
    if (this.state.name === 'running') return;
    this.state = { name: 'running' };
    try {
      await steps();
      this.state = { name: 'none' };
    } catch (error) {
      if (!(error instanceof NotPossible)) throw error;
      this.state = { name: 'failed', problem: error.message };
    }
  }

  get #room(): number {
    return maxClients - this.#session.clients.filter(({ isBusy }) => isBusy).length;
  }

  #openOf(userId: string | undefined): number {
    return this.#session.clients.filter((client) => client.userId === userId && isOpen(client)).length;
  }

  async #tokenFor(userId: string): Promise<HeldToken> {
    const { base } = this.#session.address;
    const minting = await this.#session.mintFor({ userId, lifetimeSeconds: defaultTokenLifetimeSeconds });
    if (!minting.ok) throw new NotPossible('No token could be minted. The timeline says why.');
    // It is of one service alone.
    if (this.#session.address.base !== base) throw new NotPossible('The address of the service has changed meanwhile.');
    return minting.minted;
  }

  async #connect(token: HeldToken): Promise<void> {
    const { clients } = this.#session;
    const fresh = clients.find(({ connection }) => connection.state.name === 'idle');
    const client = fresh ?? this.#session.addClient();
    this.#session.current = client;
    await client.connect(token);
    await client.connection.until(isDecided);
  }
}

const isOpen = ({ connection }: Client): boolean => connection.state.name === 'open';

const isDecided = ({ name }: ConnectionState): boolean => name === 'open' || name === 'closed';
