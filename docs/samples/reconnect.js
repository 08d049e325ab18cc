const fatalCodes = [1000, 1002, 1003, 1005, 1007, 1009];
const fatalCauses = ['TOKEN_MISSING', 'TOKEN_IN_HEADER', 'TOKEN_REPEATED'];
let failures = 0; // attempts that failed since the connection was last stable
let refusals = 0; // tokens that were refused since then

// Milliseconds until the next attempt; undefined: make none.
function waitAfter(code = 1006, cause = '') {
  if (fatalCodes.includes(code) || fatalCauses.includes(cause)) return;
  if (code === 1008 && !cause.startsWith('TOKEN_')) return;
  if (code === 1008) return refusals++ === 0 ? 0 : undefined;
  if (code === 1001) return Math.random() * 5_000;
  if (code === 4000) return 30_000 + Math.random() * 30_000;
  return Math.random() * Math.min(30_000, 1_000 * 2 ** failures++);
}

async function connect() {
  const token = await getAccessToken().catch(() => undefined);
  if (token === undefined) return setTimeout(connect, waitAfter());
  const socket = new WebSocket(`${realtimeUrl}/ws?token=${encodeURIComponent(token)}`);
  let stable = 0;
  socket.onopen = () => {
    // Not at once: a refused socket opens, too.
    stable = setTimeout(() => (failures = refusals = 0), 10_000);
    reload();
  };
  socket.onmessage = (message) => show(JSON.parse(message.data));
  socket.onclose = ({ code, reason }) => {
    clearTimeout(stable);
    const cause = reason.match(/"error_code":"(\w+)"/)?.[1]; // a proxy's is no JSON
    const wait = waitAfter(code, cause);
    if (wait === undefined) explain(cause ?? String(code));
    else setTimeout(connect, wait);
  };
}

connect();
