import type { NotificationReference } from './notifications.ts';

/** How many fields of its own a handler shows beside the message. */
const shownFields = 3;

/**
 * A program that handles one notification type: what its page shows, and test/docs/typed-handlers.test.ts runs.
 *
 * `socket` is an open WebSocket; the types come from the file that the site offers for download.
 */
export function typedHandler({ event, typeName, fields }: NotificationReference): string {
  const own = fields.map(({ name }) => name).filter((name) => /^\w+$/.test(name) && name !== 'message');
  const names = own.slice(0, shownFields).join(', ');
  const handler = `on${typeName}`;
  return `import type { ${typeName}, Notification } from './notifications.ts';

socket.addEventListener('message', ({ data: text }) => {
  const notification: Notification = JSON.parse(text);
  if (notification.event === '${event}') ${handler}(notification.data);
});

function ${handler}({ message, ${names} }: ${typeName}) {
  console.log(message, { ${names} });
}`;
}
