import type { Situation } from '../../playground/code/situation.ts';

/** One user on one connection that is made again when it is lost: what the templates show as they stand. */
export const oneUser: Situation = {
  service: 'http://localhost:8004',
  site: 'http://localhost:8004',
  users: [{ userId: 'teacher-1', connections: 1 }],
  reconnects: true,
  events: ['batch_results_ready'],
  publication: { userId: 'teacher-1', payload: '{"event":"class_created","data":{}}', count: 1 },
  channelPrefix: 'ws',
  broker: 'embedded',
  token: { kind: 'minted', lifetimeSeconds: 3600 },
};

/** What every language reads as something of its own, unless it is quoted. */
export const hostileText = `it's "so" \\ \\n \${x} $(x) \`x\` #{x} %s {{x}} </script><!-- </template> */ '''\n\t\r\u2028🧑‍🏫 ü -e @x`;

/** Situations that the code is made for. */
export const situations: Readonly<Record<string, Situation>> = {
  'one user': oneUser,
  'one user, without coming back': { ...oneUser, reconnects: false },
  'all types': { ...oneUser, events: 'all' },
  'many users': {
    ...oneUser,
    users: [
      { userId: 'teacher-1', connections: 2 },
      { userId: 'teacher-2', connections: 1 },
    ],
    events: ['batch_results_ready', 'class_created'],
  },
  'many users, all types, without coming back': {
    ...oneUser,
    reconnects: false,
    events: 'all',
    users: [{ userId: 'teacher-1', connections: 6 }],
    publication: { ...oneUser.publication, count: 1000, perSecond: 10_000 },
  },
  'a token of one’s own, no type seen': { ...oneUser, events: [], token: { kind: 'pasted' } },
  'a token of one’s own, without coming back': { ...oneUser, reconnects: false, token: { kind: 'pasted' } },
  'a wrong token behind a path, over Redis': {
    ...oneUser,
    service: 'https://realtime.example/some/path',
    broker: 'redis',
    channelPrefix: 'staging-ws',
    token: { kind: 'minted', lifetimeSeconds: 5, defect: 'expired', claims: { role: null, nested: [true, 1.5] } },
  },
  'hostile strings': {
    ...oneUser,
    users: [{ userId: hostileText, connections: 1 }],
    events: ['announced_in_the_future', 'class_created', hostileText],
    publication: { userId: hostileText, payload: hostileText, count: 2, perSecond: 50 },
    token: { kind: 'minted', lifetimeSeconds: 60, claims: { [hostileText]: hostileText, __proto__x: null } },
  },
  'hostile strings of many, over Redis': {
    ...oneUser,
    users: [{ userId: hostileText, connections: 2 }],
    reconnects: false,
    events: [hostileText],
    broker: 'redis',
    publication: { userId: hostileText, payload: hostileText, count: 1, perSecond: 1 },
  },
};
