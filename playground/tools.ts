import type { Component } from 'svelte';
import type { Session } from './session.svelte.ts';

/** One of the playground's tools; they share the session and its timeline. */
export interface Tool {
  /** Names it in the page's address: `?tool=auth-matrix`. */
  readonly id: string;
  readonly label: string;
  /** Fetches its component when it is first opened. */
  readonly load: () => Promise<{ readonly default: Component<{ session: Session }> }>;
}

/** The query parameter that says which tool is open. */
export const toolParameter = 'tool';

/** The tool that is there from the start; `Playground.svelte` has it. */
export const workbench = { id: 'workbench', label: 'Workbench' } as const;

/** The tools beside the workbench, in the order of their tabs. */
export const tools: readonly Tool[] = [
  { id: 'sessions', label: 'Sessions', load: () => import('./sessions/SessionsPanel.svelte') },
];

/** The tool that an address asks for; the workbench where it asks for none that is known. */
export function toolIn(search: string): string {
  const asked = new URLSearchParams(search).get(toolParameter);
  return tools.find(({ id }) => id === asked)?.id ?? workbench.id;
}
