import { WebSocket } from 'ws';
import { type ConnectionErrorCode, connectionErrors } from '../contract/error-codes.ts';
import { closeReason } from '../errors.ts';
import type { Hub } from './hub.ts';

/** The causes that `ws` itself finds while it reads frames. It closes with the bare code; the reason is added here. */
const causeOfReceiverError: Readonly<Record<number, ConnectionErrorCode>> = {
  1002: 'FRAME_INVALID',
  1007: 'TEXT_NOT_UTF8',
  1008: 'MESSAGE_TOO_FRAGMENTED',
  1009: 'MESSAGE_TOO_LARGE',
};

/** How every notification is sent: as a text frame, of bytes that are already known to be UTF-8. */
const asText = { binary: false } as const;

/**
 * One client's socket, with what the service knows of it.
 *
 * A class over `ws`' own, rather than an object beside it, and listeners shared by all: a connection costs no closure and no timer.
 */
export class Connection extends WebSocket {
  correlationId = '';
  userId = '';
  /** Milliseconds since 1970 at which the token expires. */
  expiresAt = Number.POSITIVE_INFINITY;
  /** By the hub's clock: when the client was last heard, and when it is pinged next. */
  lastHeardAt = 0;
  nextPingAt = 0;
  openedAt = 0;
  /** The cause for which the service ends this connection; the first one stays. */
  endedFor: ConnectionErrorCode | undefined;
  /** The minute in which messages are counted, by the hub's clock, and how many there were. */
  private minuteEndsAt = 0;
  private messagesThisMinute = 0;
  private hub: Hub | undefined;

  /** Puts an accepted connection under the hub's care. */
  attach(hub: Hub, userId: string, expiresAt: number): void {
    this.hub = hub;
    this.userId = userId;
    this.expiresAt = expiresAt;
    this.on('message', onMessage);
    this.on('ping', onHeard);
    this.on('pong', onHeard);
    this.on('close', onClose);
  }

  /** Ends the connection for a cause of the error table. Calling it again does nothing. */
  end(cause: ConnectionErrorCode): void {
    if (this.endedFor !== undefined || this.readyState !== WebSocket.OPEN) return;
    this.endedFor = cause;
    this.hub?.vacate(this);
    const { closeCode } = connectionErrors[cause];
    if (closeCode === 1006) this.terminate();
    else super.close(closeCode, closeReason(cause, this.correlationId));
  }

  /**
   * `ws` calls this with a code alone when it could not read a frame: the cause is ours to say. Otherwise it answers the
   * client's own close.
   */
  override close(code?: number, data?: string | Buffer): void {
    const cause = code === undefined || data !== undefined ? undefined : causeOfReceiverError[code];
    if (cause !== undefined) {
      this.end(cause);
      return;
    }
    this.hub?.vacate(this);
    super.close(code, data);
  }

  /**
   * Hands on one message.
   *
   * @returns Whether it was handed on; not where the client reads too slowly, whose connection ends.
   */
  deliver(payload: Buffer, sendBufferLimitBytes: number): boolean {
    if (this.readyState !== WebSocket.OPEN) return false;
    if (this.bufferedAmount > sendBufferLimitBytes) {
      this.end('SLOW_CONSUMER');
      return false;
    }
    this.send(payload, asText);
    return true;
  }

  /** Counts one message of the client against its minute. */
  countMessage(now: number, limit: number): boolean {
    if (now >= this.minuteEndsAt) {
      this.minuteEndsAt = now + 60_000;
      this.messagesThisMinute = 0;
    }
    this.messagesThisMinute += 1;
    return this.messagesThisMinute <= limit;
  }

  heard(): void {
    if (this.hub) this.lastHeardAt = this.hub.now;
  }

  received(isBinary: boolean): void {
    this.heard();
    if (isBinary) this.end('BINARY_NOT_SUPPORTED');
    else if (this.hub && !this.countMessage(this.hub.now, this.hub.limits.messagesPerMinute))
      this.end('MESSAGE_RATE_EXCEEDED');
  }

  ended(code: number): void {
    this.hub?.leave(this, code);
  }
}

function onMessage(this: WebSocket, _data: unknown, isBinary: boolean): void {
  (this as Connection).received(isBinary);
}

function onHeard(this: WebSocket): void {
  (this as Connection).heard();
}

function onClose(this: WebSocket, code: number): void {
  (this as Connection).ended(code);
}
