// What the page “Why 1006?” needs of the playground, as one piece that is loaded when its part of the page comes into view.

import { pageStorage, ServiceAddress } from '../service/service-address.svelte.ts';
import { ServiceClient } from '../service/service-client.ts';
import FailureReport from './FailureReport.svelte';
import { RecentFailures } from './recent-failures.svelte.ts';

/** The failures, and what shows them. */
export interface FailuresParts {
  readonly failures: RecentFailures;
  readonly address: ServiceAddress;
  readonly Report: typeof FailureReport;
}

/** Puts them together for the service of this page. */
export function assemble(): FailuresParts {
  const address = new ServiceAddress();
  address.read(window.location, pageStorage());
  const base = () => address.base ?? '';
  const failures = new RecentFailures(new ServiceClient(base), base, window.location.origin);
  return { failures, address, Report: FailureReport };
}
