import type { IncomingMessage } from 'node:http';
import { type HandshakeDecision, rememberedHandshakes } from '../contract/development.ts';
import { shownOrigin, shownPath, shownText } from './without-tokens.ts';

/** What is known of a handshake beside its request. */
export interface DecidedHandshake extends Omit<HandshakeDecision, 'at' | 'path' | 'origin' | 'user_id'> {
  readonly userId?: string | undefined;
}

/** What is kept of the request. */
export interface HandshakeRequest {
  readonly url: string | undefined;
  readonly origin: string | undefined;
}

/** What was decided of the last handshakes, for whoever asks why one failed. Bounded, and never with a token in it. */
export class HandshakeMemory {
  readonly #decisions: HandshakeDecision[] = [];

  get newestFirst(): HandshakeDecision[] {
    return this.#decisions.toReversed();
  }

  remember({ url, origin }: HandshakeRequest, { userId, ...decided }: DecidedHandshake): void {
    this.#decisions.push({
      ...decided,
      at: new Date().toISOString(),
      path: shownPath(url ?? ''),
      origin: origin === undefined ? null : shownOrigin(origin),
      user_id: userId === undefined ? null : shownText(userId),
    });
    if (this.#decisions.length > rememberedHandshakes) this.#decisions.shift();
  }
}

/** What is kept of a request that Node could read. */
export function handshakeRequest({ url, headers }: IncomingMessage): HandshakeRequest {
  return { url, origin: headers.origin };
}
