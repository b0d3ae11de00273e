import type { Monotonic } from '../wire/time.js';
import type { MessageBatch } from './message-batch.js';
import { type NativeExchange, native } from './native.js';

/**
 * A batch that is sent, and two that are filled with what the same socket has received by then, beside JavaScript: see
 * `NativeExchange`. From `begin` to `finish` the batches belong to it.
 */
export class Exchange {
  private readonly native: NativeExchange;
  private readonly outcome = new Float64Array(5);

  /** @param errors is filled from the error queue; without it the queue is not looked at. */
  constructor(outgoing: MessageBatch, incoming: MessageBatch, errors: MessageBatch | undefined) {
    this.native = new (native().Exchange)(outgoing.native, incoming.native, errors?.native ?? null);
  }

  /** Begins with slots 0 to count - 1. */
  begin(descriptor: number, count: number): void {
    this.native.begin(descriptor, count);
  }

  /** Waits for it; what follows is valid then. */
  finish(): void {
    this.native.finish(this.outcome);
  }

  /** How many slots were dealt with, as `MessageBatch.send` returns it. */
  get sent(): number {
    return this.outcome[0] ?? 0;
  }

  /** How many messages were received. */
  get messages(): number {
    return this.outcome[1] ?? 0;
  }

  /** Likewise from the error queue. */
  get errors(): number {
    return this.outcome[2] ?? 0;
  }

  get begunAt(): Monotonic {
    return (this.outcome[3] ?? Number.NaN) as Monotonic;
  }

  get endedAt(): Monotonic {
    return (this.outcome[4] ?? Number.NaN) as Monotonic;
  }
}
