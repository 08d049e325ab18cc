import type { BrokerLog, MessageHandler } from './broker.ts';

/** Hands a message on. What the handler throws is logged: it must not end the delivery of the messages after it. */
export function deliver(onMessage: MessageHandler, channel: string, payload: Buffer, log: BrokerLog): void {
  try {
    onMessage(channel, payload);
  } catch (error) {
    log.error({ err: error, stage: 'deliver', bytes: payload.length }, 'The handler of a message failed');
  }
}
