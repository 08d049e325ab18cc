import { websocketUrl } from '../../service/contract/endpoints.ts';
import { publishesOverRedis } from './generate.ts';
import type { Language } from './languages.ts';
import { type Situation, userOfEachConnection } from './situation.ts';

/** What differs between the screen and the program, in sentences; backticks mark code. */
export function notesOn(language: Language, situation: Situation): string[] {
  return language.carries === 'publication' ? publicationNotes(situation) : connectionNotes(language, situation);
}

function connectionNotes({ id }: Language, situation: Situation): string[] {
  const isTool = id === 'wscat';
  const { events, reconnects, token } = situation;
  return [
    tokenNote(tokenPlace(id), situation),
    token.kind === 'minted' &&
      token.defect &&
      'The token is wrong on purpose, as on the screen: the service refuses it.',
    isTool && userOfEachConnection(situation).length > 1 && 'One terminal holds one connection.',
    isTool && reconnects && 'Connecting again is not carried over: wscat ends with its connection.',
    isTool && events !== 'all' && 'wscat prints every type: it cannot choose.',
    isInPage(id) && originNote(situation),
    'Publishing is not in it: that is under “curl and redis-cli”.',
  ].filter((note) => typeof note === 'string');
}

function tokenNote(place: 'function' | 'variable', { token }: Situation): string {
  if (token.kind === 'minted')
    return 'No token is in the code: the service mints one each time, which it does in development only.';
  return place === 'function'
    ? 'Your token is not in the code: `getAccessToken` is where your application hands over its own.'
    : 'Your token is not in the code: it is read from the environment.';
}

/** Where a program of one's own token takes it from. */
function tokenPlace(id: string): 'function' | 'variable' {
  return ['node', 'python', 'wscat'].includes(id) ? 'variable' : 'function';
}

function isInPage(id: string): boolean {
  return ['javascript', 'react', 'vue', 'svelte'].includes(id);
}

function originNote({ service }: Situation): string {
  const { host } = new URL(websocketUrl(service));
  return `The page’s origin must be that of ${host}, or stand in \`CORS_ORIGINS\` of the service. In development those of Vite and Astro do.`;
}

function publicationNotes(situation: Situation): string[] {
  const overRedis = publishesOverRedis(situation);
  return [
    situation.broker === 'redis' &&
      !overRedis &&
      'The text or the user holds a character that no shell can pass to `redis-cli`, so `curl` publishes it.',
    overRedis && 'Where Redis is, the page cannot know: `REDIS_URL` says so.',
    situation.publication.count > 1 &&
      situation.publication.perSecond !== undefined &&
      'The rate is the highest: each call adds the time that it takes.',
    'Connecting is not in it: that is under the other names.',
  ].filter((note) => typeof note === 'string');
}
