/**
 * What Chromium writes to its console, and only there, of a handshake that was answered with HTTP. A page cannot read it.
 *
 * @param address - The address as it may be shown, without a token.
 */
export function chromiumWords(address: string, status: number | string): string {
  return `WebSocket connection to '${address}' failed: Error during WebSocket handshake: Unexpected response code: ${status}`;
}
