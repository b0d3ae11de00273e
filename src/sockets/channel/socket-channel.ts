import type { Arrival } from '../../engine/arrival.js';
import type { PacketChannel } from '../../engine/packet-channel.js';
import type { PacketSlot } from '../../engine/packet-slot.js';
import { MessageBatch } from '../../io/message-batch.js';
import { native } from '../../io/native.js';
import { getOption } from '../../io/option.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { Monotonic, Nanoseconds } from '../../wire/time.js';
import { ArrivalReader } from './arrival-reader.js';
import { ClockWatch } from './clock-watch.js';
import type { Lane } from './lane.js';
import { ReceivedBeside } from './received-beside.js';
import { TransmitBatch } from './transmit-batch.js';

export interface SocketChannelOptions {
  lanes: readonly Lane[];
  /** The longest message that is sent, from its transport header; the longest that is received whole beside IP's header. */
  messageBytes: number;
}

/** Enough for the longest ICMP error: RFC 1812 section 4.3.2.3 has 576 bytes, RFC 4443 section 3.1 has 1280. */
const SMALLEST_RECEIVE = 1280 + 64;
/** What a stamped packet must show: link header, IP header with options, and the start of the message. */
const ERROR_QUEUE_BYTES = 576;
/** Messages a system call moves, fewer where they are long. */
const BATCH = 128;
const BATCH_BYTES = 4 << 20;
const IP_HEADER_BYTES = 60;
/** Rounds over the error queue in one turn: stamps of all that one turn can have sent, and errors beside them. */
const ERROR_QUEUE_ROUNDS = 8;
/** What came in beside the last transmit is all that waits if that was so lately: the turn after it takes the rest. */
const RECENT: Nanoseconds = 1e6;

/** Sockets as a `PacketChannel`: batches out and in, kernel stamps both ways, errors from the error queue. */
export class SocketChannel implements PacketChannel {
  readonly slots: readonly PacketSlot[];
  private readonly lanes: readonly Lane[];
  private readonly outgoing: TransmitBatch;
  private readonly incoming: MessageBatch;
  private readonly errors: MessageBatch | undefined;
  private readonly messageReader = new ArrivalReader();
  private readonly errorReader = new ArrivalReader();
  private readonly clockWatch = new ClockWatch(() => native().clockOffset());
  private readonly laneDrops: number[];
  private readonly beside: ReceivedBeside;
  /** Of what is being handed on: when it was taken, and under which count of the wall clock's steps. */
  private taken = Number.NaN as Monotonic;
  private clockEpoch = 0;
  /** Of all lanes. */
  drops = 0;

  constructor({ lanes, messageBytes }: SocketChannelOptions) {
    const receiveBytes = Math.max(SMALLEST_RECEIVE, messageBytes + IP_HEADER_BYTES);
    const slots = Math.max(1, Math.min(BATCH, Math.floor(BATCH_BYTES / receiveBytes)));
    this.lanes = lanes;
    this.laneDrops = lanes.map(() => 0);
    this.outgoing = new TransmitBatch(slots, messageBytes);
    this.slots = this.outgoing.slots;
    // Twice what one turn sends: a batch that is not full says that the queue is empty, which saves a call to learn it.
    this.incoming = new MessageBatch({ slots: 2 * slots, payloadBytes: receiveBytes });
    if (lanes.some(lane => lane.errorQueue !== 'unused')) {
      this.errors = new MessageBatch({ slots: 2 * slots, payloadBytes: ERROR_QUEUE_BYTES });
    }
    this.beside = new ReceivedBeside(this.incoming, this.errors);
  }

  now(): Monotonic {
    return native().monotonicNow();
  }

  transmit(first: number, end: number, outcome: (probe: number, errno: number) => void): number {
    for (let index = first; index < end; ) {
      const runEnd = this.prepareRun(index, end);
      const lane = this.lanes[this.slots[index]?.lane ?? 0];
      if (lane === undefined) throw new RangeError(`slot ${index} names a lane that this channel does not have`);
      const dealtWith = index + this.sendRun(lane, index, runEnd - index);
      if (lane.errorQueue !== 'unused') this.sendRefusedAgain(lane, index, dealtWith);
      this.report(index, dealtWith, outcome);
      if (dealtWith < runEnd) return dealtWith;
      index = runEnd;
    }
    return end;
  }

  /** Prepares the slots from `first` that one lane sends: one system call takes one socket. */
  private prepareRun(first: number, end: number): number {
    const lane = this.slots[first]?.lane;
    for (let index = first; index < end; index++) {
      const slot = this.slots[index];
      if (slot === undefined || slot.lane !== lane) return index;
      this.outgoing.prepare(index, slot);
    }
    return end;
  }

  /** A whole batch means a busy run: then this turn's sending and the next one's receiving go side by side. */
  private sendRun(lane: Lane, first: number, count: number): number {
    const { messages } = this.outgoing;
    if (count < messages.slots || this.beside.waiting) return messages.send(lane.descriptor, first, count);
    const sent = this.beside.receiveWhileSending(messages, lane, this.lanes.indexOf(lane));
    this.beside.taken = this.now();
    this.beside.clockEpoch = this.clockWatch.epoch();
    return sent;
  }

