import type { BrokerLog } from './broker.ts';
import type { RedisFault } from './redis-fault.ts';

/** Tells of each outage twice, when it begins and when it is over, however many attempts lie between. */
export class RedisOutageLog {
  readonly #address: string;
  readonly #log: BrokerLog;
  #state: 'starting' | 'connected' | 'interrupted' = 'starting';
  #connectedBefore = false;
  /** The refusals told of in this outage. A wrong password shows only at the second attempt, and is worth a line of its own. */
  readonly #told = new Set<string>();

  constructor(address: string, log: BrokerLog) {
    this.#address = address;
    this.#log = log;
  }

  failed(connection: string, fault: RedisFault): void {
    const details = { address: this.#address, connection, reason: fault.message };
    const news = fault.kind === 'refused' && !this.#told.has(fault.message);
    if (this.#state !== 'interrupted') {
      const message = this.#state === 'starting' ? 'Redis cannot be reached' : 'The connection to Redis is lost';
      this.#log.warn(details, `${message}; trying again until it is back`);
      this.#state = 'interrupted';
    } else if (news) {
      this.#log.warn(details, 'Redis refuses the connection; trying again');
    } else {
      this.#log.debug(details, 'Redis is still unavailable');
    }
    if (news) this.#told.add(fault.message);
  }

  connected(channels: number): void {
    const message = this.#connectedBefore ? 'Connected to Redis again' : 'Connected to Redis';
    this.#log.info({ address: this.#address, channels }, message);
    this.#state = 'connected';
    this.#connectedBefore = true;
    this.#told.clear();
  }
}
