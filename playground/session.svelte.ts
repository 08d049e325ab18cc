import { websocketUrl } from '../service/contract/endpoints.ts';
import { Client, type ClientEvent } from './connections/client.svelte.ts';
import type { Connection } from './connections/connection.svelte.ts';
import { Places } from './connections/places.svelte.ts';
import { Commands } from './help/commands.ts';
import { Identity, type Minting, type MintOrder, type TokenSource } from './identity/identity.svelte.ts';
import type { PastedToken } from './identity/token.ts';
import { originOf } from './identity/token-origin.ts';
import { clientColour, clientName } from './parts/client-colour.ts';
import { TickingClock } from './parts/clock.svelte.ts';
import { utf8Length } from './parts/utf8-length.ts';
import { Outbox } from './publish/outbox.ts';
import { Publisher } from './publish/publisher.svelte.ts';
import type { CallingPage } from './service/address-space.ts';
import { ServiceAddress } from './service/service-address.svelte.ts';
import { ServiceClient } from './service/service-client.ts';
import { ServiceStatus } from './service/service-status.svelte.ts';
import { Announcer } from './timeline/announcer.svelte.ts';
import { eventOf, type PublishOutcome, Timeline } from './timeline/timeline.svelte.ts';

/** The most clients that a session holds: each is a socket, and a row on the page. */
export const maxClients = 50;

/** Everything that one playground holds, and the actions that concern more than one part of it. */
export class Session {
  readonly clock = new TickingClock();
  readonly address = new ServiceAddress();
  readonly timeline = new Timeline();
  /** The one voice for screen readers: whatever happens is spoken through it, once. */
  readonly announcer = new Announcer();
  readonly commands = new Commands();
  readonly service: ServiceClient;
  readonly status: ServiceStatus;
  readonly identity: Identity;
  readonly publisher: Publisher;
  readonly places: Places;
  /** At least one, in the order in which they came. */
  clients = $state.raw<readonly Client[]>([]);
  /** The client that was last told to connect, or chosen. */
  current = $state.raw() as Client;
  /** How the last publish ended. */
  lastPublish = $state.raw<PublishOutcome>();
  /** What each client still has to receive of what this page published. */
  readonly #outboxes = new WeakMap<Client, Outbox>();

  constructor(page?: () => CallingPage) {
    this.service = new ServiceClient(() => this.#base(), page);
    this.status = new ServiceStatus(this.service);
    this.identity = new Identity(this.service, this.clock);
    this.places = new Places(this.service);
    this.current = this.addClient();
    // Whoever is connected is addressed first: the field above may already name the next user.
    this.publisher = new Publisher(() => (this.connection.isLive && this.current.userId) || this.identity.userId);
  }

  /** The connection of the current client. */
  get connection(): Connection {
    return this.current.connection;
  }

  /** Whether the service mints tokens and publishes, as far as is known: its development endpoints do both. */
  get canMint(): boolean {
    const { state } = this.status;
    return state.name !== 'up' || state.health.development_endpoints;
  }

  /** Where the token to connect with comes from: from the reader, where the service mints none. */
  get tokenSource(): TokenSource {
    const { source } = this.identity;
    return source === 'mint' && !this.canMint ? 'paste' : source;
  }

  /** Whether one more can connect: a client is free to, or may be added. */
  get hasRoom(): boolean {
    return this.clients.length < maxClients || this.clients.some(({ isBusy }) => !isBusy);
  }

  /**
   * Adds a client that has not connected yet; with no room left, in place of the oldest whose connection has ended.
   *
   * @throws RangeError where there is none to give way: see `hasRoom`.
   */
  addClient(): Client {
    if (this.clients.length >= maxClients) this.#makeRoom();
    const used = new Set(this.clients.map(({ name }) => name));
    let index = 0;
    while (used.has(clientName(index))) index += 1;
    const name = clientName(index);
    const client = new Client(name, clientColour(name), {
      base: () => this.#base(),
      renew: (minted) => this.identity.mintAgain(minted),
      record: (from, event) => this.#record(from, event),
    });
    this.clients = [...this.clients, client];
    return client;
  }

  #makeRoom(): void {
    const spent = this.clients.find(
      (client) => client !== this.current && !client.isBusy && client.connection.hasEnded,
    );
    if (spent === undefined) throw new RangeError(`A session holds ${maxClients} clients at most.`);
    void this.removeClient(spent);
  }

  /**
   * A client that is free to connect: the current one, else another whose connection has ended, else a new one.
   *
   * @throws RangeError as `addClient`.
   */
  freeClient(): Client {
    if (!this.current.isBusy) return this.current;
    return this.clients.findLast(({ isBusy }) => !isBusy) ?? this.addClient();
  }

  /** Disconnects a client and forgets it. */
  async removeClient(client: Client): Promise<void> {
    client.setMode('off');
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
    if (token !== undefined) await this.#connect(client);
  }

