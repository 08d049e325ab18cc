/**
 * How Redis failed us.
 *
 * - `refused`: it answered, with an error.
 * - `stuck`: the connection stands, and no answer came in time.
 * - `lost`: there is no connection.
 */
export type RedisFaultKind = 'refused' | 'stuck' | 'lost';

/** A failure at Redis. Its message is safe to show; it keeps no reference to the error of the client library. */
export class RedisFault extends Error {
  readonly kind: RedisFaultKind;

  constructor(kind: RedisFaultKind, message: string) {
    super(message);
    this.name = 'RedisFault';
    this.kind = kind;
  }
}

/** What ioredis says to a command that found or lost its connection closed; of no use to a reader of the log. */
const disconnections = /^(Reached the max retries per request|Stream isn't writeable|Connection is closed)/;

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A host with several addresses fails with an AggregateError, whose own message is empty.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(textOf).join('; ');
  return error.message === '' ? error.name : error.message;
}

/**
 * Makes the function that turns any error of ioredis into a {@link RedisFault}.
 *
 * @param secrets - Texts to blot out. Redis quotes arguments: "unknown command 'AUTH', with args beginning with: …".
 */
export function faultReader(secrets: readonly string[]): (error: unknown) => RedisFault {
  return (error) => {
    if (error instanceof RedisFault) return error;
    const text = textOf(error);
    if (disconnections.test(text)) return new RedisFault('lost', 'the connection was closed');
    const safe = secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
    return new RedisFault(error instanceof Error && error.name === 'ReplyError' ? 'refused' : 'lost', safe);
  };
}
