import { connect } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends a request as it stands and reads until the server closes: for what `fetch` would tidy up or refuse to send.
 *
 * @param head - The request line and the headers, without the empty line. `Host` and `Connection: close` are added.
 */
export function sendRaw(url: string, head: string, body = ''): Promise<RawAnswer> {
  const { port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${head}`)));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(parse(text)));
    socket.write(
      `${head}\r\nHost: ${host}\r\n${/^connection:/im.test(head) ? '' : 'Connection: close\r\n'}\r\n${body}`,
    );
  });
}

function parse(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...fields] = head.split('\r\n');
  const pairs = fields.map((field): [string, string] => [
    field.slice(0, field.indexOf(':')),
    field.slice(field.indexOf(':') + 1).trim(),
  ]);
  return { status: Number(statusLine.split(' ')[1]), headers: new Headers(pairs), body: rest.join('\r\n\r\n') };
}