  /** Connects with the identity's token, or mints one first. Does nothing while one is being minted. */
  async connect(client?: Client): Promise<void> {
    if (this.identity.isMinting) return;
    if (this.identity.token === undefined) await this.mintAndConnect(client);
    else await this.#connect(client);
  }

  async #connect(client: Client | undefined): Promise<void> {
    const { token } = this.identity;
    if (token === undefined || (client === undefined && !this.hasRoom)) return;
    this.current = client ?? this.freeClient();
    await this.current.connect(token);
  }

  /** Connects as the identity panel is set: with its token, or without any. */
  async connectAsChosen(client?: Client): Promise<void> {
    if (this.identity.source !== 'none') return this.connect(client);
    if (client === undefined && !this.hasRoom) return;
    this.current = client ?? this.freeClient();
    await this.current.dial(websocketUrl(this.#base()));
  }

  /** Takes a token of the reader's own. */
  takePasted(pasted: PastedToken): void {
    this.identity.takePasted(pasted);
    this.timeline.add({ kind: 'pasted', userId: pasted.userId });
  }

  /** Mints a token beside the identity's, which stays. */
  async mintFor(order: MintOrder): Promise<Minting> {
    const minting = await this.identity.mintAgain(order);
    if (minting.ok) {
      const { userId, lifetimeSeconds, expectedError, ms } = minting.minted;
      const origin = originOf(minting.minted);
      this.timeline.add({ kind: 'minted', userId, lifetimeSeconds, expectedError, ms, origin });
    } else {
      this.timeline.add({ kind: 'failure', stage: 'mint', failure: minting.failure });
      void this.status.check();
    }
    return minting;
  }

  /** Connects to exactly this URL, without a token of this session's. */
  async dial(url: string): Promise<void> {
    this.current = this.freeClient();
    await this.current.dial(url);
  }

  /** Publishes the message of the publish panel to this user, who becomes its target. */
  async publishTo(userId: string): Promise<void> {
    this.publisher.target = userId;
    await this.publish();
  }

  /** Publishes what the publisher holds, to whom it names. */
  async publish(): Promise<void> {
    const base = this.#base();
    this.lastPublish = { name: 'pending' };
    const outcome = await this.publishText(this.publisher.target, this.publisher.take());
    if (this.#base() === base) this.lastPublish = outcome;
  }

  /** Publishes a text as it stands, and puts it into the timeline. Never rejects: a failure is an outcome. */
  async publishText(userId: string, text: string): Promise<PublishOutcome> {
    const base = this.#base();
    const bytes = utf8Length(text);
    const pending: PublishOutcome = { name: 'pending' };
    const id = this.timeline.add({ kind: 'publish', userId, text, bytes, event: eventOf(text), outcome: pending });
    this.#await(userId, text);
    const answer = await this.service.publish({ user_id: userId, payload: text });
    const outcome: PublishOutcome = answer.ok
      ? { name: 'accepted', channel: answer.value.channel, receivers: answer.value.receivers, ms: answer.ms }
      : { name: 'failed', failure: answer.failure };
    this.timeline.settle(id, outcome);
    if (this.#base() !== base) return outcome;
    if (outcome.name === 'accepted') this.publisher.learn(outcome.channel, userId);
    else void this.status.check();
    return outcome;
  }

  /** Lets go of all that is the service's before; above all, its token must not be sent to another. */
  async #moved(before: string | undefined): Promise<void> {
    if (this.address.base !== before) {
      this.status.forget();
      this.identity.forget();
      this.places.forget();
      this.publisher.forgetChannel();
      this.lastPublish = undefined;
      for (const client of this.clients) client.forget();
      await this.disconnectAll();
    }
    await this.status.check();
  }

  #base(): string {
    if (this.address.base === undefined) throw new Error('The address is read before anything is called.');
    return this.address.base;
  }

  /** Each connection of the user gets the message: each is to know how long it took. */
  #await(userId: string, text: string): void {
    const mark = performance.now();
    for (const client of this.clients) {
      if (!client.connection.isLive || (client.userId ?? userId) !== userId) continue;
      const outbox = this.#outboxes.get(client) ?? new Outbox();
      this.#outboxes.set(client, outbox);
      outbox.sent(text, mark);
    }
  }

  #record(client: Client, event: ClientEvent): void {
    if (event.kind === 'frame') {
      const latencyMs = this.#outboxes.get(client)?.arrived(event.text, performance.now());
      this.timeline.add({ ...event, event: eventOf(event.text), latencyMs }, client.name);
      return;
    }
    const origin = event.kind === 'connecting' && client.token && originOf(client.token);
    this.timeline.add(origin ? { ...event, origin } : event, client.name);
    if (event.kind === 'closed' && event.ending.code !== 1000) void this.status.checkClosely();
  }
}
