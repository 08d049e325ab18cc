import { parseCloseReason } from '../../service/contract/error-codes.ts';
import { Connection } from '../connections/connection.svelte.ts';

/** What a handshake came to, as a page can see it. */
export interface Observed {
  /** 1000 where the caller was let in: the code that the client itself closed with, answered by the service. */
  readonly code: number;
  /** The `error_code` of the reason, where there is one. */
  readonly cause: string | undefined;
  readonly opened: boolean;
  /** From the first byte to the end, in milliseconds. */
  readonly ms: number;
}

/** Whether the service let the caller in. */
export function isLetIn({ code, opened }: Observed): boolean {
  return opened && code === 1000;
}

/**
 * Connects and closes at once, and tells what the service made of it.
 *
 * Nothing has to be waited for: a refusal opens, too, but its close frame is on its way before the client's, and the
 * first close frame that arrives is what the `close` event tells.
 */
export async function observeHandshake(url: string): Promise<Observed> {
  const started = performance.now();
  const connection = new Connection(() => {});
  await connection.dial(url);
  await connection.until(({ name }) => name === 'open' || name === 'closed');
  await connection.disconnect();
  const ended = await connection.until(({ name }) => name === 'closed');
  if (ended.name !== 'closed') throw new Error('Only a connection that has ended was waited for.');
  const { code, reason, opened } = ended.ending;
  return { code, cause: parseCloseReason(reason)?.error_code, opened, ms: performance.now() - started };
}
