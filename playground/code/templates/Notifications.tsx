import { useEffect, useState } from 'react';
import { listen } from './listen.ts'; //: inline
import type { Notification } from './notifications.ts';

//: if !all
/** Other types are ignored. New ones may come at any time. */
const events: readonly string[] = ['batch_results_ready'];

//: end
function Connection({ userId }: { userId: string }) {
  const [status, setStatus] = useState('connecting');
  const [notifications, setNotifications] = useState<Notification[]>([]);

  useEffect(() => {
    const onNotification = (notification: Notification) => {
      //: if !all
      if (!events.includes(notification.event)) return;
      //: end
      setNotifications((before) => [...before, notification]);
    };
    return listen(userId, onNotification, setStatus);
  }, [userId]);

  return (
    <section>
      <h2>{userId}</h2>
      <p role="status">{status}</p>
      <ul>
        {notifications.map(({ event, data }, index) => (
          <li key={index}>
            {event}: {data.message}
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function Notifications() {
  //: if many
  //~ const users = ['teacher-1', 'teacher-2'];
  //~ return users.map((userId, index) => <Connection key={index} userId={userId} />);
  //: else
  return <Connection userId={'teacher-1'} />;
  //: end
}
