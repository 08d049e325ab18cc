/** What can be asked of the playground from anywhere in it: by a key, by the tour, by a button elsewhere. */
export type CommandName = 'connect' | 'disconnect' | 'publish' | 'timeline' | 'search' | 'pause' | 'newest' | 'help';

/**
 * Who can do what.
 *
 * A panel that can do something offers it while it is there:
 *
 * ```ts
 * $effect(() => session.commands.offer('search', () => field.focus()));
 * ```
 */
export class Commands {
  readonly #offers = new Map<CommandName, () => void>();

  /** Of several offers of one name the last counts. @returns Withdraws the offer. */
  offer(name: CommandName, run: () => void): () => void {
    this.#offers.set(name, run);
    return () => {
      if (this.#offers.get(name) === run) this.#offers.delete(name);
    };
  }

  has(name: CommandName): boolean {
    return this.#offers.has(name);
  }

  /** @returns Whether there was someone to do it. */
  run(name: CommandName): boolean {
    const run = this.#offers.get(name);
    run?.();
    return run !== undefined;
  }
}
