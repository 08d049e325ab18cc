import type {
  HandshakesResponse,
  NotificationRequest,
  NotificationResponse,
  TokenRequest,
  TokenResponse,
} from '../../service/contract/development.ts';
import { endpoints } from '../../service/contract/endpoints.ts';
import type { HealthResponse, RedisHealthResponse, WebsocketHealthResponse } from '../../service/contract/health.ts';
import type { ProblemDocument } from '../../service/contract/http-errors.ts';
import { blocked, developmentOff, type Failure, foreign, mixedContent, timedOut, unreachable } from './failure.ts';

/** What a call came to. `ms` is the time from the call to the whole answer, in milliseconds. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly ms: number }
  | { readonly ok: false; readonly failure: Failure };

/** The page that calls; given so that the classification can be tested without a browser. */
export interface CallingPage {
  readonly origin: string;
}

/** How long a call may take, in milliseconds. */
export const callDeadlineMs = 5000;

const developmentPaths: ReadonlySet<string> = new Set([
  endpoints.devTokens,
  endpoints.devNotifications,
  endpoints.devHandshakes,
]);

/** The HTTP side of the service as the playground uses it. No method rejects: a failure is a value with its remedy. */
export class ServiceClient {
  readonly #base: () => string;
  readonly #page: () => CallingPage;
  readonly #deadlineMs: number;

  /** @param base - Tells the service's address, anew for each call. */
  constructor(base: () => string, page: () => CallingPage = () => window.location, deadlineMs = callDeadlineMs) {
    this.#base = base;
    this.#page = page;
    this.#deadlineMs = deadlineMs;
  }

  health(): Promise<Result<HealthResponse>> {
    return this.#call(endpoints.health, undefined, isHealth);
  }

  /** The broker's health. An unhealthy broker is an answer, not a failure. */
  brokerHealth(): Promise<Result<RedisHealthResponse>> {
    return this.#call(endpoints.healthRedis, undefined, isBrokerHealth);
  }

  /** Who is connected, and how many connections one user may have. */
  websocketHealth(): Promise<Result<WebsocketHealthResponse>> {
    return this.#call(endpoints.healthWebsocket, undefined, isWebsocketHealth);
  }

  mintToken(request: TokenRequest): Promise<Result<TokenResponse>> {
    return this.#call(endpoints.devTokens, request, isToken);
  }

  publish(request: NotificationRequest): Promise<Result<NotificationResponse>> {
    return this.#call(endpoints.devNotifications, request, isPublished);
  }

  /** What the service decided of the last handshakes. */
  handshakes(): Promise<Result<HandshakesResponse>> {
    return this.#call(endpoints.devHandshakes, undefined, isHandshakes);
  }

  async #call<T>(
    path: string,
    body: object | undefined,
    isExpected: (value: unknown) => value is T,
  ): Promise<Result<T>> {
    const base = this.#base();
    const started = performance.now();
    try {
      const response = await fetch(base + path, {
        ...(body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        cache: 'no-store',
        signal: AbortSignal.timeout(this.#deadlineMs),
      });
      const text = await response.text();
      const value = parseJson(text);
      if (isExpected(value)) return { ok: true, value, ms: performance.now() - started };
      return { ok: false, failure: this.#judgeAnswer(base, path, response, value) };
    } catch (error) {
      return { ok: false, failure: await this.#judgeSilence(base, error) };
    }
  }

  #judgeAnswer(base: string, path: string, response: Response, value: unknown): Failure {
    if (isProblem(value)) {
      if (developmentPaths.has(path) && value.error_code === 'NOT_FOUND') return developmentOff(base);
      return { kind: 'problem', title: value.title, detail: value.detail, remedy: value.remedy };
    }
    // A proxy in front of a service that is down: the development server of the site, or nginx.
    if (response.status >= 500) return unreachable(base);
    const type = response.headers.get('content-type') ?? '';
    const thing = type.includes('html') ? 'an HTML page' : type.includes('json') ? 'other JSON' : 'something unknown';
    return foreign(base, `${thing} (${response.status})`);
  }

  /** A browser gives no cause for a call without an answer; what can be known is found out here. */
  async #judgeSilence(base: string, error: unknown): Promise<Failure> {
    if (error instanceof DOMException && error.name === 'TimeoutError') return timedOut(base, this.#deadlineMs);
    const { origin } = this.#page();
    const target = new URL(base);
    if (origin === target.origin) return unreachable(base);
    if (origin.startsWith('https:') && target.protocol === 'http:' && !isLoopback(target.hostname)) {
      return mixedContent(base, origin);
    }
    return (await answersOpaquely(base)) ? blocked(base, origin) : unreachable(base);
  }
}

/** Browsers let a page from https call plain http on the own machine. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** Whether anything answers: a `no-cors` request succeeds where CORS would withhold the answer. */
async function answersOpaquely(base: string): Promise<boolean> {
  try {
    await fetch(base + endpoints.health, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function has<K extends string>(value: unknown, types: Record<K, 'string' | 'number' | 'boolean'>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(types).every(([key, type]) => typeof (value as Record<string, unknown>)[key] === type);
}

const isHealth = (value: unknown): value is HealthResponse =>
  has(value, { service: 'string', status: 'string', environment: 'string', development_endpoints: 'boolean' });

const isBrokerHealth = (value: unknown): value is RedisHealthResponse =>
  has(value, { status: 'string', broker: 'string', message: 'string' });

const isWebsocketHealth = (value: unknown): value is WebsocketHealthResponse =>
  has(value, { total_connections: 'number', max_connections_per_user: 'number' });

const isToken = (value: unknown): value is TokenResponse => has(value, { token: 'string' });

const isPublished = (value: unknown): value is NotificationResponse =>
  has(value, { channel: 'string', bytes: 'number', receivers: 'number' });

const isHandshakes = (value: unknown): value is HandshakesResponse =>
  has(value, { now: 'string' }) && Array.isArray((value as HandshakesResponse).handshakes);

const isProblem = (value: unknown): value is ProblemDocument =>
  has(value, { title: 'string', detail: 'string', error_code: 'string', remedy: 'string' });
