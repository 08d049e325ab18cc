import { type ComponentType, createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

/** Shows a component, in strict mode as Vite's template does. @returns Takes it away. */
export function mount(component: ComponentType, target: Element): () => void {
  const root = createRoot(target);
  root.render(createElement(StrictMode, null, createElement(component)));
  return () => root.unmount();
}
