import { type Component, createApp } from 'vue';

/** Shows a component. @returns Takes it away. */
export function mount(component: Component, target: Element): () => void {
  const app = createApp(component);
  app.mount(target);
  return () => app.unmount();
}
