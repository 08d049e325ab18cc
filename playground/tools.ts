import type { Component } from 'svelte';
import { trialParameter } from '../service/contract/reference-pages.ts';
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
  { id: 'auth-matrix', label: 'Auth matrix', load: () => import('./labs/AuthMatrix.svelte') },
  { id: 'close-codes', label: 'Close codes', load: () => import('./labs/CloseCodes.svelte') },
  { id: 'old-and-new', label: 'Old and new', load: () => import('./labs/OldAndNew.svelte') },
  { id: 'code', label: 'Code', load: () => import('./code/CodePanel.svelte') },
  { id: 'sessions', label: 'Sessions', load: () => import('./sessions/SessionsPanel.svelte') },
];

/** Where `?try=` leads, whichever tool was open. */
const laboratory = 'close-codes';

/** The tool that an address asks for; the workbench where it asks for none that is known. */
export function toolIn(search: string): string {
  const given = new URLSearchParams(search);
  const asked = given.get(toolParameter) ?? (given.has(trialParameter) ? laboratory : workbench.id);
  return tools.find(({ id }) => id === asked)?.id ?? workbench.id;
}

/** The page's address with another tool open. What was to be tried stays with the tool that tries it. */
export function toolAddress(href: string, id: string): string {
  const url = new URL(href);
  if (id === workbench.id) url.searchParams.delete(toolParameter);
  else url.searchParams.set(toolParameter, id);
  if (id !== laboratory) url.searchParams.delete(trialParameter);
  return url.href;
}
