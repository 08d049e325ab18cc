import { notificationPage } from '../../service/contract/reference-pages.ts';

/** A word of the platform or of the protocol, and what it means here. */
export interface Term {
  /** As it stands in the glossary. */
  readonly name: string;
  /** Other forms in which a text may use it: plurals, abbreviations, older names. */
  readonly spellings?: readonly string[];
  /** One or two sentences, in which backticks mark code. */
  readonly definition: string;
  /** Anchors of other terms. */
  readonly seeAlso?: readonly string[];
  /** The page that says more. Without an anchor the whole page is about the term. */
  readonly page?: string;
  /** Whether pages link to the term where it occurs first. Not for words that every reader knows, or that are used in several senses. */
  readonly isLinked?: true;
}

/** Holds that every "see also" names a term of the same glossary, when the code is compiled. */
function glossary<const Anchor extends string>(
  terms: Readonly<Record<Anchor, Term & { readonly seeAlso?: readonly NoInfer<Anchor>[] }>>,
): Readonly<Record<Anchor, Term>> {
  return terms;
}

/** Every term by its anchor on the page, in no order. */
export const terms = glossary({
  algorithm: {
    name: 'algorithm',
    spellings: ['algorithms', 'HS256', 'RS256', 'ES256', 'EdDSA'],
    definition:
      'How a token is signed: `HS256` with a secret that both sides share, `RS256`, `ES256` or `EdDSA` with a private key whose public half verifies. The service takes it from its configuration, never from the token.',
    seeAlso: ['jwt', 'key-set'],
    page: '/protocol/authentication/#what-a-token-must-hold',
  },
  'api-gateway': {
    name: 'API gateway',
    spellings: ['gateway'],
    definition: 'The front door of the platform’s HTTP interfaces. It held the WebSockets before this service did.',
    seeAlso: ['backend-service'],
    page: '/migrate/',
    isLinked: true,
  },
  audience: {
    name: 'audience',
    definition: 'For whom a token was issued: its claim `aud`. A token for another audience is refused.',
    seeAlso: ['claim', 'issuer'],
    page: '/protocol/authentication/#what-a-token-must-hold',
    isLinked: true,
  },
  'back-off': {
    name: 'back-off',
    spellings: ['growing random waits', 'growing waits', 'backing off', 'backs off', 'exponential back-off'],
    definition: 'Waiting longer after each attempt that failed, so that a server in trouble is not asked ever faster.',
    seeAlso: ['jitter'],
    page: '/migrate/#handle-close',
    isLinked: true,
  },
  'backend-service': {
    name: 'backend service',
    spellings: ['backend services'],
    definition:
      'A service of the platform that does work and tells of it, such as the file service or the batch orchestrator. It publishes notifications; it never talks to a browser.',
    seeAlso: ['publisher', 'channel'],
    isLinked: true,
  },
  batch: {
    name: 'batch',
    spellings: ['batches'],
    definition: 'The essays that a teacher uploads together and has assessed together. `batch_id` names it.',
    seeAlso: ['essay', 'pipeline'],
    isLinked: true,
  },
  broker: {
    name: 'broker',
    spellings: ['brokers'],
    definition:
      'What takes a published message and hands it to every subscriber of its channel: Redis, or the embedded broker.',
    seeAlso: ['embedded-broker', 'pub-sub', 'channel'],
    isLinked: true,
  },
  category: {
    name: 'category',
    spellings: ['categories'],
    definition: 'What a notification is about, such as the progress of a batch. Screens filter by it.',
    seeAlso: ['notification', 'priority'],
    page: '/protocol/messages/#fields-of-every-notification',
  },
  cause: {
    name: 'cause',
    spellings: ['error_code', 'error code', 'error codes', 'causes'],
    definition:
      'Why exactly a connection was refused or ended. Each cause has one stable `error_code`, which is what a client’s code tests.',
    seeAlso: ['close-code', 'close-reason'],
    page: '/protocol/close-codes/#the-reason',
  },
  channel: {
    name: 'channel',
    spellings: ['channels', 'Redis channel'],
    definition: 'A named stream of messages in the broker. Each user has one: `ws:` and the user id.',
    seeAlso: ['broker', 'subscriber', 'user-id'],
    page: '/start/what-this-is/',
    isLinked: true,
  },
  claim: {
    name: 'claim',
    spellings: ['claims'],
    definition: 'One named statement in a token, such as who the user is (`sub`) or when it expires (`exp`).',
    seeAlso: ['jwt', 'subject', 'expiry'],
    page: '/protocol/authentication/#what-a-token-must-hold',
    isLinked: true,
  },
  class: {
    name: 'class',
    spellings: ['classes'],
    definition:
      'A group of students that a teacher has, with a name that the school gave it, such as 9B. `class_id` names it.',
    seeAlso: ['essay', 'batch'],
  },
  'close-code': {
    name: 'close code',
    spellings: ['close codes'],
    definition: 'The number with which a WebSocket connection ends. It tells a client whether to try again.',
    seeAlso: ['close-reason', 'cause'],
    page: '/protocol/close-codes/',
    isLinked: true,
  },
  'close-reason': {
    name: 'close reason',
    spellings: ['close reasons'],
    definition: 'The text beside a close code. Here it is always whole JSON, with the cause and a correlation id.',
    seeAlso: ['close-code', 'cause', 'correlation-id'],
    page: '/protocol/close-codes/#the-reason',
    isLinked: true,
  },
  'comparative-judgement': {
    name: 'comparative judgement',
    spellings: ['comparative judgements', 'CJ'],
    definition:
      'Assessing essays by comparing them in pairs: which of the two is better? Many such answers give a ranking.',
    seeAlso: ['phase', 'essay'],
    page: notificationPage('batch_cj_assessment_completed'),
    isLinked: true,
  },
  'compose-network': {
    name: 'compose network',
    definition:
      'The private network of the containers that one Docker Compose file starts. In it, the service is reached by its name rather than by a public host.',
    isLinked: true,
  },
  connection: {
    name: 'connection',
    spellings: ['connections'],
    definition: 'One WebSocket between a client and the service. Each tab of a browser has one of its own.',
    seeAlso: ['handshake', 'close-code', 'user-id'],
    page: '/protocol/endpoint/',
  },
  'correlation-id': {
    name: 'correlation id',
    spellings: ['correlation ids'],
    definition:
      'A random name that one request, or one connection, has in every log. Give it to whoever runs the service, and they find what happened.',
    seeAlso: ['close-reason', 'problem-document'],
    page: '/protocol/close-codes/#the-reason',
  },
  cors: {
    name: 'CORS',
    definition:
      'Cross-origin resource sharing: how a server tells browsers which other origins’ pages may use it. The list in `CORS_ORIGINS` holds for the WebSocket as well.',
    seeAlso: ['origin'],
    page: '/reference/configuration/#cors_origins',
  },
  credits: {
    name: 'credits',
    spellings: ['credit'],
    definition:
      'What a teacher or an organisation pays for processing with. A pipeline that needs more than there are is not started.',
    seeAlso: ['pipeline'],
    page: notificationPage('pipeline_denied_insufficient_credits'),
    isLinked: true,
  },
  'embedded-broker': {
    name: 'embedded broker',
    definition:
      'A broker inside the service’s own process, in memory. It stands in for Redis on one machine, for one instance.',
    seeAlso: ['broker', 'instance'],
    page: '/start/run-locally/#from-the-shell',
    isLinked: true,
  },
  essay: {
    name: 'essay',
    spellings: ['essays'],
    definition: 'A text that a student wrote and a teacher has assessed. It arrives as a file of a batch.',
    seeAlso: ['batch'],
  },
  event: {
    name: 'event',
    spellings: ['events', 'notification type', 'notification types'],
    definition:
      'The name of a notification’s type, in the key `event` of each message. A client decides by it what to do.',
    seeAlso: ['notification'],
    page: '/protocol/messages/#notification-types',
  },
  expiry: {
    name: 'expiry',
    spellings: ['expires', 'expired', 'lifetime'],
    definition:
      'The moment from which a token is worth nothing: its claim `exp`. A connection ends with the token that opened it.',
    seeAlso: ['jwt', 'claim'],
    page: '/protocol/authentication/#when-it-expires',
  },
  frame: {
    name: 'frame',
    spellings: ['frames', 'text frame', 'text frames', 'binary frame', 'binary frames'],
    definition:
      'The unit in which a WebSocket carries data. A text frame holds UTF-8 text, and is all that this service sends; it accepts no binary frame.',
    seeAlso: ['rfc-6455', 'ping'],
    page: '/protocol/endpoint/#one-direction',
    isLinked: true,
  },
  handshake: {
    name: 'handshake',
    spellings: ['handshakes'],
    definition: 'The HTTP request that asks for a WebSocket, and its answer. After it the connection is open.',
    seeAlso: ['upgrade', 'connection'],
    page: '/protocol/endpoint/#open-and-not-closed-at-once-means-subscribed',
    isLinked: true,
  },
  'identity-service': {
    name: 'identity service',
    definition: 'The service of the platform that knows the users and issues their tokens.',
    seeAlso: ['jwt', 'issuer'],
    isLinked: true,
  },
  'idle-timeout': {
    name: 'idle timeout',
    definition: 'After this long without any answer from a peer the service drops its connection.',
    seeAlso: ['ping', 'sweep'],
    page: '/protocol/endpoint/#staying-connected',
  },
  instance: {
    name: 'instance',
    spellings: ['instances'],
    definition:
      'One running process of the service. Several share the load, and each subscribes in Redis for its own connections.',
    seeAlso: ['pub-sub', 'connection'],
    isLinked: true,
  },
  issuer: {
    name: 'issuer',
    definition: 'Who made a token: its claim `iss`. The service accepts tokens of one issuer.',
    seeAlso: ['claim', 'audience', 'identity-service'],
    page: '/protocol/authentication/#what-a-token-must-hold',
    isLinked: true,
  },
  jitter: {
    name: 'jitter',
    spellings: ['random wait', 'random waits'],
    definition: 'Chance added to a wait, so that clients which lost their connections together do not return together.',
    seeAlso: ['back-off'],
    page: '/migrate/#handle-close',
    isLinked: true,
  },
  jwt: {
    name: 'JWT',
    spellings: ['JWTs', 'JSON Web Token', 'access token', 'access tokens'],
    definition:
      'JSON Web Token (RFC 7519): claims and a signature over them, in one string. Whoever holds the key can verify it without asking anyone.',
    seeAlso: ['claim', 'algorithm', 'expiry'],
    page: '/protocol/authentication/',
    isLinked: true,
  },
  'key-set': {
    name: 'key set (JWKS)',
    spellings: ['JWKS', 'key set', 'key sets'],
    definition:
      'JSON Web Key Set (RFC 7517): the public keys with which an issuer’s tokens are verified, at an address of the issuer’s. Keys can change there without a restart here.',
    seeAlso: ['algorithm', 'issuer'],
    page: '/reference/configuration/#jwt_jwks_url',
    isLinked: true,
  },
  mint: {
    name: 'mint',
    spellings: ['mints', 'minted'],
    definition:
      'To make and sign a token. In development the service does it for you; elsewhere only the identity service does.',
    seeAlso: ['jwt', 'identity-service'],
    page: '/reference/http/#dev-tokens',
    isLinked: true,
  },
  notification: {
    name: 'notification',
    spellings: ['notifications', 'message', 'messages'],
    definition: 'What a backend service tells one user: an `event` and its `data`, as JSON. It travels as one message.',
    seeAlso: ['event', 'publisher'],
    page: '/protocol/messages/',
  },
  origin: {
    name: 'origin',
    spellings: ['origins'],
    definition:
      'Scheme, host and port of the page that a request comes from. Browsers name it in the handshake, and the service refuses the ones that it does not know.',
    seeAlso: ['cors', 'handshake'],
    page: '/protocol/authentication/#where-the-page-comes-from',
    isLinked: true,
  },
  phase: {
    name: 'phase',
    spellings: ['phases'],
    definition:
      'One step of a pipeline, such as the spell check or the comparative judgement. Some phases have a notification of their own when they end.',
    seeAlso: ['pipeline', 'comparative-judgement'],
    page: '/protocol/messages/#notification-types',
    isLinked: true,
  },
  ping: {
    name: 'ping',
    spellings: ['pings', 'ping frame', 'ping frames', 'heartbeat', 'heartbeats', 'WebSocket ping frames'],
    definition:
      'A frame that asks the peer whether it is still there. Browsers answer it by themselves. It is not the message `{"type":"ping"}`, which some clients send and nothing answers.',
    seeAlso: ['idle-timeout', 'frame'],
    page: '/protocol/endpoint/#staying-connected',
  },
  pipeline: {
    name: 'pipeline',
    spellings: ['pipelines'],
    definition: 'The phases through which a batch goes, in order, from the teacher’s request to the results.',
    seeAlso: ['batch', 'phase', 'credits'],
    page: notificationPage('batch_processing_started'),
    isLinked: true,
  },
  priority: {
    name: 'priority',
    spellings: ['priorities'],
    definition: 'How soon a teacher should see a notification. It changes nothing about how it is delivered.',
    seeAlso: ['category', 'notification'],
    page: '/protocol/messages/#fields-of-every-notification',
  },
  'problem-document': {
    name: 'problem document',
    spellings: ['problem documents', 'problem details', 'RFC 9457'],
    definition: 'The JSON in which an HTTP error is told (RFC 9457), of the type `application/problem+json`.',
    seeAlso: ['cause', 'correlation-id'],
    page: '/reference/http-errors/',
    isLinked: true,
  },
  'pub-sub': {
    name: 'Pub/Sub',
    spellings: ['publish and subscribe'],
    definition:
      'The part of Redis that hands a message to whoever has subscribed to its channel at that moment. It keeps nothing: who is not there misses it.',
    seeAlso: ['channel', 'publisher', 'subscriber'],
    page: '/protocol/messages/#what-is-not-promised',
  },
  publisher: {
    name: 'publisher',
    spellings: ['publishers', 'sender', 'senders'],
    definition:
      'Whoever puts a notification on a user’s channel, in the platform a backend service. It knows no connections.',
    seeAlso: ['backend-service', 'channel'],
    page: '/start/run-locally/#with-redis',
  },
  'rfc-6455': {
    name: 'RFC 6455',
    definition:
      'The standard of the WebSocket protocol: handshake, frames, close codes. Browsers and libraries keep to it for you.',
    seeAlso: ['handshake', 'frame', 'close-code'],
    isLinked: true,
  },
  'send-buffer': {
    name: 'send buffer',
    spellings: ['send buffers'],
    definition:
      'What has been sent to a client and has not left the service yet. It grows while the client reads too slowly.',
    seeAlso: ['slow-consumer'],
    page: '/protocol/close-codes/#1013',
    isLinked: true,
  },
  'slow-consumer': {
    name: 'slow consumer',
    spellings: ['slow consumers', 'slow client'],
    definition:
      'A client that reads more slowly than messages arrive. Over a limit the service ends its connection rather than its own memory.',
    seeAlso: ['send-buffer'],
    page: '/protocol/close-codes/#1013',
  },
  subject: {
    name: 'subject',
    definition: 'Whom a token is about: its claim `sub`, here the user id.',
    seeAlso: ['claim', 'user-id'],
    page: '/protocol/authentication/#what-a-token-must-hold',
  },
  subscriber: {
    name: 'subscriber',
    spellings: ['subscribers', 'subscription', 'subscriptions'],
    definition:
      'Whoever has asked the broker for a channel’s messages. An instance subscribes once a channel, however many connections want it.',
    seeAlso: ['channel', 'pub-sub', 'instance'],
    page: '/protocol/endpoint/#open-and-not-closed-at-once-means-subscribed',
  },
  sweep: {
    name: 'sweep',
    spellings: ['sweeps'],
    definition:
      'One regular pass over all connections, which pings them, drops the dead and ends those whose token has expired.',
    seeAlso: ['ping', 'idle-timeout', 'expiry'],
  },
  upgrade: {
    name: 'upgrade',
    spellings: ['upgrades'],
    definition:
      'The turn of an HTTP connection into a WebSocket, which the header `Upgrade` asks for. A proxy in between has to pass it on.',
    seeAlso: ['handshake'],
    page: '/protocol/endpoint/#without-an-upgrade',
  },
  'user-id': {
    name: 'user id',
    spellings: ['user ids'],
    definition: 'What the platform calls a user by. It is the subject of the token, and the end of the channel’s name.',
    seeAlso: ['subject', 'channel'],
    page: '/protocol/authentication/',
  },
});

/** The anchor of a term on the glossary's page. */
export type TermAnchor = keyof typeof terms;

/** Where the glossary is. */
export const glossaryPage = '/reference/glossary/';

/** Every term with its anchor, in the order of the alphabet. */
export const sortedTerms: readonly { readonly anchor: TermAnchor; readonly term: Term }[] = (
  Object.entries(terms) as [TermAnchor, Term][]
)
  .map(([anchor, term]) => ({ anchor, term }))
  .sort((a, b) => a.term.name.localeCompare(b.term.name, 'en', { sensitivity: 'base' }));
