import type { MessageBatch } from '../../io/message-batch.js';
import { DatagramControl } from '../../wire/datagram-control.js';
import type { IpAddress } from '../../wire/ip-address.js';
import { PacketInfoAt } from '../../wire/packet-info.js';
import type { IpSocketAddress } from '../../wire/socket-address.js';
import type { Realtime } from '../../wire/time.js';
import type { AddressCache } from './address-cache.js';
import type { BatchEntries } from './batch-entries.js';
import type { Datagram } from './datagram.js';
import { DatagramStateError } from './datagram-state-error.js';
import type { SlabSource } from './slab.js';
import { unpackDatagrams } from './unpack.js';

/** What the lender has beside the memory. */
export interface BatchLender {
  addresses: AddressCache;
  slabs: SlabSource;
}

/**
 * Datagrams that are lent, not copied: for rates at which an object for each would cost too much. Ask by index. When the
 * loan ends every call throws and every payload that was handed out is empty, so nobody reads what the next batch wrote.
 */
export class DatagramBatch {
  /** How many datagrams there are. */
  readonly count: number;
  private memory: MessageBatch | undefined;
  private readonly entries: BatchEntries;
  private readonly lender: BatchLender;
  private readonly control = new DatagramControl();
  private decodedSlot = -1;
  private exposed = false;

  constructor(memory: MessageBatch, entries: BatchEntries, lender: BatchLender) {
    this.memory = memory;
    this.entries = entries;
    this.lender = lender;
    this.count = entries.count;
  }

  /** The memory that all payloads lie in, for a loop that makes no view of each: datagram i is at `offset(i)`. */
  get bytes(): Uint8Array {
    this.exposed = true;
    return this.lent().payload;
  }

  /** Where in `bytes` the payload of a datagram starts. */
  offset(index: number): number {
    return this.slot(index) * this.lent().payloadStride + (this.entries.starts[index] ?? 0);
  }

  /** Bytes of its payload that are there. */
  size(index: number): number {
    this.slot(index);
    return this.entries.lengths[index] ?? 0;
  }

  /** Its true length, which is more than `size` where it was truncated. */
  length(index: number): number {
    this.slot(index);
    return this.entries.trueLengths[index] ?? 0;
  }

  truncated(index: number): boolean {
    return this.length(index) > this.size(index);
  }

  /** A view of its payload, which is empty once the loan ends. */
  payload(index: number): Uint8Array {
    const offset = this.offset(index);
    return this.bytes.subarray(offset, offset + this.size(index));
  }

  /** Who sent it. */
  source(index: number): IpSocketAddress | undefined {
    const slot = this.slot(index);
    const { names, nameWords, nameStride, nameLengths } = this.lent();
    return this.lender.addresses.source(names, nameWords, slot * nameStride, nameLengths[slot] ?? 0);
  }

  /** When the kernel received it: nanoseconds since the origin of this process's clocks. */
  stamp(index: number): Realtime | undefined {
    const stamp = this.lent().stamps[this.slot(index)] ?? Number.NaN;
    return Number.isNaN(stamp) ? undefined : (stamp as Realtime);
  }

  /** Where it was sent to. */
  destination(index: number): IpAddress | undefined {
    const decoded = this.decode(index);
    const { control, controlWords } = this.lent();
    return this.lender.addresses.packetInfo(control, controlWords, decoded)?.to;
  }

  /** Index of the interface it came in on. */
  interfaceIndex(index: number): number | undefined {
    const { packetInfoFamily: family, packetInfoStart: start } = this.decode(index);
    return family === 0 ? undefined : PacketInfoAt.interfaceIndex(this.lent().control, start, family);
  }

  /** TTL or hop limit that was left. */
  hopLimit(index: number): number | undefined {
    const { hopLimit } = this.decode(index);
    return hopLimit < 0 ? undefined : hopLimit;
  }

  /** TOS or traffic class. */
  trafficClass(index: number): number | undefined {
    const { trafficClass } = this.decode(index);
    return trafficClass < 0 ? undefined : trafficClass;
  }

  /** Datagrams that the kernel had dropped by then for want of room. */
  drops(index: number): number {
    return this.decode(index).drops;
  }

  /** Copies of all, to keep. */
  datagrams(): Datagram[] {
    return unpackDatagrams(this.lent(), this.entries, this.lender.slabs);
  }

  /** Ends the loan; the lender calls it. Gives the memory back, out of everybody's reach. */
  return(): MessageBatch | undefined {
    const { memory } = this;
    this.memory = undefined;
    if (this.exposed) memory?.revokePayload();
    return memory;
  }

  private lent(): MessageBatch {
    if (this.memory !== undefined) return this.memory;
    throw new DatagramStateError(
      'BATCH_RETURNED',
      'the batch was lent, and the loan has ended: copy what is to be kept',
    );
  }

  private slot(index: number): number {
    this.lent();
    const slot = index < this.count ? this.entries.slots[index] : undefined;
    if (slot !== undefined) return slot;
    throw new RangeError(`the batch has datagrams 0 to ${this.count - 1}, not ${index}`);
  }

  private decode(index: number): DatagramControl {
    const slot = this.slot(index);
    const { controlWords, controlStride, controlLengths } = this.lent();
    if (slot === this.decodedSlot) return this.control;
    this.decodedSlot = slot;
    return this.control.read(controlWords, slot * controlStride, slot * controlStride + (controlLengths[slot] ?? 0));
  }
}
