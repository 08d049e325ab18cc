import { isUtf8 } from 'node:buffer';
import type { Broker } from '../broker/broker.ts';
import { type ConnectionErrorCode, connectionErrors } from '../contract/error-codes.ts';
import { ConnectionError } from '../errors.ts';
import type { Connection } from './connection.ts';
import type { ConnectionObserver } from './observer.ts';

/** What connections are held to. Times are in milliseconds. */
export interface ConnectionLimits {
  readonly pingIntervalMs: number;
  readonly idleTimeoutMs: number;
  readonly maxPerUser: number;
  readonly messagesPerMinute: number;
  /** How much may wait to be sent to one client. */
  readonly sendBufferLimitBytes: number;
}

/** One user's place: the connections that are open, and the seats taken by those and by handshakes under way. */
interface Audience {
  readonly channel: string;
  readonly open: Connection[];
  seats: number;
}

/** A place among a user's connections, taken before the handshake is answered. */
export interface Seat {
  /** The handshake is answered: from now on the connection receives. */
  fill(connection: Connection, expiresAt: number): void;
  /** The handshake came to nothing. */
  leave(): void;
}

/** The longest time between two passes of the sweep, in milliseconds. A token ends at most this much late. */
const longestSweepIntervalMs = 500;

/**
 * Who is connected. It takes connections in, hands each message of the broker to its user's connections, and looks after all of
 * them in one pass now and then: pings, silence, expired tokens.
 */
export class Hub {
  readonly limits: ConnectionLimits;
  /** Milliseconds of running time: the clock that liveness is judged by. */
  now = 0;
  private readonly broker: Broker;
  private readonly observer: ConnectionObserver;
  private readonly channelPrefix: string;
  private readonly audiences = new Map<string, Audience>();
  private readonly connections = new Set<Connection>();
  private readonly sweepIntervalMs: number;
  private sweeper: NodeJS.Timeout | undefined;
  private lastSweepAt = 0;
  private draining = false;
  private whenEmpty: (() => void) | undefined;

  constructor(broker: Broker, limits: ConnectionLimits, channelPrefix: string, observer: ConnectionObserver) {
    this.broker = broker;
    this.limits = limits;
    this.channelPrefix = channelPrefix;
    this.observer = observer;
    this.sweepIntervalMs = Math.min(longestSweepIntervalMs, limits.pingIntervalMs / 2);
  }

  get size(): number {
    return this.connections.size;
  }

  /** Whether the service is shutting down: every handshake is refused. */
  get closing(): boolean {
    return this.draining;
  }

  start(): void {
    this.broker.start((channel, payload) => this.dispatch(channel, payload));
    this.lastSweepAt = performance.now();
    this.sweeper = setInterval(() => this.sweep(), this.sweepIntervalMs).unref();
  }

  /** The channel that a user's notifications are published on. */
  channelOf(userId: string): string {
    return `${this.channelPrefix}:${userId}`;
  }

  /**
   * Takes a seat for a user and waits until the user's channel is subscribed.
   *
   * The seat counts from the call on, so that of many simultaneous handshakes no more than the limit get one.
   *
   * @throws ConnectionError `CONNECTION_LIMIT_EXCEEDED`, `BROKER_UNAVAILABLE` or `SERVER_SHUTDOWN`.
   */
  async take(userId: string): Promise<Seat> {
    if (this.draining) throw new ConnectionError('SERVER_SHUTDOWN');
    const audience = this.audienceOf(this.channelOf(userId));
    if (audience.seats >= this.limits.maxPerUser) throw new ConnectionError('CONNECTION_LIMIT_EXCEEDED');
    audience.seats += 1;
    const startedAt = performance.now();
    try {
      await this.broker.subscribe(audience.channel);
    } catch (error) {
      this.giveBack(audience);
      // A shutdown closes the broker under the handshakes that wait for it: they meet the shutdown, not an outage.
      throw this.draining ? new ConnectionError('SERVER_SHUTDOWN') : error;
    }
    this.observer.subscribed(performance.now() - startedAt);
    if (this.draining) {
      this.giveBack(audience);
      throw new ConnectionError('SERVER_SHUTDOWN');
    }
    return {
      fill: (connection, expiresAt) => this.enter(audience, connection, userId, expiresAt),
      leave: () => this.giveBack(audience),
    };
  }

