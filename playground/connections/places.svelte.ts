import type { ServiceClient } from '../service/service-client.ts';

/** How many connections one user may have, as the service says. */
export class Places {
  /** `undefined` until the service has said it. */
  perUser = $state<number>();
  readonly #service: Pick<ServiceClient, 'websocketHealth'>;
  #latest = 0;

  constructor(service: Pick<ServiceClient, 'websocketHealth'>) {
    this.#service = service;
  }

  /** Asks the service. @returns What it says; `undefined` where it does not. */
  async ask(): Promise<number | undefined> {
    this.#latest += 1;
    const mine = this.#latest;
    const answer = await this.#service.websocketHealth();
    if (mine === this.#latest && answer.ok) this.perUser = answer.value.max_connections_per_user;
    return answer.ok ? answer.value.max_connections_per_user : undefined;
  }

  /** Forgets what the service said, as when its address changes. */
  forget(): void {
    this.#latest += 1;
    this.perUser = undefined;
  }
}
