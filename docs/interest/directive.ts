import type { ClientDirective } from 'astro';
import { startCommand } from '../../playground/service/failure.ts';

/** What shows that someone turns to an island: the pointer comes near, the keyboard's focus arrives, a finger touches. */
const signs = ['pointerenter', 'focusin', 'touchstart', 'click'] as const;

/**
 * `client:interest`: an island becomes alive when someone turns to it. Until then a page pays nothing for it.
 *
 * A click that comes before it is alive is done again once it is: a phone sends no sign earlier than its touch.
 */
const interest: ClientDirective = (load, _options, island) => {
  const ending = new AbortController();
  let clicked: HTMLElement | undefined;
  let isAwaited = false;

  const wake = async (event?: Event) => {
    if (event?.type === 'click') {
      event.preventDefault();
      event.stopPropagation();
      clicked = event.target as HTMLElement;
    }
    if (isAwaited) return;
    isAwaited = true;
    const hydrate = await load();
    await hydrate();
    ending.abort();
    clicked?.click();
  };

  island.addEventListener('astro:hydration-error', () => island.after(lostNotice()), { once: true });
  for (const sign of signs) island.addEventListener(sign, wake, { capture: true, signal: ending.signal });
  // An address in the link is judged at once.
  if (window.location.search !== '') void wake();
};

/** Astro has tried twice by now. A browser does not fetch a module again that it could not fetch: only a new page does. */
function lostNotice(): HTMLElement {
  const notice = document.createElement('p');
  notice.className = 'island-lost';
  notice.role = 'alert';
  notice.textContent = `A part of this page could not be loaded: the server that it came from does not answer. Start it again with ${startCommand}, then reload the page.`;
  return notice;
}

export default interest;
