import type { TransmitOutcome } from '../../engine/packet-channel.js';
import type { BatchSet } from './batch-set.js';
import type { Received } from './intake.js';
import type { Lane } from './lane.js';

/** A whole batch that is being sent on the second thread, which then takes what its socket has received. */
export class Departure {
  private underway = true;
  /** Slots whose fates are told. */
  private told = 0;
  private errorsTaken = false;
  private messagesTaken = false;

  /** Begins. The slots of `set` are prepared for `lane`, which is number `index` of the channel. */
  constructor(
    readonly set: BatchSet,
    private readonly index: number,
    private readonly lane: Lane,
    private readonly outcome: TransmitOutcome,
  ) {
    set.exchange.begin(lane.descriptor, set.outgoing.slots.length);
  }

  /** Waits until it is done. */
  wait(): void {
    if (this.underway) this.set.exchange.finish();
    this.underway = false;
  }

  /** Waits, tries again what a full socket buffer held back, and tells the fates that are known then. */
  settle(): void {
    const { exchange, outgoing } = this.set;
    if (this.underway) {
      this.wait();
      this.tell(exchange.sent);
    }
    if (this.told < outgoing.slots.length) this.tell(outgoing.send(this.lane, this.told, outgoing.slots.length));
  }

  /** A full socket buffer holds back a part of it. */
  get blocked(): boolean {
    return !this.underway && this.told < this.set.outgoing.slots.length;
  }

  /** What came from the error queue; nothing at a second call. */
  takeErrors(): Received | undefined {
    const { errors: batch, exchange } = this.set;
    if (this.errorsTaken || batch === undefined) return undefined;
    this.errorsTaken = true;
    return { lane: this.index, batch, count: exchange.errors, at: exchange.endedAt };
  }

  /** The messages that were received. */
  takeMessages(): Received {
    const { incoming: batch, exchange } = this.set;
    this.messagesTaken = true;
    return { lane: this.index, batch, count: exchange.messages, at: exchange.endedAt };
  }

  /** Nothing that it received waits here. */
  get handed(): boolean {
    return this.messagesTaken;
  }

  /** There was no room for all the messages that the socket held. */
  get leftSome(): boolean {
    return this.set.exchange.messages === this.set.incoming.slots;
  }

  get finished(): boolean {
    return this.messagesTaken && !this.blocked;
  }

  private tell(end: number): void {
    this.set.outgoing.tell(this.lane, this.told, end, this.outcome, this.set.exchange.begunAt);
    this.told = end;
  }
}
