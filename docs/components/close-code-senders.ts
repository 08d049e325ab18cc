import type { CloseCodeSender } from '../../service/contract/close-codes.ts';

/** Who puts a close code on the wire, in words that can follow “Sent by”. */
export const closeCodeSenders: Readonly<Record<CloseCodeSender, string>> = {
  client: 'your client',
  server: 'the service',
  nobody: 'nobody: the browser reports it by itself',
};
