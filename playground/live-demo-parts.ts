// What the demonstration needs beyond its sketch, as one piece that is loaded after the page has come to rest.

export { LiveDemo } from './live-demo.svelte.ts';
export { default as DemoFailure } from './parts/DemoFailure.svelte';
export { default as JsonView } from './parts/JsonView.svelte';
export { pageStorage, ServiceAddress } from './service-address.svelte.ts';
export { ServiceClient } from './service-client.ts';
