/** What waits for an item. */
interface Waiter<Item> {
  resolve(item: Item | undefined): void;
  reject(error: unknown): void;
}

/** Items that arrived and were not yet taken, and callers who wait for the next one. Never both. */
export class Inbox<Item> {
  #items: Item[] = [];
  #taken = 0;
  readonly #waiters = new Set<Waiter<Item>>();
  #ended = false;

  /** True while somebody waits for an item. */
  get wanted(): boolean {
    return this.#waiters.size > 0;
  }

  get isEmpty(): boolean {
    return this.#taken === this.#items.length;
  }

  /** The next item that has arrived, or undefined. */
  shift(): Item | undefined {
    const item = this.#items[this.#taken];
    if (item === undefined) return undefined;
    if (++this.#taken === this.#items.length) {
      this.#items = [];
      this.#taken = 0;
    }
    return item;
  }

  /** Keeps an item. */
  put(item: Item): void {
    this.#items.push(item);
  }

  /** Gives an item to who has waited longest; false where nobody waits. */
  give(item: Item): boolean {
    const [waiter] = this.#waiters;
    if (waiter === undefined) return false;
    this.#waiters.delete(waiter);
    waiter.resolve(item);
    return true;
  }

  /** Waits for an item: undefined after the end. */
  wait(signal?: AbortSignal): Promise<Item | undefined> {
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiters.add(waiter);
      if (signal !== undefined) this.#watch(signal, waiter);
    });
  }

  /** Nothing more will come: who waits gets undefined. */
  end(): void {
    this.#ended = true;
    for (const waiter of this.#waiters) waiter.resolve(undefined);
    this.#waiters.clear();
  }

  /** Who waits gets an error. */
  fail(error: unknown): boolean {
    const failed = this.#waiters.size > 0;
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
    return failed;
  }

  #watch(signal: AbortSignal, waiter: Waiter<Item>): void {
    const abort = () => {
      this.#waiters.delete(waiter);
      waiter.reject(signal.reason);
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    const settled =
      <Value>(settle: (value: Value) => void) =>
      (value: Value) => {
        signal.removeEventListener('abort', abort);
        settle(value);
      };
    waiter.resolve = settled(waiter.resolve);
    waiter.reject = settled(waiter.reject);
  }
}
