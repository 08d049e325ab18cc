// Run it as: node docs/samples/provoke.js FRAME_INVALID http://localhost:8004
import { WebSocket } from 'ws';

const { WEBSOCKET_PORT = '8004' } = process.env;
const [cause = '', service = `http://localhost:${WEBSOCKET_PORT}`] = process.argv.slice(2);
const user_id = 'provoker';

function fail(message) {
  console.error(message);
  process.exit(1);
}

async function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(service + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

const { token } = await post('/dev/tokens', { user_id }).catch(() => fail(`No service answers at ${service}.`));
const address = `${service.replace('http', 'ws')}/ws`;
const connect = (options = {}) => new WebSocket(`${address}?token=${token}`, options);
const onceOpen = (act) => {
  const socket = connect();
  return socket.on('open', () => act(socket));
};

const provocations = {
  TOKEN_IN_HEADER: () => new WebSocket(address, { headers: { authorization: `Bearer ${token}` } }),
  FRAME_INVALID: () => onceOpen((socket) => socket.send('x', { mask: false })),
  TEXT_NOT_UTF8: () => onceOpen((socket) => socket.send(Buffer.from([0xc3, 0x28]), { binary: false })),
  MESSAGE_TOO_FRAGMENTED: () =>
    onceOpen((socket) => {
      for (let count = 0; count < 1100; count++) socket.send('x', { fin: false });
    }),
  SLOW_CONSUMER: () =>
    onceOpen(async (socket) => {
      socket.pause(); // reads nothing, until nobody is connected any more
      const message = { user_id, payload: 'x'.repeat(500_000) };
      while ((await post('/dev/notifications', message)).receivers > 0);
      socket.resume();
    }),
  PEER_UNRESPONSIVE: () => connect({ autoPong: false }), // takes WEBSOCKET_IDLE_TIMEOUT seconds
};

const socket = provocations[cause]?.();
if (!socket) fail(`Give one of ${Object.keys(provocations).join(', ')}.`);
socket.on('close', (code, reason) => console.log(code, String(reason)));
