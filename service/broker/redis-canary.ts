import { withDeadline } from './deadline.ts';
import { RedisFault } from './redis-fault.ts';

export interface RedisCanaryOptions {
  /** How often to look, in milliseconds. */
  readonly intervalMs: number;
  /** How long a message may be under way, in milliseconds. */
  readonly timeoutMs: number;
  /** Publishes on the canary's channel. @throws RedisFault */
  readonly publish: (payload: Buffer) => Promise<unknown>;
  /** Told when a message did not come back in time. */
  readonly onMissing: (fault: RedisFault) => void;
}

/**
 * Publishes a message to ourselves now and then and waits for it.
 *
 * It finds what nothing else does: an idle subscriber notices neither that its peer is gone without a word, nor that
 * Redis answers but no longer delivers.
 */
export class RedisCanary {
  readonly #options: RedisCanaryOptions;
  #sent = 0;
  #flight: { readonly number: number; arrive(): void; fail(fault: RedisFault): void } | null = null;
  #probe: Promise<RedisFault | null> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: RedisCanaryOptions) {
    this.#options = options;
  }

  /** @param ready - Whether there is something to look at. */
  start(ready: () => boolean): void {
    this.#timer ??= setInterval(() => {
      if (ready()) this.probe();
    }, this.#options.intervalMs).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /**
   * Sends a message, or waits for the one that is under way.
   *
   * @returns `null` when it came back, otherwise why not. Never rejects.
   */
  probe(): Promise<RedisFault | null> {
    this.#probe ??= this.#run().finally(() => {
      this.#probe = null;
      this.#flight = null;
    });
    return this.#probe;
  }

  /** To be called with each message on the canary's channel. One that is too late is not taken for the present one. */
  arrived(payload: Buffer): void {
    if (this.#flight !== null && payload.toString('latin1') === String(this.#flight.number)) this.#flight.arrive();
  }

  /** Ends the wait: the connection that it was about is gone. */
  abandon(fault: RedisFault): void {
    this.#flight?.fail(fault);
  }

  async #run(): Promise<RedisFault | null> {
    const { publish, timeoutMs, onMissing } = this.#options;
    const number = ++this.#sent;
    const flight = new Promise<void>((arrive, fail) => {
      this.#flight = { number, arrive, fail };
    });
    publish(Buffer.from(String(number))).catch((fault: RedisFault) => this.abandon(fault));
    const late = () => new RedisFault('stuck', `a message published to Redis did not come back within ${timeoutMs} ms`);
    try {
      await withDeadline(flight, timeoutMs, late);
      return null;
    } catch (error) {
      const fault = error instanceof RedisFault ? error : new RedisFault('lost', String(error));
      // After a refused publish, or without a connection to publish on, nothing is known of the subscriber.
      if (fault.kind === 'stuck') onMissing(fault);
      return fault;
    }
  }
}
