/**
 * What carries a notification from a publisher to this process, and what each implementation guarantees.
 *
 * @pageTitle Broker
 * @packageDocumentation
 */

/** What a broker says of itself. */
export interface BrokerHealth {
  /** By evidence: see the guarantees of {@link Broker}. */
  readonly healthy: boolean;
  /** One sentence for people, without credentials. */
  readonly message: string;
  /** Where the broker is, without credentials; `null` when it is inside this process. */
  readonly address: string | null;
  /** How many channels; both numbers are the same when all is well. */
  readonly channels: {
    /** Those whose subscription the broker has acknowledged. */
    readonly confirmed: number;
    /** Those that were subscribed to and not unsubscribed from since. */
    readonly wanted: number;
  };
}

/**
 * Carries messages from publishers to this process. The guarantees, which one suite of tests holds for every implementation:
 *
 * 1. **Confirmed means delivered.** Once `subscribe` has resolved, whatever is published on the channel afterwards, by anyone,
 *    reaches the handler.
 * 2. **Once, in order, as it was.** Each message reaches the handler exactly once, in the order of publication within its channel,
 *    with the very bytes that were published.
 * 3. **Wanted is a set.** Subscribing to a channel twice delivers once; one `unsubscribe` ends it. After `unsubscribe` has
 *    returned, the handler is not called for that channel.
 * 4. **Wanted survives.** After an outage, exactly the channels that are wanted by then are subscribed again, without the caller's
 *    doing. What was published during the outage is lost.
 * 5. **A refusal is quick and changes nothing.** While the broker is unreachable, `subscribe` and `publish` reject with the code
 *    `BROKER_UNAVAILABLE` within the configured timeout, and so they do before `start` and after `close`. A rejected `subscribe`
 *    leaves the channel as wanted or unwanted as it was. A rejected `publish` may have been delivered all the same.
 * 6. **A handler's fault stays its own.** An exception in the handler is logged; the next message is delivered.
 * 7. **Health is evidence.** `healthy` means that a message published a moment ago came back, and that every wanted channel is
 *    acknowledged.
 */
export interface Broker {
  /** Which implementation it is, for health and log. */
  readonly kind: 'embedded' | 'redis';
  /**
   * Names the handler and begins to connect. Returns at once; an unreachable broker is tried again until `close`.
   *
   * @param onMessage - Called once for each message on each wanted channel.
   */
  start(onMessage: MessageHandler): void;
  /**
   * Resolves once the subscription is acknowledged; also when an `unsubscribe` overtakes it, which then stands.
   *
   * @param channel - The whole name, prefix included.
   * @throws ConnectionError `BROKER_UNAVAILABLE`
   */
  subscribe(channel: string): Promise<void>;
  /**
   * Takes effect at once, connected or not.
   *
   * @param channel - The whole name, prefix included.
   */
  unsubscribe(channel: string): void;
  /**
   * Publishes to whoever has subscribed to the channel, on any instance.
   *
   * @param channel - The whole name, prefix included.
   * @param payload - The caller may change it as soon as this has returned.
   * @returns How many subscribers the broker handed the message to.
   * @throws ConnectionError `BROKER_UNAVAILABLE`
   */
  publish(channel: string, payload: Buffer): Promise<number>;
  /** Looks at this very moment, rather than at what was known before. Never rejects. */
  health(): Promise<BrokerHealth>;
  /** Lets go of everything within the configured timeout; what is pending rejects. Calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * Takes what arrives on a subscribed channel.
 *
 * @param channel - The whole name, prefix included: `ws:teacher-1`.
 * @param payload - The published bytes, which stay as they are: a socket may write them later.
 */
export type MessageHandler = (channel: string, payload: Buffer) => void;

/**
 * Where a broker reports what no caller is waiting for; a pino logger fits.
 *
 * @remarks Errors of the Redis client carry the arguments of the failed command, the password among them. A broker
 * therefore logs their text, never the objects.
 */
export interface BrokerLog {
  /**
   * What only repeats: an outage that lasts.
   *
   * @param details - Fields of the line.
   * @param message - What happened, in words that are the same each time.
   */
  debug(details: object, message: string): void;
  /**
   * What went as it should: connected, connected again.
   *
   * @param details - Fields of the line.
   * @param message - What happened, in words that are the same each time.
   */
  info(details: object, message: string): void;
  /**
   * An outage, when it begins or has another reason.
   *
   * @param details - Fields of the line.
   * @param message - What happened, in words that are the same each time.
   */
  warn(details: object, message: string): void;
  /**
   * What must not happen: a handler that threw.
   *
   * @param details - Fields of the line.
   * @param message - What happened, in words that are the same each time.
   */
  error(details: object, message: string): void;
}
