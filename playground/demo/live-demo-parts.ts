// What a demonstration needs beyond its sketch, as one piece that is loaded after the page has come to rest.

import type { NotificationEvent } from '../../service/contract/notifications.ts';
import JsonView from '../parts/JsonView.svelte';
import { pageStorage, ServiceAddress } from '../service/service-address.svelte.ts';
import { ServiceClient } from '../service/service-client.ts';
import DemoFailure from './DemoFailure.svelte';
import { LiveDemo } from './live-demo.svelte.ts';

/** A demonstration, and what shows how it went. */
export interface DemoParts {
  readonly demo: LiveDemo;
  readonly address: ServiceAddress;
  readonly Failure: typeof DemoFailure;
  readonly JsonView: typeof JsonView;
}

/** Puts a demonstration together that uses the service of this page. */
export function assemble(event?: NotificationEvent): DemoParts {
  const address = new ServiceAddress();
  address.read(window.location, pageStorage());
  const base = () => address.base ?? '';
  return { demo: new LiveDemo(new ServiceClient(base), base, event), address, Failure: DemoFailure, JsonView };
}
