/**
 * Events as an async iterable for one consumer. What is pushed before it is asked for waits in order; `return` (a `break`
 * out of `for await`) tells the producer to stop.
 */
export class EventStream<Event> implements AsyncIterableIterator<Event> {
  private readonly queue: Event[] = [];
  /** Taken from the front by index, so that a long queue is not moved for every event. */
  private head = 0;
  private waiting: PromiseWithResolvers<IteratorResult<Event>> | undefined;
  private ended = false;
  private failure: { error: unknown } | undefined;

  /** @param onReturn called once when the consumer wants no more. */
  constructor(
    private readonly onReturn: () => void,
    private readonly onDrain: () => void = () => {},
  ) {}

  /** Events pushed and not yet taken. */
  get backlog(): number {
    return this.queue.length - this.head;
  }

  push(event: Event): void {
    if (this.ended) return;
    if (this.waiting === undefined) {
      this.queue.push(event);
      return;
    }
    const { resolve } = this.waiting;
    this.waiting = undefined;
    resolve({ done: false, value: event });
  }

  /** No more events; `failure` is thrown to the consumer once the queue is empty. */
  end(failure?: { error: unknown }): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = failure;
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting === undefined) return;
    if (failure === undefined) waiting.resolve({ done: true, value: undefined });
    else waiting.reject(failure.error);
  }

  async next(): Promise<IteratorResult<Event>> {
    if (this.head < this.queue.length) return { done: false, value: this.take() };
    if (this.failure !== undefined) {
      const { error } = this.failure;
      this.failure = undefined;
      throw error;
    }
    if (this.ended) return { done: true, value: undefined };
    this.waiting ??= withResolvers();
    return this.waiting.promise;
  }

  async return(): Promise<IteratorResult<Event>> {
    this.queue.length = 0;
    this.head = 0;
    this.failure = undefined;
    this.end();
    this.onReturn();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private take(): Event {
    const event = this.queue[this.head++] as Event;
    if (this.head === this.queue.length) {
      this.queue.length = 0;
      this.head = 0;
      this.onDrain();
    }
    return event;
  }
}

interface PromiseWithResolvers<Value> {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (reason: unknown) => void;
}

/** Promise.withResolvers, which Node has since 22. */
function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
