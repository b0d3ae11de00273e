/** What waits for an item, and how it wants it. */
interface Waiter<Item, Wish> {
  readonly wish: Wish;
  resolve(item: Item | undefined): void;
  reject(error: unknown): void;
}

/** Items that arrived and were not yet taken, and callers who wait for the next one, each with a wish of its own. */
export class Inbox<Item, Wish = undefined> {
  #items: Item[] = [];
  #taken = 0;
  readonly #waiters = new Set<Waiter<Item, Wish>>();
  #ended = false;
  #failure: unknown;

  /** True while somebody waits for an item. */
  get wanted(): boolean {
    return this.#waiters.size > 0;
  }

  /** The wish of who has waited longest; undefined where nobody waits. */
  get nextWish(): Wish | undefined {
    const [waiter] = this.#waiters;
    return waiter?.wish;
  }

  /** True while no item is kept. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Keeps an item. */
  put(item: Item): void {
    this.#items.push(item);
  }

  /** The oldest item that is kept, which stays. */
  peek(): Item | undefined {
    return this.#items[this.#taken];
  }

  /** The oldest item that is kept. */
  shift(): Item | undefined {
    const item = this.#items[this.#taken];
    if (item === undefined) return undefined;
    if (++this.#taken === this.#items.length) {
      this.#items = [];
      this.#taken = 0;
    }
    return item;
  }

  /** Gives an item to who has waited longest; false where nobody waits. */
  give(item: Item): boolean {
    const waiter = this.#takeWaiter();
    waiter?.resolve(item);
    return waiter !== undefined;
  }

  /** Gives an error to who has waited longest; false where nobody waits. */
  refuse(error: unknown): boolean {
    const waiter = this.#takeWaiter();
    waiter?.reject(error);
    return waiter !== undefined;
  }

  /** Waits for an item: undefined after the end, an error after a failure. */
  wait(wish: Wish, signal?: AbortSignal): Promise<Item | undefined> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const waiter = { wish, resolve, reject };
      this.#waiters.add(waiter);
      if (signal !== undefined) this.#watch(signal, waiter);
    });
  }

  /** Nothing more will come: who waits, or will, gets undefined. */
  end(): void {
    this.#ended = true;
    for (const waiter of this.#waiters) waiter.resolve(undefined);
    this.#waiters.clear();
  }

  /** Nothing more will come: who waits, or will, gets the error. */
  fail(error: unknown): void {
    this.#failure = error;
    this.reject(error);
  }

  /** Who waits gets the error; others may wait after them. False where nobody waited. */
  reject(error: unknown): boolean {
    const waited = this.#waiters.size > 0;
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
    return waited;
  }

  /** Who has waited longest, and waits no more. */
  #takeWaiter(): Waiter<Item, Wish> | undefined {
    const [waiter] = this.#waiters;
    if (waiter !== undefined) this.#waiters.delete(waiter);
    return waiter;
  }

  #watch(signal: AbortSignal, waiter: Waiter<Item, Wish>): void {
    const { resolve, reject } = waiter;
    const abort = () => {
      this.#waiters.delete(waiter);
      reject(signal.reason);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    waiter.resolve = item => {
      signal.removeEventListener('abort', abort);
      resolve(item);
    };
    waiter.reject = error => {
      signal.removeEventListener('abort', abort);
      reject(error);
    };
  }
}
