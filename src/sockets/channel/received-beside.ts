import type { MessageBatch } from '../../io/message-batch.js';
import type { Monotonic } from '../../wire/time.js';
import type { Lane } from './lane.js';

/** What was received while a batch was sent, until the channel hands it on. */
export class ReceivedBeside {
  waiting = false;
  lane = -1;
  /** When, and under which count of the wall clock's steps. */
  taken = Number.NaN as Monotonic;
  clockEpoch = 0;
  private readonly counts = new Int32Array(2);

  constructor(
    private readonly incoming: MessageBatch,
    private readonly errorQueue: MessageBatch | undefined,
  ) {}

  get messages(): number {
    return this.counts[0] ?? 0;
  }

  get errors(): number {
    return this.counts[1] ?? 0;
  }

  receiveWhileSending(outgoing: MessageBatch, lane: Lane, index: number): number {
    const errors = lane.errorQueue === 'unused' ? undefined : this.errorQueue;
    this.waiting = true;
    this.lane = index;
    return outgoing.sendWhileReceiving(lane.descriptor, outgoing.slots, this.incoming, errors, this.counts);
  }
}
