import type { HealthResponse, RedisHealthResponse } from '../../service/contract/health.ts';
import { developmentOff, type Failure } from './failure.ts';
import type { ServiceClient } from './service-client.ts';

/** What is known of the service. */
export type StatusState =
  | { readonly name: 'unknown' }
  | {
      readonly name: 'up';
      readonly health: HealthResponse;
      /** `undefined` where the broker's health could not be asked. */
      readonly broker: RedisHealthResponse | undefined;
      /** How long `GET /healthz` took, in milliseconds. */
      readonly ms: number;
    }
  | { readonly name: 'down'; readonly failure: Failure };

/** How long to wait between two looks, in milliseconds. */
const usualWait = { up: 15_000, down: 4_000 };

/** Whether the service is there, which version, and how its broker does. */
export class ServiceStatus {
  state = $state.raw<StatusState>({ name: 'unknown' });
  checking = $state(false);
  readonly #client: Pick<ServiceClient, 'health' | 'brokerHealth'>;
  #latest = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** While someone watches: puts the next look off. */
  #plan: (() => void) | undefined;

  constructor(client: Pick<ServiceClient, 'health' | 'brokerHealth'>) {
    this.#client = client;
  }

  /** What keeps the playground from working: the service is not there, or its development endpoints are off. */
  hindrance(base: string): Failure | undefined {
    if (this.state.name === 'down') return this.state.failure;
    if (this.state.name === 'up' && !this.state.health.development_endpoints) return developmentOff(base);
    return undefined;
  }

  /** Looks now. Of several looks at once only the last counts: the address may have changed in between. */
  async check(): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    this.checking = true;
    const [health, broker] = await Promise.all([this.#client.health(), this.#client.brokerHealth()]);
    if (mine !== this.#latest) return;
    this.checking = false;
    this.state = health.ok
      ? { name: 'up', health: health.value, broker: broker.ok ? broker.value : undefined, ms: health.ms }
      : { name: 'down', failure: health.failure };
    this.#plan?.();
  }

  /** Looks now, and again soon: a service that is going down still answers for a moment. */
  async checkClosely(delaysMs: readonly number[] = [0, 700, 2500]): Promise<void> {
    for (const delay of delaysMs) {
      await new Promise((resolve) => setTimeout(resolve, delay));
      await this.check();
      if (this.state.name === 'down') return;
    }
  }

  /** Forgets what was known, as when the address changes. */
  forget(): void {
    this.#latest += 1;
    this.checking = false;
    this.state = { name: 'unknown' };
  }

  /**
   * Looks now and again while the page is visible; more often while the service is down, whoever found that out.
   *
   * @returns Ends it.
   */
  watch(isVisible: () => boolean = () => document.visibilityState === 'visible', wait = usualWait): () => void {
    const look = () => {
      if (isVisible()) void this.check();
      else this.#plan?.();
    };
    this.#plan = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(look, this.state.name === 'down' ? wait.down : wait.up);
    };
    look();
    return () => {
      clearTimeout(this.#timer);
      this.#plan = undefined;
    };
  }
}
