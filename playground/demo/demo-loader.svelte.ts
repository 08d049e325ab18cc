import type { NotificationEvent } from '../../service/contract/notifications.ts';
import type { DemoParts } from './live-demo-parts.ts';

/** Fetches what a demonstration needs when someone turns to it: no page pays for it before. */
export class DemoLoader {
  /** Absent at build time and until it was fetched. */
  parts = $state.raw<DemoParts>();
  /** It could not be fetched: the server that the page came from does not answer. */
  isLost = $state(false);
  readonly #event: NotificationEvent | undefined;
  #loading: Promise<void> | undefined;

  constructor(event?: NotificationEvent) {
    this.#event = event;
  }

  /** Begins to fetch, when the pointer or the focus comes near. */
  prepare(): void {
    if (this.isLost) this.#loading = undefined;
    this.#loading ??= this.#load();
  }

  async run(): Promise<void> {
    this.prepare();
    await this.#loading;
    await this.parts?.demo.run();
  }

  async #load(): Promise<void> {
    try {
      const { assemble } = await import('./live-demo-parts.ts');
      this.parts = assemble(this.#event);
      this.isLost = false;
    } catch {
      this.isLost = true;
    }
  }
}
