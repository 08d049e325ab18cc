import { websocketUrl } from '../../service/contract/endpoints.ts';
import type { Client } from '../connections/client.svelte.ts';
import type { ConnectionState } from '../connections/connection.svelte.ts';
import { oldUrl } from '../handshakes/old-address.ts';
import type { MintedToken } from '../identity/token.ts';
import type { Act, Sending } from '../scenarios.ts';
import { type Failure, startCommand } from '../service/failure.ts';
import type { Session } from '../session.svelte.ts';
import { underOtherName } from './loopback.ts';

/** What keeps an act from being carried out. */
export class NotPossible extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.title);
    this.failure = failure;
  }
}

/** The lifetime of a token that is not to expire meanwhile, in seconds. */
const usualLifetimeSeconds = 3600;

/** Does, in one session and with one of its clients, what must lead to the end of that client's connection. */
export class Performer {
  /** Clients that stand connected beside it; whoever performed lets them go. */
  readonly crowd: Client[] = [];
  readonly #session: Session;
  readonly #client: Client;

  constructor(session: Session, client: Client) {
    this.#session = session;
    this.#client = client;
  }

  /** @throws NotPossible with what hinders it. */
  async perform(act: Act): Promise<void> {
    const client = this.#client;
    switch (act.kind) {
      case 'wrong_token':
        return client.connect(await this.#mint({ defect: act.defect }));
      case 'short_token':
        return client.connect(await this.#mint({ lifetimeSeconds: act.lifetimeSeconds }));
      case 'tokens_in_url':
        return client.dial(this.#urlWith(act.tokens));
      case 'send':
        await this.#open();
        return client.connection.send(messageOf(act.sending), act.sending.count);
      case 'crowd':
        return client.connect(await this.#gather(act.atMost));
      case 'close':
        await this.#open();
        return act.withCode ? client.disconnect() : client.hangUp();
      case 'dial':
        return client.dial(act.place === 'old_path' ? oldUrl(this.#base, 'teacher-1') : this.#otherName());
      case 'watch':
        return act.token === 'minted'
          ? client.connect(await this.#mint())
          : client.dial(websocketUrl(this.#base, madeUpToken()));
    }
  }

  get #base(): string {
    const { base } = this.#session.address;
    if (base === undefined) throw new Error('The address is read before anything is tried.');
    return base;
  }

  /** For the reader's user, beside the token that the reader has: that one, and the choice behind it, stay. */
  async #mint({ defect, lifetimeSeconds = usualLifetimeSeconds }: Partial<MintedToken> = {}): Promise<MintedToken> {
    const { userId } = this.#session.identity;
    const minting = await this.#session.mintFor({ userId, lifetimeSeconds, defect });
    if (!minting.ok) throw new NotPossible(minting.failure);
    return minting.minted;
  }

  async #open(): Promise<void> {
    await this.#client.connect(await this.#mint());
    await this.#client.connection.until(isOpenOrClosed);
  }

  /** Takes every place that a user may have, beside those that the reader's clients hold. @returns The token in use. */
  async #gather(atMost: number): Promise<MintedToken> {
    const health = await this.#session.service.websocketHealth();
    if (!health.ok) throw new NotPossible(health.failure);
    const places = health.value.max_connections_per_user;
    if (places > atMost) {
      throw new NotPossible({
        kind: 'problem',
        title: 'Too many places to take',
        detail: `This service allows a user ${places} connections, and the page opens ${atMost} at most.`,
        remedy: 'Start one that allows fewer.',
        command: 'WEBSOCKET_MAX_CONNECTIONS_PER_USER=5 npm start',
      });
    }
    const minted = await this.#mint();
    const taken = this.#session.clients.filter((one) => one.userId === minted.userId && one.connection.isLive).length;
    for (let count = taken; count < places; count++) this.crowd.push(this.#session.addClient());
    await Promise.all(
      this.crowd.map(async (one) => {
        await one.connect(minted);
        await one.connection.until(isOpenOrClosed);
      }),
    );
    return minted;
  }

  #urlWith(tokens: readonly string[]): string {
    const url = new URL(websocketUrl(this.#base));
    for (const token of tokens) url.searchParams.append('token', token);
    return url.href;
  }

  /** Without a token: there, another program may listen. The origin is judged before it. */
  #otherName(): string {
    const url = underOtherName(websocketUrl(this.#base));
    if (url === undefined) {
      throw new NotPossible({
        kind: 'problem',
        title: 'Only on this machine',
        detail:
          'This takes a service on this machine, at `localhost` or `127.0.0.1`: only there it has a second name that everyone knows.',
        remedy: 'Start one of your own, and give its address above.',
        command: startCommand,
      });
    }
    return url;
  }
}

const isOpenOrClosed = ({ name }: ConnectionState): boolean => name === 'open' || name === 'closed';

function messageOf({ what, bytes }: Sending): string | Uint8Array<ArrayBuffer> {
  return what === 'text' ? 'x'.repeat(bytes) : new Uint8Array(bytes);
}

/** A token of nobody: in form an access token that is signed with ES256. */
function madeUpToken(): string {
  const part = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return `${part({ alg: 'ES256', typ: 'JWT', kid: 'nobody' })}.${part({ sub: 'nobody', exp })}.${'A'.repeat(86)}`;
}
