import type { PacketChannel, TransmitOutcome } from '../../engine/packet-channel.js';
import type { PacketSlot } from '../../engine/packet-slot.js';
import { native } from '../../io/native.js';
import type { Monotonic } from '../../wire/time.js';
import { BatchSet, type BatchSetShape } from './batch-set.js';
import { Departure } from './departure.js';
import { type ArrivalHandler, Intake } from './intake.js';
import type { Lane } from './lane.js';

export interface SocketChannelOptions {
  lanes: readonly Lane[];
  /** The longest message that is sent, from its transport header; the longest that is received whole beside IP's header. */
  messageBytes: number;
  /** Packets after which whole batches are sent on the environment's second thread, while JavaScript goes on. Default: never. */
  secondThreadAfter?: number;
}

/** Enough for the longest ICMP error: RFC 1812 section 4.3.2.3 has 576 bytes, RFC 4443 section 3.1 has 1280. */
const SMALLEST_RECEIVE = 1280 + 64;
/** Messages a system call moves, fewer where they are long. */
const BATCH = 256;
const BATCH_BYTES = 4 << 20;
const IP_HEADER_BYTES = 60;
/** So many that JavaScript, where it waits for the second thread, finds several done and is not woken for each. */
const MOST_DEPARTURES = 4;

/** Sockets as a `PacketChannel`: batches out and in, kernel stamps both ways, errors from the error queue. */
export class SocketChannel implements PacketChannel {
  private readonly lanes: readonly Lane[];
  /** Packets that are still sent on this thread. */
  private alone: number;
  private readonly shape: BatchSetShape;
  private readonly intake: Intake;
  /** What engines write into, and what is received into while nothing departs. */
  private set: BatchSet;
  private readonly spare: BatchSet[] = [];
  /** In the order of beginning. */
  private readonly departures: Departure[] = [];
  /** Since the last `receive`. */
  private departed = false;

  constructor({ lanes, messageBytes, secondThreadAfter = Number.POSITIVE_INFINITY }: SocketChannelOptions) {
    const receiveBytes = Math.max(SMALLEST_RECEIVE, messageBytes + IP_HEADER_BYTES);
    const slots = Math.max(1, Math.min(BATCH, Math.floor(BATCH_BYTES / receiveBytes)));
    const errors = lanes.some(lane => lane.errorQueue !== 'unused');
    this.lanes = lanes;
    this.alone = secondThreadAfter;
    this.shape = { slots, messageBytes, receiveBytes, errors };
    this.intake = new Intake(lanes);
    this.set = new BatchSet(this.shape);
  }

  now(): Monotonic {
    return native().monotonicNow();
  }

  get slots(): readonly PacketSlot[] {
    return this.set.outgoing.slots;
  }

  get drops(): number {
    return this.intake.drops;
  }

  get underway(): 'nothing' | 'results' | 'room' {
    if (this.departures.length === 0) return 'nothing';
    return this.departures.some(departure => !departure.handed) ? 'results' : 'room';
  }

  transmit(first: number, end: number, outcome: TransmitOutcome): number {
    if (this.depart(first, end, outcome)) return end;
    this.settle();
    return this.send(first, end, outcome);
  }

  private send(first: number, end: number, outcome: TransmitOutcome): number {
    const { outgoing } = this.set;
    for (let index = first; index < end; ) {
      const lane = this.intake.laneAt(this.slots[index]?.lane ?? 0);
      const runEnd = outgoing.prepareRun(index, end, lane.numbered);
      const dealtWith = outgoing.send(lane, index, runEnd);
      this.alone -= dealtWith - index;
      outgoing.tell(lane, index, dealtWith, outcome);
      if (dealtWith < runEnd) return dealtWith;
      index = runEnd;
    }
    return end;
  }

  /** A whole batch of one lane means a busy run: then JavaScript need not wait for the kernel. */
  private depart(first: number, end: number, outcome: TransmitOutcome): boolean {
    const { set, slots, departures } = this;
    if (this.alone > 0 || first > 0 || end < slots.length || departures.length === MOST_DEPARTURES) return false;
    const index = slots[0]?.lane ?? 0;
    const lane = this.intake.laneAt(index);
    if (set.outgoing.prepareRun(0, end, lane.numbered) < end) return false;
    departures.push(new Departure(set, index, lane, outcome));
    this.set = this.spare.pop() ?? new BatchSet(this.shape);
    this.departed = true;
    return true;
  }

  /**
   * What came in beside departures is handed on first, that of one at a call: the second thread takes what comes meanwhile.
   * Where it found more than it had room for, and where nothing departs, all that has come since is taken too.
   */
  receive(handle: ArrivalHandler, limit: number): number {
    const roomForMore = this.departed && this.departures.length < MOST_DEPARTURES;
    this.departed = false;
    if (roomForMore) return 0;
    this.intake.beginTurn();
    this.sendBlocked();
    let total = 0;
    for (const departure of this.departures) {
      if (departure.handed) continue;
      total += this.hand(departure, handle);
      if (departure.leftSome) continue;
      this.release();
      return total;
    }
    this.release();
    return total + this.intake.receive(this.set, handle, limit);
  }

  /** What the second thread took, stamps before messages, as `Intake.receive` does. */
  private hand(departure: Departure, handle: ArrivalHandler): number {
    departure.settle();
    const errors = this.handErrors(departure, handle);
    const messages = departure.takeMessages();
    this.intake.handMessages(messages, handle);
    return errors + messages.count;
  }

  /** Where a batch had no room for all, stamps of its messages may be in a later one, or in the queue yet. */
  private handErrors(departure: Departure, handle: ArrivalHandler): number {
    const errors = departure.takeErrors();
    if (errors === undefined) return 0;
    this.intake.handErrors(errors, handle);
    if (errors.count < errors.batch.slots) return errors.count;
    this.settle();
    for (const later of this.departures) this.handErrors(later, handle);
    return errors.count + this.intake.receiveErrors(errors.lane, this.set.errors, handle);
  }

  private settle(): void {
    for (const departure of this.departures) departure.settle();
  }

  private sendBlocked(): void {
    for (const departure of this.departures) if (departure.blocked) departure.settle();
  }

  private release(): void {
    while (this.departures[0]?.finished) {
      const departure = this.departures.shift();
      if (departure !== undefined) this.spare.push(departure.set);
    }
  }

  /** As `drops`, and those after which nothing more was received, so that no message could tell of them. */
  countDrops(): number {
    return this.intake.countDrops();
  }

  /** Closes every lane's socket. */
  close(): void {
    for (const departure of this.departures) departure.wait();
    for (const lane of this.lanes) native().close(lane.descriptor);
  }
}
