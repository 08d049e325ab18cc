import type { Notification } from './notifications.ts';

const websocketUrl = 'ws://localhost:8004/ws';

//: if minted
/** In development the service mints it: put how your application gets its own here. */
async function getAccessToken(userId: string): Promise<string> {
  const response = await fetch('http://localhost:8004/dev/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: userId, lifetime_seconds: 3600 }),
  });
  if (!response.ok) throw new Error(`No token for ${userId}: status ${response.status}`);
  return (await response.json()).token;
}
//: else
//~ /** Return the access token of this user here. */
//~ async function getAccessToken(userId: string): Promise<string> {
//~   throw new Error(`getAccessToken has no token for ${userId} yet`);
//~ }
//: end

//: if reconnect
/** Milliseconds until the next attempt; undefined: make none. Counted since it last was stable. */
function waitAfter(code: number, cause: string, failures: number, refusals: number): number | undefined {
  if ([1000, 1002, 1003, 1005, 1007, 1009].includes(code)) return undefined;
  if (['TOKEN_MISSING', 'TOKEN_IN_HEADER', 'TOKEN_REPEATED'].includes(cause)) return undefined;
  if (code === 1008) return cause.startsWith('TOKEN_') && refusals === 0 ? 0 : undefined;
  if (code === 1001) return Math.random() * 5_000;
  if (code === 4000) return 30_000 + Math.random() * 30_000;
  return Math.random() * Math.min(30_000, 1_000 * 2 ** failures);
}

//: end
/** Receives a user's notifications. Returns what closes the connection. */
export function listen(
  userId: string,
  onNotification: (notification: Notification) => void,
  onStatus: (status: string) => void,
): () => void {
  let socket: WebSocket | undefined;
  let isClosed = false;
  //: if reconnect
  let timer: ReturnType<typeof setTimeout> | undefined;
  let refused: string | undefined;
  let failures = 0;
  let refusals = 0;
  //: end

  //: if reconnect
  function ended(code: number, cause: string) {
    const wait = waitAfter(code, cause, failures, refusals);
    failures += 1;
    if (code === 1008) refusals += 1;
    onStatus(`closed: ${cause || code}`);
    if (wait !== undefined) timer = setTimeout(connect, wait);
  }

  //: end
  async function connect() {
    onStatus('connecting');
    const token = await getAccessToken(userId).catch((error) => {
      console.error(error);
      return undefined;
    });
    if (isClosed) return;
    //: if reconnect
    if (token === undefined) return ended(1006, 'no token');
    if (token === refused) return onStatus('closed: this token was refused, and there is no other');
    //: else
    //~ if (token === undefined) return onStatus('closed: no token');
    //: end
    socket = new WebSocket(`${websocketUrl}?token=${encodeURIComponent(token)}`);
    socket.onopen = () => {
      onStatus('open');
      //: if reconnect
      // Not at once: a connection that is refused opens, too.
      timer = setTimeout(() => {
        failures = refusals = 0;
      }, 10_000);
      //: end
    };
    socket.onmessage = ({ data: text }) => {
      try {
        const notification = JSON.parse(text);
        if (!notification?.event || !notification.data) throw new TypeError('It is no notification.');
        onNotification(notification);
      } catch (error) {
        console.error('Cannot handle', text, error);
      }
    };
    socket.onclose = ({ code, reason }) => {
      if (isClosed) return;
      // The reason is JSON where the service gave it; a proxy's may be anything.
      const cause = reason.match(/"error_code":"(\w+)"/)?.[1] ?? '';
      //: if reconnect
      clearTimeout(timer);
      if (code === 1008) refused = token;
      ended(code, cause);
      //: else
      //~ // 1008 is a refusal; its cause says whether a new token helps.
      //~ onStatus(code === 1008 ? `refused: ${cause}` : `closed: ${code}`);
      //: end
    };
  }

  connect();
  return () => {
    isClosed = true;
    //: if reconnect
    clearTimeout(timer);
    //: end
    socket?.close(1000);
  };
}
