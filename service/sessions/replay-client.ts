import { parseCloseReason } from '../contract/error-codes.ts';
import type { Seen } from './expectations.ts';

/** How long a handshake may take before it counts as one without an answer, in milliseconds. */
const handshakeMs = 8000;

/** One client of a replay: a plain WebSocket, and what is seen on it. */
export class ReplayClient {
  readonly name: string;
  readonly #onSeen: (seen: Seen) => void;
  #socket: WebSocket | undefined;

  constructor(name: string, onSeen: (seen: Seen) => void) {
    this.name = name;
    this.#onSeen = onSeen;
  }

  /** Connects anew; a connection that is still there is let go of unseen. */
  connect(url: string): void {
    this.leave();
    const socket = new WebSocket(url);
    this.#socket = socket;
    const deadline = setTimeout(() => this.#ended(socket, 1006, ''), handshakeMs);
    socket.onopen = () => {
      clearTimeout(deadline);
      this.#onSeen({ saw: 'open', client: this.name });
    };
    socket.onmessage = ({ data }) => this.#onSeen({ saw: 'frame', client: this.name, text: String(data) });
    socket.onclose = ({ code, reason }) => {
      clearTimeout(deadline);
      this.#ended(socket, code, reason);
    };
  }

  /** What is sent on a connection that is not open goes nowhere. */
  send(binary: boolean, bytes: number, count: number): void {
    const message = binary ? new Uint8Array(bytes) : 'x'.repeat(bytes);
    for (let sent = 0; sent < count && this.#socket?.readyState === WebSocket.OPEN; sent++) this.#socket.send(message);
  }

  close(code: 1000 | undefined): void {
    this.#socket?.close(code);
  }

  /** Closes, and sees no more of it. */
  leave(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // While it connects, this ends the attempt; an error event then has no listener and does no harm.
    socket.close(1000);
  }

  #ended(socket: WebSocket, code: number, reason: string): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    const cause = parseCloseReason(reason)?.error_code;
    this.#onSeen({ saw: 'closed', client: this.name, code, ...(cause !== undefined && { error_code: cause }) });
  }
}
