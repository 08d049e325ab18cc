import { count } from '../parts/format.ts';
import type { Language } from './languages.ts';
import { type Situation, userOfEachConnection } from './situation.ts';

/** What the program does, in a sentence: so that the reader sees what was taken from the screen. */
export function summary(language: Language, situation: Situation): string {
  return language.carries === 'publication' ? publishes(situation) : connects(situation);
}

function connects(situation: Situation): string {
  const { users, events, reconnects } = situation;
  const [only] = users;
  const connections = count(userOfEachConnection(situation).length, 'connection');
  const whose = users.length === 1 && only ? `of ${only.userId}` : `of ${users.length} users`;
  const what =
    events === 'all' || events.length === 0 ? 'all notification types' : `${count(events.length, 'notification type')}`;
  return `From the screen: ${connections} ${whose}, ${what}, ${reconnects ? 'connecting again when the connection is lost' : 'not connecting again'}.`;
}

function publishes({ publication: { userId, count: times, perSecond }, broker }: Situation): string {
  const messages =
    times === 1 ? 'one message' : `${times} messages${perSecond === undefined ? '' : `, ${perSecond} a second,`}`;
  return `From the screen: ${messages} to ${userId}, ${broker === 'redis' ? 'over Redis' : 'through the service'}.`;
}
