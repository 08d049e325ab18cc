import { formatSeconds } from '../parts/format.ts';

/** Up to this much nobody needs to know of, in milliseconds. */
const unnoticedMs = 3000;

/**
 * How far this machine's clock is ahead of the service's, as a token just minted tells.
 *
 * @param iat - The token's `iat`: the service's time in seconds, without their fraction.
 * @param receivedAt - When its answer was here, by this machine: milliseconds since 1970.
 * @param ms - How long the call took; the minting fell somewhere within.
 * @returns Milliseconds, negative where this machine is behind; 0 where the clocks may well agree.
 */
export function clockSkew(iat: number, receivedAt: number, ms: number): number {
  const least = receivedAt - ms - (iat + 1) * 1000;
  const most = receivedAt - iat * 1000;
  return least > 0 || most < 0 ? (least + most) / 2 : 0;
}

/** Says that the clocks differ, where it is more than a few seconds. */
export function clockNote(skewMs: number): string | undefined {
  if (Math.abs(skewMs) <= unnoticedMs) return undefined;
  const seconds = Math.abs(skewMs) / 1000;
  // It is known to a second at best.
  const step = seconds < 60 ? 1 : 10;
  const amount = formatSeconds(Math.round(seconds / step) * step);
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  return `This machine's clock is about ${amount} ${direction} the service's. Expiry is judged by the service's.`;
}
