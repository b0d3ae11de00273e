import { type Arrival, createArrival } from '../../../src/engine/arrival.js';
import type { PacketChannel, TransmitOutcome } from '../../../src/engine/packet-channel.js';
import type { PacketSlot } from '../../../src/engine/packet-slot.js';
import type { Monotonic } from '../../../src/wire/time.js';
import { MILLISECOND } from './chance.js';
import type { SimulatedHost, Waiting } from './simulated-host.js';
import type { VirtualTime } from './virtual-time.js';

const SLOTS = 64;
/** Room for the largest message, and something before it, as in a channel that receives into one memory. */
const SLOT_BYTES = 66_000;
const MEMORY_OFFSET = 52;
/** What memory holds after a turn: an engine that keeps something of an arrival reads this. */
const POISON = 0xdd;

/** The channel between an engine and the simulated internet. */
export class SimulatedChannel implements PacketChannel {
  readonly slots: readonly PacketSlot[];
  private readonly arrival: Arrival = createArrival();
  private readonly memory = new Uint8Array(SLOT_BYTES);
  private allowance = Number.POSITIVE_INFINITY;
  private filledAt = 0;
  readonly underway = 'nothing';
  clockEpoch = 0;

  /** @param sendRate packets the send buffer takes a millisecond */
  constructor(
    private readonly host: SimulatedHost,
    private readonly time: VirtualTime,
    private readonly sendRate = Number.POSITIVE_INFINITY,
  ) {
    this.slots = Array.from({ length: SLOTS }, createSlot);
    this.arrival.bytes = this.memory;
    this.arrival.view = new DataView(this.memory.buffer);
    this.allowance = Math.ceil(sendRate);
  }

  get drops(): number {
    return this.host.drops;
  }

  now(): Monotonic {
    return this.time.now;
  }

  transmit(first: number, end: number, outcome: TransmitOutcome): number {
    this.refill();
    for (let index = first; index < end; index++) {
      const slot = this.slots[index];
      if (slot === undefined || this.allowance < 1) return index;
      this.allowance--;
      outcome(slot.probe, this.host.transmit(slot));
    }
    return end;
  }

  /** When a send buffer that was full takes packets again. */
  get writableAt(): Monotonic {
    return (this.filledAt + MILLISECOND) as Monotonic;
  }

  receive(handle: (arrival: Arrival) => void, limit: number): number {
    let count = 0;
    for (const queue of [this.host.errorQueue, this.host.messages]) {
      for (const waiting of queue.splice(0, limit - count)) {
        this.fill(waiting);
        handle(this.arrival);
        this.memory.fill(POISON, 0, waiting.bytes.length + MEMORY_OFFSET);
        count++;
      }
    }
    return count;
  }

  close(): void {
    this.host.errorQueue.length = 0;
    this.host.messages.length = 0;
  }

  private refill(): void {
    if (this.time.now < this.filledAt + MILLISECOND) return;
    this.filledAt = this.time.now;
    this.allowance = Math.max(1, this.sendRate);
  }

  private fill(waiting: Waiting): void {
    const { arrival } = this;
    const { kind, lane, bytes, start, end, address, port, hopLimit, stamp, options } = waiting;
    this.memory.set(bytes, MEMORY_OFFSET);
    arrival.kind = kind;
    arrival.lane = lane;
    arrival.port = port;
    arrival.hopLimit = hopLimit;
    arrival.stamp = stamp;
    arrival.family = address.family;
    arrival.start = MEMORY_OFFSET + start;
    arrival.end = MEMORY_OFFSET + end;
    arrival.optionsBytes = arrival.bytes;
    arrival.optionsStart = MEMORY_OFFSET + options.start;
    arrival.optionsEnd = MEMORY_OFFSET + options.end;
    address.writeWords(arrival.address);
    arrival.taken = this.time.now;
    arrival.clockEpoch = this.clockEpoch;
    this.fillError(waiting);
  }

  private fillError({ error, extensionsStart = -1 }: Waiting): void {
    const { arrival } = this;
    arrival.errno = error?.errno ?? 0;
    arrival.errorOrigin = error?.origin ?? 0;
    arrival.errorType = error?.type ?? 0;
    arrival.errorCode = error?.code ?? 0;
    arrival.errorInfo = error?.info ?? 0;
    arrival.hasOffender = error?.offender !== undefined;
    error?.offender?.writeWords(arrival.offender);
    arrival.extensionsStart = extensionsStart < 0 ? -1 : MEMORY_OFFSET + extensionsStart;
  }
}

function createSlot(): PacketSlot {
  const bytes = new Uint8Array(SLOT_BYTES).fill(POISON);
  return {
    ...{
      bytes,
      view: new DataView(bytes.buffer),
      author: undefined,
      length: 0,
      lane: 0,
      family: 4,
      destination: new Uint32Array(4),
    },
    ...{ port: 0, scopeId: 0, flowLabel: 0, hopLimit: 0, trafficClass: -1, probe: -1 },
  };
}
