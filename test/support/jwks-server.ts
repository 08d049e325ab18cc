import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';

/** An identity service's keys over HTTP, on a free port of loopback. */
export interface JwksServer {
  readonly url: string;
  /** The requests that have come so far. */
  readonly requests: readonly IncomingMessage[];
  /** Answers with these keys from now on. */
  serve(keys: readonly JWK[]): void;
  /** Answers with a status and a text from now on. */
  answer(status: number, body: string): void;
  /** Leaves every request unanswered from now on. */
  hang(): void;
  /** Answers what was left unanswered, and whatever comes, with these keys. */
  release(keys: readonly JWK[]): void;
  close(): Promise<void>;
}

type Respond = (response: ServerResponse) => void;

export async function startJwksServer(keys: readonly JWK[] = []): Promise<JwksServer> {
  const requests: IncomingMessage[] = [];
  const waiting: ServerResponse[] = [];
  const text =
    (status: number, body: string): Respond =>
    (response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  const set = (served: readonly JWK[]) => text(200, JSON.stringify({ keys: served }));
  let respond = set(keys);

  const server = createServer((request, response) => {
    requests.push(request);
    respond(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    requests,
    serve(served) {
      respond = set(served);
    },
    answer(status, body) {
      respond = text(status, body);
    },
    hang() {
      respond = (response) => waiting.push(response);
    },
    release(served) {
      respond = set(served);
      for (const response of waiting.splice(0)) respond(response);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
