import type { Arrival } from '../../engine/arrival.js';
import type { MessageBatch } from '../../io/message-batch.js';
import { native } from '../../io/native.js';
import { getOption } from '../../io/option.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { Monotonic } from '../../wire/time.js';
import { ArrivalReader } from './arrival-reader.js';
import { ClockWatch } from './clock-watch.js';
import type { Lane } from './lane.js';

/** What is received into; without `errors` no lane has a use for its error queue. */
export interface ReceiveBatches {
  readonly incoming: MessageBatch;
  readonly errors: MessageBatch | undefined;
}

/** The first `count` slots of a batch, received on lane number `lane` by the time `at`. */
export interface Received {
  lane: number;
  batch: MessageBatch;
  count: number;
  at: Monotonic;
}

export type ArrivalHandler = (arrival: Arrival) => void;

/** Rounds over the error queue in one turn: stamps of all that one turn can have sent, and errors beside them. */
const ERROR_QUEUE_ROUNDS = 8;

/** What comes in on the lanes of a channel: taken from the kernel, and handed on as arrivals. */
export class Intake {
  private readonly messageReader = new ArrivalReader();
  private readonly errorReader = new ArrivalReader();
  private readonly clockWatch = new ClockWatch(() => native().clockOffset());
  /** The kernel's count for each lane, which begins with the socket, as it was told last. */
  private readonly laneDrops: number[];
  private clockEpoch = 0;
  /** Of all lanes, since the channel was made: a raw socket can be full before its filter is there. */
  drops = 0;

  constructor(private readonly lanes: readonly Lane[]) {
    this.laneDrops = lanes.map(dropsOf);
  }

  /** @throws RangeError for one that the channel does not have. */
  laneAt(number: number): Lane {
    const lane = this.lanes[number];
    if (lane === undefined) throw new RangeError(`there is no lane ${number} in this channel`);
    return lane;
  }

  /** Looks whether the wall clock was stepped: before what a turn hands on. */
  beginTurn(): void {
    this.clockEpoch = this.clockWatch.epoch();
  }

  /**
   * Takes all that has come.
   *
   * Messages are taken from the kernel first and handed on last: a probe's transmit stamp is in the error queue before
   * its reply is in the receive queue, so it is there to be read before every message taken so far.
   */
  receive(batches: ReceiveBatches, handle: ArrivalHandler, limit: number): number {
    let total = 0;
    for (let lane = 0; lane < this.lanes.length; lane++) total += this.receiveLane(lane, batches, handle, limit);
    return total;
  }

  private receiveLane(lane: number, batches: ReceiveBatches, handle: ArrivalHandler, limit: number): number {
    const { descriptor } = this.laneAt(lane);
    const { incoming: batch, errors } = batches;
    let total = 0;
    while (total < limit) {
      const count = batch.receive(descriptor, LINUX.MSG_TRUNC);
      total += this.receiveErrors(lane, errors, handle);
      if (count <= 0) {
        // A pending socket error (ECONNREFUSED after an ICMP error) is told once, and stands in the error queue too.
        if (count === 0 || count === -LINUX.EAGAIN) break;
        total++;
        continue;
      }
      this.handMessages({ lane, batch, count, at: native().monotonicNow() }, handle);
      total += count;
      if (count < batch.slots) break;
    }
    return total;
  }

  /** What a lane's error queue holds now. */
  receiveErrors(lane: number, batch: MessageBatch | undefined, handle: ArrivalHandler): number {
    const { descriptor, errorQueue } = this.laneAt(lane);
    if (batch === undefined || errorQueue === 'unused') return 0;
    let total = 0;
    for (let round = 0; round < ERROR_QUEUE_ROUNDS; round++) {
      const count = batch.receive(descriptor, LINUX.MSG_ERRQUEUE);
      if (count <= 0) break;
      this.handErrors({ lane, batch, count, at: native().monotonicNow() }, handle);
      total += count;
      if (count < batch.slots) break;
    }
    return total;
  }

  handMessages({ lane: number, batch, count, at }: Received, handle: ArrivalHandler): void {
    const reader = this.messageReader;
    const lane = this.laneAt(number);
    reader.begin(batch, number, at, this.clockEpoch);
    for (let slot = 0; slot < count; slot++) {
      const arrival = reader.readMessage(batch, slot, lane);
      if (reader.drops >= 0) this.setDrops(number, reader.drops);
      if (arrival !== undefined) handle(arrival);
    }
  }

  handErrors({ lane: number, batch, count, at }: Received, handle: ArrivalHandler): void {
    const lane = this.laneAt(number);
    this.errorReader.begin(batch, number, at, this.clockEpoch);
    for (let slot = 0; slot < count; slot++) {
      const arrival = this.errorReader.readErrorQueue(batch, slot, lane);
      if (arrival !== undefined) handle(arrival);
    }
  }

  /** As `drops`, and those after which nothing more was received, so that no message could tell of them. */
  countDrops(): number {
    for (const [index, lane] of this.lanes.entries()) this.setDrops(index, dropsOf(lane));
    return this.drops;
  }

  private setDrops(lane: number, drops: number): void {
    this.drops += drops - (this.laneDrops[lane] ?? 0);
    this.laneDrops[lane] = drops;
  }
}

const dropsOf = ({ descriptor }: Lane): number => getOption(descriptor, 'SO_MEMINFO').drops ?? 0;
