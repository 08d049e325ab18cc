import { Redis } from 'ioredis';
import { withDeadline } from './deadline.ts';
import type { RedisTarget } from './redis-address.ts';
import { RedisFault } from './redis-fault.ts';

/** What a link needs, and whom it tells. */
export interface RedisLinkOptions {
  readonly connection: RedisTarget['connection'];
  /** Shown by `CLIENT LIST`. */
  readonly name: string;
  readonly connectTimeoutMs: number;
  /** How long Redis may take to answer a command. */
  readonly answerTimeoutMs: number;
  readonly readFault: (error: unknown) => RedisFault;
  /** What must have succeeded on a new connection before it counts as up. */
  readonly greet: () => Promise<unknown>;
  readonly onUp: () => void;
  /** May be called while the link is down already: once for each failed attempt. */
  readonly onDown: (fault: RedisFault) => void;
}

const firstWaitMs = 50;
const longestWaitMs = 1000;

/** How long a connection that is being given up may take to close in good order. */
const goodbyeMs = 50;

/** A growing, capped wait, of which half is random: the instances of the service must not all return in one instant. */
function waitBeforeAttempt(attempt: number): number {
  const ceiling = Math.min(firstWaitMs * 2 ** attempt, longestWaitMs);
  return (ceiling / 2) * (1 + Math.random());
}

/** One connection to Redis that is made anew, for ever, until `close`. */
export class RedisLink {
  readonly redis: Redis;
  readonly #options: RedisLinkOptions;
  #up = false;
  #closed = false;
  /** The present connection is being given up, and this has been told. */
  #dropping = false;
  #attempts = 0;
  /** Counts connections, so that a greeting that ends late is not taken for the present one's. */
  #connection = 0;
  #fault: RedisFault | null = null;
  /** What the present connection's socket or handshake said. */
  #error: RedisFault | null = null;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.redis = new Redis({
      ...options.connection,
      lazyConnect: true,
      connectTimeout: options.connectTimeoutMs,
      disconnectTimeout: goodbyeMs,
      retryStrategy: () => waitBeforeAttempt(this.#attempts++),
      // The broker knows which channels are wanted by then; ioredis knows which were acknowledged before.
      autoResubscribe: false,
      enableOfflineQueue: false,
      // Without resending, ioredis forgets an unanswered command and its promise never settles; 0 makes it reject
      // when the connection closes.
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // It would wait until Redis has loaded its data. SUBSCRIBE and PUBLISH are served before.
      enableReadyCheck: false,
      disableClientInfo: true,
    });
    this.redis.on('connect', () => {
      this.#error = null;
    });
    this.redis.on('ready', () => this.#greet());
    this.redis.on('error', (error) => this.#failed(options.readFault(error)));
    this.redis.on('close', () => this.#lost());
    this.redis.on('end', () => this.#ended());
  }

  /** Whether a greeted connection stands. */
  get up(): boolean {
    return this.#up && !this.#closed;
  }

  /** Why the link is not up. */
  get fault(): RedisFault {
    return this.#fault ?? new RedisFault('lost', this.#closed ? 'the broker is closed' : 'not connected yet');
  }

  connect(): void {
    if (this.#closed) return;
    // Its failure comes as an `error` event, too.
    this.redis.connect().catch(() => {});
  }

  /**
   * Sends a command. Where no answer comes in time the connection is given up.
   *
   * @throws RedisFault
   */
  async send<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    const { answerTimeoutMs, readFault } = this.#options;
    const connection = this.#connection;
    const late = () => new RedisFault('stuck', `no answer within ${answerTimeoutMs} ms`);
    try {
      return await withDeadline(command(this.redis), answerTimeoutMs, late);
    } catch (error) {
      const fault = readFault(error);
      if (fault.kind === 'stuck' && connection === this.#connection) this.drop(fault);
      throw fault;
    }
  }

  /** Gives the present connection up for a new one; does nothing where there is none. */
  drop(fault: RedisFault): void {
    // Before `connect` there may be no socket yet, and ioredis would end for good.
    const connected = this.redis.status === 'connect' || this.redis.status === 'ready';
    if (this.#closed || this.#dropping || !connected) return;
    this.#dropping = true;
    this.#down(fault);
    this.redis.disconnect(true);
  }

  /** Lets answers that are under way arrive, within `patienceMs`, and closes. */
  async close(patienceMs: number): Promise<void> {
    this.#closed = true;
    if (this.#up && patienceMs > 0) {
      const late = () => new RedisFault('stuck', 'no answer');
      await withDeadline(this.redis.quit(), patienceMs, late).catch(() => {});
    }
    this.#down(new RedisFault('lost', 'the broker is closed'));
    // In the other states there is no socket, and no `end` will come.
    const open = ['connecting', 'connect', 'ready'].includes(this.redis.status);
    const ended = new Promise<void>((resolve) => (open ? this.redis.once('end', resolve) : resolve()));
    this.redis.disconnect();
    await withDeadline(ended, 2 * goodbyeMs, () => new RedisFault('stuck', 'no end')).catch(() => {});
  }

  async #greet(): Promise<void> {
    const connection = this.#connection;
    try {
      // Cosmetic, and an access list may forbid it.
      this.redis.client('SETNAME', this.#options.name).catch(() => {});
      await this.#options.greet();
      if (connection !== this.#connection || this.#closed) return;
      this.#up = true;
      this.#attempts = 0;
      this.#fault = null;
      this.#options.onUp();
    } catch (error) {
      if (connection === this.#connection) this.drop(this.#options.readFault(error));
    }
  }

  /** An error outside a command: of the socket, whose `close` follows, or of the handshake's AUTH or SELECT. */
  #failed(fault: RedisFault): void {
    this.#error = fault;
    if (fault.kind === 'refused') this.drop(fault);
  }

  #lost(): void {
    if (!this.#dropping) this.#down(this.#error ?? new RedisFault('lost', 'the connection was closed'));
    this.#dropping = false;
  }

  #down(fault: RedisFault): void {
    this.#up = false;
    this.#connection++;
    this.#fault = fault;
    this.#options.onDown(fault);
  }

  /** ioredis gives up where a socket cannot even be made. We do not. */
  #ended(): void {
    if (this.#closed) return;
    setTimeout(() => this.connect(), waitBeforeAttempt(this.#attempts++)).unref();
  }
}
