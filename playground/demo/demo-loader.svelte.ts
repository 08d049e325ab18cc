import type { NotificationEvent } from '../../service/contract/notifications.ts';
import { Lazy } from '../parts/lazy.svelte.ts';
import type { DemoParts } from './live-demo-parts.ts';

/** Fetches what a demonstration needs when someone turns to it, and runs it. */
export class DemoLoader extends Lazy<DemoParts> {
  constructor(event?: NotificationEvent) {
    super(async () => (await import('./live-demo-parts.ts')).assemble(event));
  }

  async run(): Promise<void> {
    await this.prepare();
    await this.parts?.demo.run();
  }
}
