import { LINUX } from '../../wire/constants.generated.js';
import { type Outgoing, sendRun } from './outgoing.js';
import { BATCH_SLOTS } from './receive-options.js';

/** Messages that wait for one receiver, in order, while its queue or the sender's buffer is full. */
export class Outbox {
  #queue: Outgoing[] = [];

  add(outgoing: Outgoing): void {
    outgoing.parcel.hold();
    this.#queue.push(outgoing);
  }

  /** Sends what goes. False where the receiver, or the own buffer, is full again. */
  flush(descriptor: number): boolean {
    let sent = 0;
    for (let full = false; !full && sent < this.#queue.length; ) {
      const run = this.#runFrom(sent);
      const dealt = run > 1 ? sendRun(descriptor, this.#queue, sent, run) : this.#sendOne(descriptor, sent);
      full = dealt < run;
      sent += dealt;
    }
    this.#queue = this.#queue.slice(sent);
    return this.#queue.length === 0;
  }

  /** Nothing will be sent any more. */
  fail(errno: number): void {
    for (const outgoing of this.#queue.splice(0)) outgoing.settle(errno);
  }

  #runFrom(first: number): number {
    let count = 0;
    while (count < BATCH_SLOTS && this.#queue[first + count]?.isShort) count++;
    return Math.max(1, count);
  }

  /** 1, or 0 where there was no room. */
  #sendOne(descriptor: number, index: number): number {
    const outgoing = this.#queue[index];
    const result = outgoing?.send(descriptor) ?? 0;
    if (result === -LINUX.EAGAIN) return 0;
    outgoing?.settle(result);
    return 1;
  }
}
