import type { NotificationEvent } from '../../service/contract/notifications.ts';
import type { JsonPath } from './json-path.ts';
import { RecentTexts } from './recent-texts.ts';

/** One way in which a notification is not what its schema says. */
export interface Deviation {
  /** The field, from the whole: `['data', 'priority']`. Of a missing field, where it should stand. */
  readonly path: JsonPath;
  readonly kind: 'value' | 'missing';
  /** One sentence. */
  readonly message: string;
  readonly expected: string;
  readonly found: string;
}

/** What a text is, measured by the contract. */
export type FrameCheck =
  | { readonly name: 'not_json'; readonly message: string }
  | { readonly name: 'not_envelope'; readonly path: JsonPath; readonly message: string }
  /** Allowed: the catalogue is open, and clients ignore what they do not know. */
  | { readonly name: 'unknown_event'; readonly event: string }
  | { readonly name: 'deviations'; readonly event: NotificationEvent; readonly deviations: readonly Deviation[] }
  | { readonly name: 'fine'; readonly event: NotificationEvent };

const checked = new RecentTexts<FrameCheck>();
let checker: Promise<typeof import('./frame-checker.ts')> | undefined;

/**
 * Checks a text, whatever it is, against the schema of the notification that it claims to be. Equal texts are checked once.
 *
 * Schemas and validator are loaded at the first call.
 *
 * @throws TypeError where they cannot be loaded, as when the site's server is gone. The next call tries again.
 */
export async function checkFrame(text: string): Promise<FrameCheck> {
  const known = checked.get(text);
  if (known) return known;
  checker ??= import('./frame-checker.ts');
  try {
    const { checkText } = await checker;
    const check = checkText(text);
    checked.set(text, check);
    return check;
  } catch (error) {
    checker = undefined;
    throw error;
  }
}

/** What {@link checkFrame} found for this text, if it was asked lately: for what must be on screen at once. */
export function knownCheck(text: string): FrameCheck | undefined {
  return checked.get(text);
}

/** A check in a few words, or `undefined` where there is nothing to say against the text. */
export function checkInWords(check: FrameCheck): string | undefined {
  switch (check.name) {
    case 'fine':
      return undefined;
    case 'not_json':
    case 'not_envelope':
      return check.message;
    case 'unknown_event':
      return `No notification is called “${check.event}”: clients ignore it.`;
    case 'deviations': {
      const { length } = check.deviations;
      return `${length === 1 ? 'One deviation' : `${length} deviations`} from the schema of ${check.event}.`;
    }
  }
}
