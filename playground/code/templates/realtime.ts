import { listen } from './listen.ts'; //: inline
import type { Notification } from './notifications.ts';

//: if unlisted
//~ /** Types that notifications.ts does not list. */
//~ interface Unlisted {
//~   event: 'announced_in_the_future';
//~   data: { message?: string };
//~ }
//~
//~ function onNotification(userId: string, notification: Notification | Unlisted): void {
//: else
function onNotification(userId: string, notification: Notification): void {
  //: end
  //: if all
  //~ console.log('notification', userId, notification.event, notification.data.message);
  //: else
  switch (notification.event) {
    //: each event
    case 'batch_results_ready':
      console.log('notification', userId, notification.event, notification.data.message);
      break;
    //: end
    default: // Another type. New ones may come at any time.
  }
  //: end
}

//: if many
//~ for (const userId of ['teacher-1', 'teacher-2'])
//~   listen(
//~     userId,
//~     (notification) => onNotification(userId, notification),
//~     (status) => console.log('status', userId, status),
//~   );
//: else
listen(
  'teacher-1',
  (notification) => onNotification('teacher-1', notification),
  (status) => console.log('status', 'teacher-1', status),
);
//: end
