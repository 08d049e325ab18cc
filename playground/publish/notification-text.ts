import type { NotificationEvent } from '../../service/contract/notifications.ts';

/**
 * The text of a notification as a backend service would publish it now: the example with a correlation id and
 * timestamp of its own.
 *
 * @param indent - Spaces a level; 0 for one line, as services send it.
 */
export function notificationText(event: NotificationEvent, example: object, indent = 0): string {
  const data = { ...example, correlation_id: randomId(), timestamp: new Date().toISOString() };
  return JSON.stringify({ event, data }, null, indent);
}

/** A random UUID. `crypto.randomUUID` exists on secure origins alone; a host in the local network is none. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