  get holdsArrivals(): boolean {
    return this.beside.waiting;
  }

  /**
   * With IP_RECVERR an ICMP error about an earlier packet also stays with the socket until some call fails with it, a
   * send to another host for one (sock_alloc_send_pskb in net/core/sock.c). Asked again, the kernel speaks of this packet.
   */
  private sendRefusedAgain({ descriptor }: Lane, first: number, end: number): void {
    const { messages } = this.outgoing;
    for (let index = first; index < end; index++) {
      if ((messages.results[index] ?? 0) < 0) messages.send(descriptor, index, 1);
    }
  }

  private report(first: number, end: number, outcome: (probe: number, errno: number) => void): void {
    const { results } = this.outgoing.messages;
    for (let index = first; index < end; index++) {
      const result = results[index] ?? 0;
      outcome(this.slots[index]?.probe ?? -1, result < 0 ? -result : 0);
    }
  }

  /**
   * Messages are taken from the kernel first and handed on last: a probe's transmit stamp is in the error queue before
   * its reply is in the receive queue, so it is there to be read before every message taken so far.
   */
  receive(handle: (arrival: Arrival) => void, limit: number): number {
    const beside = this.handBeside(handle);
    if (beside > 0 && this.now() - this.beside.taken < RECENT) return beside;
    this.clockEpoch = this.clockWatch.epoch();
    let total = beside;
    for (let index = 0; index < this.lanes.length; index++) {
      const lane = this.lanes[index];
      if (lane !== undefined) total += this.receiveLane(index, lane, handle, limit);
    }
    return total;
  }

  private handBeside(handle: (arrival: Arrival) => void): number {
    const { beside } = this;
    const lane = this.lanes[beside.lane];
    if (!beside.waiting || lane === undefined) return 0;
    beside.waiting = false;
    this.taken = beside.taken;
    this.clockEpoch = beside.clockEpoch;
    const errors = Math.max(0, beside.errors);
    const messages = Math.max(0, beside.messages);
    if (errors > 0) this.handErrors(beside.lane, lane, errors, handle);
    if (errors === this.errors?.slots) this.receiveErrors(beside.lane, lane, handle);
    if (messages > 0) this.handMessages(beside.lane, lane, messages, handle);
    return errors + messages;
  }

  private receiveLane(index: number, lane: Lane, handle: (arrival: Arrival) => void, limit: number): number {
    let total = 0;
    while (total < limit) {
      const count = this.incoming.receive(lane.descriptor, LINUX.MSG_TRUNC);
      if (lane.errorQueue !== 'unused') total += this.receiveErrors(index, lane, handle);
      if (count <= 0) {
        // A pending socket error (ECONNREFUSED after an ICMP error) is told once, and stands in the error queue too.
        if (count === 0 || count === -LINUX.EAGAIN) break;
        total++;
        continue;
      }
      this.taken = this.now();
      this.handMessages(index, lane, count, handle);
      total += count;
      if (count < this.incoming.slots) break;
    }
    return total;
  }

  private handMessages(index: number, lane: Lane, count: number, handle: (arrival: Arrival) => void): void {
    const reader = this.messageReader;
    reader.begin(this.incoming, index, this.taken, this.clockEpoch);
    for (let slot = 0; slot < count; slot++) {
      const arrival = reader.readMessage(this.incoming, slot, lane);
      if (reader.drops >= 0) this.setDrops(index, reader.drops);
      if (arrival !== undefined) handle(arrival);
    }
  }

  private receiveErrors(index: number, lane: Lane, handle: (arrival: Arrival) => void): number {
    const batch = this.errors;
    let total = 0;
    for (let round = 0; batch !== undefined && round < ERROR_QUEUE_ROUNDS; round++) {
      const count = batch.receive(lane.descriptor, LINUX.MSG_ERRQUEUE);
      if (count <= 0) break;
      this.taken = this.now();
      this.handErrors(index, lane, count, handle);
      total += count;
      if (count < batch.slots) break;
    }
    return total;
  }

  private handErrors(index: number, lane: Lane, count: number, handle: (arrival: Arrival) => void): void {
    const batch = this.errors;
    if (batch === undefined) return;
    this.errorReader.begin(batch, index, this.taken, this.clockEpoch);
    for (let slot = 0; slot < count; slot++) {
      const arrival = this.errorReader.readErrorQueue(batch, slot, lane);
      if (arrival !== undefined) handle(arrival);
    }
  }

  /** As `drops`, and those after which nothing more was received, so that no message could tell of them. */
  countDrops(): number {
    for (const [index, { descriptor }] of this.lanes.entries()) {
      const { drops } = getOption(descriptor, 'SO_MEMINFO');
      if (drops !== undefined) this.setDrops(index, drops);
    }
    return this.drops;
  }

  /** The kernel counts a socket's drops from its beginning. */
  private setDrops(lane: number, drops: number): void {
    this.drops += drops - (this.laneDrops[lane] ?? 0);
    this.laneDrops[lane] = drops;
  }

  /** Closes every lane's socket. */
  close(): void {
    for (const lane of this.lanes) native().close(lane.descriptor);
  }
}
