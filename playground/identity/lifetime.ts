import { defaultTokenLifetimeSeconds, maxTokenLifetimeSeconds } from '../../service/contract/development.ts';
import { formatSeconds } from '../parts/format.ts';

/** The lifetimes that the panel offers, in seconds. */
export const lifetimes = [
  { seconds: 5, label: '5 seconds' },
  { seconds: 60, label: '1 minute' },
  { seconds: 900, label: '15 minutes' },
  { seconds: defaultTokenLifetimeSeconds, label: '1 hour' },
  { seconds: 86_400, label: '1 day' },
  { seconds: maxTokenLifetimeSeconds, label: '30 days' },
] as const;

/** The units of a lifetime of one's own. */
export const lifetimeUnits = [
  { seconds: 1, label: 'seconds' },
  { seconds: 60, label: 'minutes' },
  { seconds: 3600, label: 'hours' },
  { seconds: 86_400, label: 'days' },
] as const;

/** A lifetime in the largest unit that it is a whole number of. */
export function inLargestUnit(seconds: number): { readonly amount: string; readonly unit: number } {
  const unit = lifetimeUnits.findLast((each) => seconds % each.seconds === 0)?.seconds ?? 1;
  return { amount: String(seconds / unit), unit };
}

/**
 * Reads a lifetime, such as `1.5` in hours.
 *
 * @param unit - The unit, in seconds.
 * @returns Whole seconds, or a sentence that says what is wrong.
 */
export function readLifetime(
  amount: string,
  unit: number,
): { readonly seconds: number } | { readonly problem: string } {
  const seconds = Math.round(Number(amount.trim().replace(',', '.')) * unit);
  if (amount.trim() === '' || Number.isNaN(seconds)) return { problem: 'Give a number.' };
  if (seconds < 1) return { problem: 'A token lives 1 second at least. “Expired” above makes one that has expired.' };
  if (seconds > maxTokenLifetimeSeconds)
    return { problem: `The service makes tokens of ${formatSeconds(maxTokenLifetimeSeconds)} at most.` };
  return { seconds };
}
