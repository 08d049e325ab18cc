import { endpoints, legacyWebsocketPrefix, websocketUrl } from '../../service/contract/endpoints.ts';

/**
 * The address of a user at the old endpoint, as frontends had it.
 *
 * @param base - The service's address.
 * @param token - Goes into the query, because a browser can put it nowhere else.
 */
export function oldUrl(base: string, userId: string, token?: string): string {
  const url = new URL(websocketUrl(base, token));
  url.pathname = url.pathname.slice(0, -endpoints.websocket.length) + oldPath(userId);
  return url.href;
}

/** The path of a user at the old endpoint. */
export function oldPath(userId: string): string {
  return `${legacyWebsocketPrefix}/${encodeURIComponent(userId)}`;
}
