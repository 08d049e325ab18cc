import { notificationExamples } from '../../service/contract/examples.ts';
import { notificationEvents } from '../../service/contract/notifications.ts';
import type { BurstPlan } from './burst.svelte.ts';
import { notificationText } from './notification-text.ts';

/** One notification of each type, in the order of the catalogue. */
export function catalogueFor(userId: string): BurstPlan {
  return {
    userId,
    count: notificationEvents.length,
    inOrder: true,
    text: (number) => {
      const event = notificationEvents[number - 1];
      if (event === undefined) throw new RangeError(`The catalogue has ${notificationEvents.length} types.`);
      return notificationText(event, notificationExamples[event]);
    },
  };
}
