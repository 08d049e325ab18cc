import { notificationExamples } from '../../service/contract/examples.ts';
import type { NotificationEvent } from '../../service/contract/notifications.ts';
import { notificationText } from './notification-text.ts';

/** Whether a text is a notification that frontends understand. An invalid one can be published all the same. */
export type Validity = { readonly valid: true } | { readonly valid: false; readonly message: string };

const usualPrefix = 'ws';

/** The notification that is being written: its type, for whom, and the text exactly as it will be sent. */
export class Publisher {
  text = $state('');
  /** The `ws` of `ws:{user_id}`, until the service has told another. */
  channelPrefix = $state(usualPrefix);
  #event = $state<NotificationEvent>('batch_results_ready');
  #target = $state<string>();
  #untouchedText = '';
  readonly #defaultTarget: () => string;

  /** @param defaultTarget - Whom to address as long as nobody else was named. */
  constructor(defaultTarget: () => string) {
    this.#defaultTarget = defaultTarget;
    this.reset();
  }

  get event(): NotificationEvent {
    return this.#event;
  }

  /** Choosing a type puts its example in place of the text. */
  set event(event: NotificationEvent) {
    this.#event = event;
    this.reset();
  }

  get target(): string {
    return this.#target ?? this.#defaultTarget();
  }

  set target(userId: string) {
    this.#target = userId === this.#defaultTarget() ? undefined : userId;
  }

  /** Whether someone has changed the text since it was last made from the example. */
  get isEdited(): boolean {
    return this.text !== this.#untouchedText;
  }

  get validity(): Validity {
    return judge(this.text);
  }

  get channel(): string {
    return `${this.channelPrefix}:${this.target}`;
  }

  /** The same from a shell. JSON is put on one line; what is not JSON stays as it is. */
  get command(): string {
    return `redis-cli PUBLISH ${quote(this.channel)} ${quote(this.#onOneLine())}`;
  }

  /** The same where no Redis can be reached: through the service itself. */
  get commandThroughService(): string {
    return `npm run -s publish-notification -- --user ${quote(this.target)} --payload ${quote(this.#onOneLine())}`;
  }

  /** Makes the text anew from the example. */
  reset(): void {
    this.text = notificationText(this.#event, notificationExamples[this.#event], 2);
    this.#untouchedText = this.text;
  }

  /** The text to publish now. An example that nobody edited gets a fresh id and time; an edited text stays as it is. */
  take(): string {
    if (!this.isEdited) this.reset();
    return this.text;
  }

  /** Learns the channel prefix from what the service says it published on. */
  learn(channel: string, userId: string): void {
    if (channel.endsWith(`:${userId}`)) this.channelPrefix = channel.slice(0, -userId.length - 1);
  }

  #onOneLine(): string {
    const value = parse(this.text);
    return 'value' in value ? JSON.stringify(value.value) : this.text;
  }

  /** Forgets the prefix, as when the address of the service changes. */
  forgetChannel(): void {
    this.channelPrefix = usualPrefix;
  }
}

function parse(text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function judge(text: string): Validity {
  const parsed = parse(text);
  if ('error' in parsed) return { valid: false, message: `Not JSON: ${parsed.error}` };
  const value = parsed.value as { event?: unknown; data?: unknown } | null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { valid: false, message: 'JSON, but not an object: a notification is {"event": …, "data": {…}}.' };
  }
  if (typeof value.event !== 'string') return { valid: false, message: 'The field “event” must be a string.' };
  if (typeof value.data !== 'object' || value.data === null || Array.isArray(value.data)) {
    return { valid: false, message: 'The field “data” must be an object.' };
  }
  return { valid: true };
}

/** Quotes for a POSIX shell, where it is needed. */
function quote(text: string): string {
  return /^[\w:.@/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
