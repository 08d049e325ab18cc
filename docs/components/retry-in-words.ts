import type { RetryAdvice } from '../../service/contract/close-codes.ts';

/** What each advice of the contract means, in a few words. */
export const retryInWords: Record<RetryAdvice, string> = {
  never: 'No',
  with_new_token: 'Not with the same token',
  spread_out: 'Yes, after a short random wait',
  back_off: 'Yes, with growing random waits',
  after_closing_another: 'After closing another connection',
};
