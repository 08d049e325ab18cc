import { Client, type ClientEvent } from './connections/client.svelte.ts';
import type { Connection } from './connections/connection.svelte.ts';
import { Identity } from './identity/identity.svelte.ts';
import { originOf } from './identity/token-origin.ts';
import { TickingClock } from './parts/clock.svelte.ts';
import { Outbox } from './publish/outbox.ts';
import { Publisher } from './publish/publisher.svelte.ts';
import { ServiceAddress } from './service/service-address.svelte.ts';
import { type CallingPage, ServiceClient } from './service/service-client.ts';
import { ServiceStatus } from './service/service-status.svelte.ts';
import { eventOf, type PublishOutcome, Timeline } from './timeline/timeline.svelte.ts';

const utf8 = new TextEncoder();

/** How many colours tell clients apart. */
const clientColours = 8;

/** Everything that one playground holds, and the actions that concern more than one part of it. */
export class Session {
  readonly clock = new TickingClock();
  readonly address = new ServiceAddress();
  readonly timeline = new Timeline();
  readonly service: ServiceClient;
  readonly status: ServiceStatus;
  readonly identity: Identity;
  readonly publisher: Publisher;
  /** At least one, in the order in which they came. */
  clients = $state.raw<readonly Client[]>([]);
  /** The client that was last told to connect, or chosen. */
  current = $state.raw() as Client;
  /** How the last publish ended. */
  lastPublish = $state.raw<PublishOutcome>();
  readonly #outbox = new Outbox();

  constructor(page?: () => CallingPage) {
    this.service = new ServiceClient(() => this.#base(), page);
    this.status = new ServiceStatus(this.service);
    this.identity = new Identity(this.service, this.clock);
    this.current = this.addClient();
    // Whoever is connected is addressed first: the field above may already name the next user.
    this.publisher = new Publisher(() => (this.connection.isLive && this.current.userId) || this.identity.userId);
  }

  /** The connection of the current client. */
  get connection(): Connection {
    return this.current.connection;
  }

  /** Adds a client that has not connected yet. */
  addClient(): Client {
    const used = new Set(this.clients.map(({ name }) => name));
    let index = 0;
    while (used.has(clientName(index))) index += 1;
    const client = new Client(clientName(index), index % clientColours, {
      base: () => this.#base(),
      renew: (minted) => this.identity.mintAgain(minted),
      record: (from, event) => this.#record(from, event),
    });
    this.clients = [...this.clients, client];
    return client;
  }

  /** A client that is free to connect: the current one, else another whose connection has ended, else a new one. */
  freeClient(): Client {
    if (!this.current.isBusy) return this.current;
    return this.clients.findLast(({ isBusy }) => !isBusy) ?? this.addClient();
  }

  /** Disconnects a client and forgets it. */
  async removeClient(client: Client): Promise<void> {
    const gone = client.disconnect();
    this.clients = this.clients.filter((other) => other !== client);
    if (this.current === client) this.current = this.clients.at(-1) ?? this.addClient();
    await gone;
  }

  /** Forgets the clients that have no connection and will have none. */
  removeEnded(): void {
    for (const client of this.clients.filter(({ isBusy }) => !isBusy)) void this.removeClient(client);
  }

  /** Closes every connection. */
  async disconnectAll(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.disconnect()));
  }

  /** Uses another service, leaving the one before. @returns Whether the address could be used. */
  async changeAddress(text: string): Promise<boolean> {
    const before = this.address.base;
    if (!this.address.choose(text)) return false;
    await this.#moved(before);
    return true;
  }

  /** Goes back to the service that this page came from. */
  async resetAddress(): Promise<void> {
    const before = this.address.base;
    this.address.reset();
    await this.#moved(before);
  }

  /** @returns The token; `undefined` where it could not be minted, or another is just being minted. */
  async mint(): Promise<string | undefined> {
    if (this.identity.isMinting) return undefined;
    const { lifetimeSeconds } = this.identity;
    const state = await this.identity.mint();
    if (state.name === 'minted') {
      const { userId, expectedError, ms, token } = state.minted;
      const origin = originOf(state.minted);
      this.timeline.add({ kind: 'minted', userId, lifetimeSeconds, expectedError, ms, origin });
      return token;
    }
    if (state.name === 'failed') {
      this.timeline.add({ kind: 'failure', stage: 'mint', failure: state.failure });
      void this.status.check();
    }
    return undefined;
  }

  /**
   * Mints a token for the identity and connects with it.
   *
   * @param client - Who connects; one that is free unless given.
   */
  async mintAndConnect(client?: Client): Promise<void> {
    const token = await this.mint();
    if (token !== undefined) await this.#connect(client ?? this.freeClient());
  }

  /** Connects with the identity's token, or mints one first. Does nothing while one is being minted. */
  async connect(client?: Client): Promise<void> {
    if (this.identity.isMinting) return;
    if (this.identity.minted === undefined) await this.mintAndConnect(client);
    else await this.#connect(client ?? this.freeClient());
  }

  async #connect(client: Client): Promise<void> {
    const { minted } = this.identity;
    if (minted === undefined) return;
    this.current = client;
    await client.connect(minted);
  }

  /** Connects to exactly this URL, without a token of this session's. */
  async dial(url: string): Promise<void> {
    this.current = this.freeClient();
    await this.current.dial(url);
  }

  async publish(): Promise<void> {
    const base = this.#base();
    const userId = this.publisher.target;
    const text = this.publisher.take();
    const bytes = utf8.encode(text).byteLength;
    const pending: PublishOutcome = { name: 'pending' };
    const id = this.timeline.add({ kind: 'publish', userId, text, bytes, event: eventOf(text), outcome: pending });
    this.lastPublish = pending;
    this.#outbox.sent(text, performance.now());
    const answer = await this.service.publish({ user_id: userId, payload: text });
    const outcome: PublishOutcome = answer.ok
      ? { name: 'accepted', channel: answer.value.channel, receivers: answer.value.receivers, ms: answer.ms }
      : { name: 'failed', failure: answer.failure };
    this.timeline.settle(id, outcome);
    if (this.#base() !== base) return;
    this.lastPublish = outcome;
    if (outcome.name === 'accepted') this.publisher.learn(outcome.channel, userId);
    else void this.status.check();
  }

  /** Lets go of all that is the service's before; above all, its token must not be sent to another. */
  async #moved(before: string | undefined): Promise<void> {
    if (this.address.base !== before) {
      this.status.forget();
      this.identity.forget();
      this.publisher.forgetChannel();
      this.lastPublish = undefined;
      for (const client of this.clients) client.minted = undefined;
      await this.disconnectAll();
    }
    await this.status.check();
  }

  #base(): string {
    if (this.address.base === undefined) throw new Error('The address is read before anything is called.');
    return this.address.base;
  }

  #record(client: Client, event: ClientEvent): void {
    if (event.kind === 'frame') {
      const latencyMs = this.#outbox.arrived(event.text, performance.now());
      this.timeline.add({ ...event, event: eventOf(event.text), latencyMs }, client.name);
      return;
    }
    const origin = event.kind === 'connecting' && client.minted && originOf(client.minted);
    this.timeline.add(origin ? { ...event, origin } : event, client.name);
    if (event.kind === 'closed' && event.ending.code !== 1000) void this.status.checkClosely();
  }
}

/** A, B, … Z, A1, B1, … */
function clientName(index: number): string {
  const letter = String.fromCharCode('A'.charCodeAt(0) + (index % 26));
  return index < 26 ? letter : letter + Math.floor(index / 26);
}
