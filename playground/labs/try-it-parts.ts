// What a scenario on a page needs once someone turns to it, as one piece that is loaded then.

import type { ScenarioName } from '../scenarios.ts';
import { pageStorage } from '../service/service-address.svelte.ts';
import { Session } from '../session.svelte.ts';
import TryItResult from './TryItResult.svelte';
import { Trial } from './trial.svelte.ts';

/** A scenario that is ready, and what shows how it went. */
export interface TryItParts {
  readonly session: Session;
  readonly trial: Trial;
  readonly Result: typeof TryItResult;
}

/** Puts together a session of its own that uses the service of this page, and a user whom nobody else is. */
export function assemble(name: ScenarioName): TryItParts {
  const session = new Session();
  session.address.read(window.location, pageStorage());
  session.identity.userId = `try-it-${Math.random().toString(36).slice(2, 8)}`;
  const trial = new Trial(session);
  trial.choose(name);
  return { session, trial, Result: TryItResult };
}
