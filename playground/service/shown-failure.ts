import { getContext, hasContext, setContext } from 'svelte';
import type { Failure } from './failure.ts';

const key = Symbol('the failure that the page shows');

/** Says to all that is below which failure the page shows already. To be called while a component is made. */
export function showsAlready(failure: () => Failure | undefined): void {
  setContext(key, failure);
}

/** The failure that the page shows already; `undefined` where nobody says so, as outside the playground. */
export function shownElsewhere(): (() => Failure | undefined) | undefined {
  return hasContext(key) ? getContext<() => Failure | undefined>(key) : undefined;
}
