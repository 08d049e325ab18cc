import { ConnectionError } from '../errors.ts';
import type { RedisFault } from './redis-fault.ts';

/** One SUBSCRIBE of this many channels: a few round trips for thousands of channels, and no command of megabytes. */
const channelsPerCommand = 500;

/** Sends a command for some channels, and resolves when Redis has acknowledged all of them. */
export type AskRedis = (command: 'subscribe' | 'unsubscribe', channels: readonly string[]) => Promise<unknown>;

interface Waiter {
  resolve(): void;
  reject(error: ConnectionError): void;
}

interface Channel {
  wanted: boolean;
  /** Wanted by a `subscribe` that has resolved: what a failure falls back to. */
  settled: boolean;
  /** What the last command sent for it asks of Redis. */
  asked: boolean;
  /** Redis has acknowledged that command, and it was a SUBSCRIBE. */
  confirmed: boolean;
  /** The number of that command. The acknowledgement of an earlier one means nothing any more. */
  command: number;
  waiters: Waiter[];
}

/**
 * The channels that are wanted, and what Redis knows of them.
 *
 * Wishes are collected for the rest of the turn and then compared with what Redis was asked last, so that many wishes
 * become one command, and contradicting ones none. Redis works through a connection's commands in order: the last one
 * sent for a channel decides, whether the ones before it are acknowledged or not.
 */
export class RedisSubscriptions {
  readonly #channels = new Map<string, Channel>();
  readonly #changed = new Set<string>();
  readonly #ask: AskRedis;
  readonly #onFault: (fault: RedisFault) => void;
  #connected = false;
  #commands = 0;

  /** @param onFault - Called when a command fails; must lead to `disconnected`, for Redis' state is unknown then. */
  constructor(ask: AskRedis, onFault: (fault: RedisFault) => void) {
    this.#ask = ask;
    this.#onFault = onFault;
  }

  /** Not to be called while disconnected. */
  subscribe(name: string): Promise<void> {
    const channel = this.#channels.get(name) ?? this.#add(name);
    if (channel.settled && channel.confirmed) return Promise.resolve();
    channel.wanted = true;
    this.#change(name);
    return new Promise((resolve, reject) => channel.waiters.push({ resolve, reject }));
  }

  unsubscribe(name: string): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) return;
    channel.wanted = false;
    channel.settled = false;
    if (this.#connected) this.#change(name);
    else this.#channels.delete(name);
  }

  isWanted(name: string): boolean {
    return this.#channels.get(name)?.wanted === true;
  }

  /** Channels of a `subscribe` that is still pending are not counted: nobody relies on them yet. */
  count(): { confirmed: number; wanted: number } {
    const relied = [...this.#channels.values()].filter((channel) => channel.settled);
    return { confirmed: relied.filter((channel) => channel.confirmed).length, wanted: relied.length };
  }

  /** Asks a new connection for everything that is wanted; resolves when all of it is acknowledged. */
  async connected(): Promise<void> {
    this.#connected = true;
    await Promise.all(this.#send('subscribe', [...this.#channels.keys()]));
  }

  /** Forgets what the old connection knew. What is pending rejects, and is wanted no more. */
  disconnected(fault: RedisFault): void {
    this.#connected = false;
    this.#changed.clear();
    const error = new ConnectionError('BROKER_UNAVAILABLE', { cause: fault });
    for (const [name, channel] of this.#channels) {
      for (const waiter of channel.waiters.splice(0)) waiter.reject(error);
      channel.wanted = channel.settled;
      channel.asked = false;
      channel.confirmed = false;
      channel.command = 0;
      if (!channel.wanted) this.#channels.delete(name);
    }
  }

  #add(name: string): Channel {
    const channel = { wanted: false, settled: false, asked: false, confirmed: false, command: 0, waiters: [] };
    this.#channels.set(name, channel);
    return channel;
  }

  #change(name: string): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#flush());
    this.#changed.add(name);
  }

  #flush(): void {
    const added: string[] = [];
    const removed: string[] = [];
    for (const name of this.#changed) {
      const channel = this.#channels.get(name);
      if (channel === undefined) continue;
      if (channel.wanted && !channel.asked) added.push(name);
      else if (channel.wanted && channel.confirmed) settle(channel);
      else if (!channel.wanted) {
        for (const waiter of channel.waiters.splice(0)) waiter.resolve();
        if (channel.asked) removed.push(name);
        else this.#channels.delete(name);
      }
    }
    this.#changed.clear();
    const sent = [...this.#send('unsubscribe', removed), ...this.#send('subscribe', added)];
    for (const command of sent) command.catch(this.#onFault);
  }

  #send(kind: 'subscribe' | 'unsubscribe', names: readonly string[]): Promise<void>[] {
    const sent: Promise<void>[] = [];
    for (let start = 0; start < names.length; start += channelsPerCommand) {
      sent.push(this.#sendOne(kind, names.slice(start, start + channelsPerCommand)));
    }
    return sent;
  }

  async #sendOne(kind: 'subscribe' | 'unsubscribe', names: readonly string[]): Promise<void> {
    const command = ++this.#commands;
    for (const name of names) {
      const channel = this.#channels.get(name);
      if (channel === undefined) continue;
      channel.asked = kind === 'subscribe';
      channel.confirmed = false;
      channel.command = command;
    }
    await this.#ask(kind, names);
    for (const name of names) this.#acknowledge(name, command);
  }

  /** A wish that came in between stands in `#changed` and is compared at the end of its turn. */
  #acknowledge(name: string, command: number): void {
    const channel = this.#channels.get(name);
    if (channel?.command !== command) return;
    channel.confirmed = channel.asked;
    if (channel.confirmed && channel.wanted) settle(channel);
    if (!channel.asked && !channel.wanted) this.#channels.delete(name);
  }
}

function settle(channel: Channel): void {
  channel.settled = true;
  for (const waiter of channel.waiters.splice(0)) waiter.resolve();
}
