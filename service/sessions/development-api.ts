import type { NotificationRequest, TokenRequest, TokenResponse } from '../contract/development.ts';
import { endpoints } from '../contract/endpoints.ts';
import type { HealthResponse } from '../contract/health.ts';
import type { ProblemDocument } from '../contract/http-errors.ts';

/** The service cannot be used for a replay at all; the message says what happened, why, and what to do. */
export class UnusableService extends Error {}

/** The service refused one request: a sentence that says why. */
export interface Refusal {
  readonly refused: string;
}

/** How long a call may take, in milliseconds. */
const deadlineMs = 5000;

/** The development endpoints of one service, as a replay uses them. */
export class DevelopmentApi {
  readonly #base: string;

  /** @param base - The service's address, without a slash at its end. */
  constructor(base: string) {
    this.#base = base;
  }

  /** @throws UnusableService where no service is there, or one that neither mints nor publishes. */
  async check(): Promise<void> {
    const response = await this.#fetch(endpoints.health);
    const health = (await response.json().catch(() => undefined)) as Partial<HealthResponse> | undefined;
    if (typeof health?.development_endpoints !== 'boolean') {
      throw new UnusableService(
        `What answers at ${this.#base} is not the WebSocket service. Check the address: a replay mints tokens and publishes there.`,
      );
    }
    if (!health.development_endpoints) {
      throw new UnusableService(
        `The service at ${this.#base} has no development endpoints, so nothing can be minted or published there. Replay against one that runs with ENVIRONMENT=development.`,
      );
    }
  }

  async mint(request: TokenRequest): Promise<{ readonly token: string } | Refusal> {
    const answer = await this.#post<TokenResponse>(endpoints.devTokens, request);
    return 'refused' in answer ? answer : { token: answer.token };
  }

  async publish(request: NotificationRequest): Promise<Refusal | undefined> {
    const answer = await this.#post(endpoints.devNotifications, request);
    return 'refused' in answer ? (answer as Refusal) : undefined;
  }

  async #post<T extends object>(path: string, body: object): Promise<T | Refusal> {
    const response = await this.#fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json().catch(() => ({}))) as T & Partial<ProblemDocument>;
    if (response.ok) return answer;
    return { refused: answer.detail ?? `The service answered ${response.status}.` };
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(this.#base + path, { ...init, cache: 'no-store', signal: AbortSignal.timeout(deadlineMs) });
    } catch (error) {
      const { message, cause } = error as Error;
      const why = (cause as Error | undefined)?.message || message;
      throw new UnusableService(
        `No service answers at ${this.#base} (${why}). Start it with npm start, or give another address.`,
      );
    }
  }
}
