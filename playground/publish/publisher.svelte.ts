import { notificationExamples } from '../../service/contract/examples.ts';
import type { NotificationEvent } from '../../service/contract/notifications.ts';
import { readEnvelope } from '../schema/envelope.ts';
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
    const envelope = readEnvelope(this.text);
    return envelope.name === 'envelope' ? { valid: true } : { valid: false, message: envelope.message };
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

  /** What the text was when it was last made from the example. */
  get untouchedText(): string {
    return this.#untouchedText;
  }

  /** Takes a text that was written before, and its type with it. */
  load(event: NotificationEvent, text: string): void {
    this.#event = event;
    this.reset();
    this.text = text;
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
    try {
      return JSON.stringify(JSON.parse(this.text));
    } catch {
      return this.text;
    }
  }

  /** Forgets the prefix, as when the address of the service changes. */
  forgetChannel(): void {
    this.channelPrefix = usualPrefix;
  }
}

/** Quotes for a POSIX shell, where it is needed. */
function quote(text: string): string {
  return /^[\w:.@/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