  /**
   * Called by a connection whose closing has begun: it receives nothing more, and its seat is free. A client that was told to
   * close one connection before it opens another must not find the old one still counted.
   */
  vacate(connection: Connection): void {
    const audience = this.audiences.get(this.channelOf(connection.userId));
    const index = audience?.open.indexOf(connection) ?? -1;
    if (audience === undefined || index === -1) return;
    audience.open.splice(index, 1);
    this.giveBack(audience);
  }

  /** Called by a connection that has closed. */
  leave(connection: Connection, code: number): void {
    if (!this.connections.delete(connection)) return;
    this.vacate(connection);
    const cause = connection.endedFor;
    this.observer.closed(connection, {
      // What `ws` reports is what came back: 1006 where the client did not answer.
      code: cause === undefined ? code : connectionErrors[cause].closeCode,
      cause,
      durationMs: performance.now() - connection.openedAt,
    });
    if (this.connections.size === 0) this.whenEmpty?.();
  }

  /**
   * Ends every connection, for a shutdown, and refuses new ones.
   *
   * @param timeoutMs - How long clients may take to answer the close; the rest is cut off then.
   */
  async drain(timeoutMs: number): Promise<void> {
    this.draining = true;
    clearInterval(this.sweeper);
    for (const connection of this.connections) connection.end('SERVER_SHUTDOWN');
    if (this.connections.size === 0) return;
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(() => {
        for (const connection of this.connections) connection.terminate();
        resolve();
      }, timeoutMs);
      this.whenEmpty = () => {
        clearTimeout(deadline);
        resolve();
      };
    });
  }

  private audienceOf(channel: string): Audience {
    const known = this.audiences.get(channel);
    if (known) return known;
    const audience: Audience = { channel, open: [], seats: 0 };
    this.audiences.set(channel, audience);
    return audience;
  }

  private enter(audience: Audience, connection: Connection, userId: string, expiresAt: number): void {
    connection.openedAt = performance.now();
    connection.lastHeardAt = this.now;
    connection.nextPingAt = this.now + this.limits.pingIntervalMs;
    connection.attach(this, userId, expiresAt);
    audience.open.push(connection);
    this.connections.add(connection);
    this.observer.opened(connection);
    // A drain that began between the seat and the answer has not met this connection.
    if (this.draining) connection.end('SERVER_SHUTDOWN');
  }

  private giveBack(audience: Audience): void {
    audience.seats -= 1;
    if (audience.seats > 0) return;
    this.audiences.delete(audience.channel);
    this.broker.unsubscribe(audience.channel);
  }

  private dispatch(channel: string, payload: Buffer): void {
    const open = this.audiences.get(channel)?.open;
    if (open === undefined || open.length === 0) return;
    // Once for all receivers: a text frame must be UTF-8, and a browser would close the connection over one that is not.
    if (!isUtf8(payload)) {
      this.observer.failed('not_utf8', open.length, channel);
      return;
    }
    let sent = 0;
    let tooSlow = 0;
    // From the last to the first: a connection that turns out too slow leaves the list.
    for (let index = open.length - 1; index >= 0; index -= 1) {
      const connection = open[index] as Connection;
      if (connection.deliver(payload, this.limits.sendBufferLimitBytes)) sent += 1;
      else if (connection.endedFor === 'SLOW_CONSUMER') tooSlow += 1;
    }
    if (sent > 0) this.observer.sent(sent);
    if (tooSlow > 0) this.observer.failed('slow_consumer', tooSlow, channel);
  }

  private sweep(): void {
    const sweptAt = performance.now();
    // A process that was stopped, or a machine that slept, must not count the time against its clients.
    this.now += Math.min(sweptAt - this.lastSweepAt, 2 * this.sweepIntervalMs);
    this.lastSweepAt = sweptAt;
    const wallClock = Date.now();
    for (const connection of this.connections) this.attend(connection, wallClock);
  }

  private attend(connection: Connection, wallClock: number): void {
    const cause = this.causeToEnd(connection, wallClock);
    if (cause !== undefined) connection.end(cause);
    if (this.now < connection.nextPingAt || connection.readyState !== connection.OPEN) return;
    connection.nextPingAt = this.now + this.limits.pingIntervalMs;
    connection.ping();
  }

  private causeToEnd(connection: Connection, wallClock: number): ConnectionErrorCode | undefined {
    if (wallClock >= connection.expiresAt) return 'TOKEN_EXPIRED';
    return this.now - connection.lastHeardAt >= this.limits.idleTimeoutMs ? 'PEER_UNRESPONSIVE' : undefined;
  }
}
