import { randomBytes } from 'node:crypto';

/** Names one connection or request in the log: 12 hexadecimal digits, so short that a close reason has room for it. */
export function newCorrelationId(): string {
  return randomBytes(6).toString('hex');
}
