/**
 * An attachment that keeps one style: `{@attach styled('height', () => …)}`. Svelte's own `style` would cost every page
 * with an island half a kilobyte of runtime.
 */
export function styled(property: string, value: () => string): (element: HTMLElement) => void {
  return (element) => element.style.setProperty(property, value());
}
