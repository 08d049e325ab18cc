import { type Component, mount as show, unmount } from 'svelte';

/** Shows a component. @returns Takes it away. */
export function mount(component: Component, target: Element): () => void {
  const app = show(component, { target });
  return () => void unmount(app);
}
