import { pageStorage } from './service/service-address.svelte.ts';
import { toolAddress, toolIn, workbench } from './tools.ts';
import { rememberTourSeen } from './tour/seen.ts';
import type { TourStep } from './tour/tour.svelte.ts';

/** The two halves of the playground; where there is no room for both, one of them is shown. */
export type View = 'tools' | 'timeline';

/** What of the playground is shown. */
export class Stage {
  /** The id of the tool that is open. */
  tool = $state<string>(workbench.id);
  /** What was opened stays, with all that was done in it. */
  opened = $state.raw<readonly string[]>([]);
  /** Matters on a small screen alone. */
  view = $state<View>('tools');
  /** The panel that the tour points at. */
  lit = $state<TourStep>();
  /** Counts the starts of the tour; 0 while there is none. */
  tourStart = $state(0);
  #tourStarts = 0;

  /** Opens the tool that the address names. */
  read(search: string): void {
    this.#show(toolIn(search));
  }

  /** Opens a tool. The address then names it, so that a reload or a link leads back to it. */
  open(id: string): void {
    this.view = 'tools';
    this.#show(id);
    window.history.replaceState(window.history.state, '', toolAddress(window.location.href, id));
  }

  /** Shows what the tour has come to. */
  pointAt(step: TourStep | undefined): void {
    this.lit = step;
    if (step === 'timeline') this.view = 'timeline';
    else if (step) this.open(workbench.id);
  }

  startTour(): void {
    this.refuseTour();
    this.#tourStarts += 1;
    this.tourStart = this.#tourStarts;
  }

  endTour(): void {
    this.lit = undefined;
    this.tourStart = 0;
  }

  /** Invites nobody any more; the help still offers the tour. */
  refuseTour(): void {
    rememberTourSeen(pageStorage());
  }

  #show(id: string): void {
    this.tool = id;
    if (!this.opened.includes(id)) this.opened = [...this.opened, id];
  }
}
