import { endpoints, websocketUrl } from '../../service/contract/endpoints.ts';
import { notificationEvents } from '../../service/contract/notifications.ts';
import type { Language, Syntax } from './languages.ts';
import {
  fitsShell,
  javascriptString,
  javascriptValue,
  jsonText,
  pythonString,
  pythonValue,
  shellWord,
} from './literals.ts';
import { type Situation, type TokenSource, userOfEachConnection } from './situation.ts';
import { fill, type Replacements } from './template.ts';

/** The program that does what is on the screen. */
export function generate(language: Language, situation: Situation): string {
  return fill(language.template, {
    flags: flags(language, situation),
    values: values(language.syntax, situation),
    rounds: rounds(language.syntax, situation),
    ...(language.inlined !== undefined && { inlined: language.inlined }),
  });
}

/** The types of interest that the contract does not list. */
function unlisted({ events }: Situation): readonly string[] {
  const known: readonly string[] = notificationEvents;
  return events === 'all' ? [] : events.filter((event) => !known.includes(event));
}

/** Whether `redis-cli` publishes: not where the broker is none, nor what no argument of a program can hold. */
export function publishesOverRedis({ broker, publication, channelPrefix }: Situation): boolean {
  return broker === 'redis' && fitsShell(`${channelPrefix}:${publication.userId} ${publication.payload}`);
}

function flags({ id }: Language, situation: Situation): Record<string, boolean> {
  return {
    all: situation.events.length === 0 || situation.events === 'all',
    many: userOfEachConnection(situation).length > 1,
    minted: situation.token.kind === 'minted',
    node: id === 'node',
    reconnect: situation.reconnects,
    paced: situation.publication.perSecond !== undefined,
    redis: publishesOverRedis(situation),
    several: situation.publication.count > 1,
    unlisted: unlisted(situation).length > 0,
  };
}

/** What is asked of `POST /dev/tokens` beside the user. */
function tokenRequest(token: TokenSource): Record<string, unknown> {
  if (token.kind === 'pasted') return {};
  const { lifetimeSeconds, claims, defect } = token;
  return {
    lifetime_seconds: lifetimeSeconds,
    ...(claims && Object.keys(claims).length > 0 && { claims }),
    ...(defect && { defect }),
  };
}

const withoutBraces = (object: string) => object.replace(/^\{ ?/, '').replace(/ ?\}$/, '');

/** What stands for each literal of the templates; they show one user, and the address of a service at home. */
function values(syntax: Syntax, situation: Situation): Replacements {
  const users = userOfEachConnection(situation);
  const [user = ''] = users;
  const address = websocketUrl(situation.service);
  const tokens = situation.service + endpoints.devTokens;
  const request = tokenRequest(situation.token);
  if (syntax === 'shell') return { ...shellValues(situation), [`'ws://localhost:8004/ws'`]: shellWord(address) };
  const [string, value] = syntax === 'python' ? [pythonString, pythonValue] : [javascriptString, javascriptValue];
  const lifetime = withoutBraces(value({ lifetime_seconds: 3600 }));
  return {
    [string('ws://localhost:8004/ws')]: string(address),
    [string('http://localhost:8004/dev/tokens')]: string(tokens),
    [lifetime]: withoutBraces(value(request)),
    [string('teacher-1')]: string(user),
    [value(['teacher-1', 'teacher-2'])]: value(users),
    // The components have them in a list, the programs one by one.
    [value(['batch_results_ready'])]: value(situation.events),
    [string('announced_in_the_future')]: unlisted(situation).map(string).join(' | '),
  };
}

function shellValues({ service, channelPrefix, publication }: Situation): Replacements {
  const { userId, payload, count, perSecond } = publication;
  const sample = '{"event":"class_created","data":{}}';
  const words = fitsShell(channelPrefix + userId + payload)
    ? { [`'ws:teacher-1'`]: shellWord(`${channelPrefix}:${userId}`), [shellWord(sample)]: shellWord(payload) }
    : {};
  return {
    ...words,
    [`'http://localhost:8004/dev/tokens'`]: shellWord(service + endpoints.devTokens),
    [`'http://localhost:8004/dev/notifications'`]: shellWord(service + endpoints.devNotifications),
    [shellWord(jsonText({ user_id: 'teacher-1', payload: sample }))]: shellWord(jsonText({ user_id: userId, payload })),
    '-r 20 -i 0.1': perSecond === undefined ? `-r ${count}` : `-r ${count} -i ${seconds(perSecond)}`,
    '-lt 20': `-lt ${count}`,
    'sleep 0.1': `sleep ${seconds(perSecond ?? 1)}`,
  };
}

/** The time between two messages as programs read it: never `1e-7`. */
function seconds(perSecond: number): string {
  return String(Number((1 / Math.max(perSecond, 0.001)).toFixed(4)));
}

function rounds(syntax: Syntax, situation: Situation): Record<string, Replacements[]> {
  if (syntax === 'shell') {
    const request = (user_id: string) => shellWord(jsonText({ user_id, ...tokenRequest(situation.token) }));
    const sample = shellWord(jsonText({ user_id: 'teacher-1', lifetime_seconds: 3600 }));
    return { connection: userOfEachConnection(situation).map((userId) => ({ [sample]: request(userId) })) };
  }
  const string = syntax === 'python' ? pythonString : javascriptString;
  const events = situation.events === 'all' ? [] : situation.events;
  return { event: events.map((event) => ({ [string('batch_results_ready')]: string(event) })) };
}
