import { Connection, type ConnectionEvent } from './connections/connection.svelte.ts';
import { Identity, type MintedToken } from './identity/identity.svelte.ts';
import { TickingClock } from './parts/clock.svelte.ts';
import { Outbox } from './publish/outbox.ts';
import { Publisher } from './publish/publisher.svelte.ts';
import { ServiceAddress } from './service/service-address.svelte.ts';
import { type CallingPage, ServiceClient } from './service/service-client.ts';
import { ServiceStatus } from './service/service-status.svelte.ts';
import { eventOf, type PublishOutcome, Timeline } from './timeline/timeline.svelte.ts';

const utf8 = new TextEncoder();

/** Everything that one playground holds, and the actions that concern more than one part of it. */
export class Session {
  readonly clock = new TickingClock();
  readonly address = new ServiceAddress();
  readonly timeline = new Timeline();
  readonly client: ServiceClient;
  readonly status: ServiceStatus;
  readonly identity: Identity;
  readonly publisher: Publisher;
  readonly connection: Connection;
  /** The token that the connection was opened with; the identity may have minted another since. */
  connectedWith = $state.raw<MintedToken>();
  /** How the last publish ended. */
  lastPublish = $state.raw<PublishOutcome>();
  readonly #outbox = new Outbox();

  constructor(page?: () => CallingPage) {
    this.client = new ServiceClient(() => this.#base(), page);
    this.status = new ServiceStatus(this.client);
    this.identity = new Identity(this.client, this.clock);
    // Whoever is connected is addressed first: the field above may already name the next user.
    this.publisher = new Publisher(
      () => (this.connection.isLive && this.connectedWith?.userId) || this.identity.userId,
    );
    this.connection = new Connection((event) => this.#record(event));
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
      this.timeline.add({ kind: 'minted', userId, lifetimeSeconds, expectedError, ms });
      return token;
    }
    if (state.name === 'failed') {
      this.timeline.add({ kind: 'failure', stage: 'mint', failure: state.failure });
      void this.status.check();
    }
    return undefined;
  }

  async mintAndConnect(): Promise<void> {
    const token = await this.mint();
    if (token !== undefined) await this.#open(token);
  }

  /** Connects with the token that is there, or mints one first. Does nothing while one is being minted. */
  async connect(): Promise<void> {
    if (this.identity.isMinting) return;
    const { minted } = this.identity;
    if (minted === undefined) await this.mintAndConnect();
    else await this.#open(minted.token);
  }

  async #open(token: string): Promise<void> {
    this.connectedWith = this.identity.minted;
    await this.connection.connect(this.#base(), token);
  }

  /** Connects to exactly this URL, without a token of this session's. */
  async dial(url: string): Promise<void> {
    this.connectedWith = undefined;
    await this.connection.dial(url);
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
    const bytes = utf8.encode(text).byteLength;
    const pending: PublishOutcome = { name: 'pending' };
    const id = this.timeline.add({ kind: 'publish', userId, text, bytes, event: eventOf(text), outcome: pending });
    this.#outbox.sent(text, performance.now());
    const answer = await this.client.publish({ user_id: userId, payload: text });
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
      this.publisher.forgetChannel();
      this.lastPublish = undefined;
      await this.connection.disconnect();
    }
    await this.status.check();
  }

  #base(): string {
    if (this.address.base === undefined) throw new Error('The address is read before anything is called.');
    return this.address.base;
  }

  #record(event: ConnectionEvent): void {
    if (event.kind === 'frame') {
      const latencyMs = this.#outbox.arrived(event.text, performance.now());
      this.timeline.add({ ...event, event: eventOf(event.text), latencyMs });
      return;
    }
    this.timeline.add(event);
    if (event.kind === 'closed' && event.ending.code !== 1000) void this.status.checkClosely();
  }
}
