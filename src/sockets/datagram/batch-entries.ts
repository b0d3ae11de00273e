import type { MessageBatch } from '../../io/message-batch.js';
import { DatagramControl } from '../../wire/datagram-control.js';

const reader = new DatagramControl();

/**
 * Which datagrams a received batch holds: one a slot, or with UDP_GRO several, which the kernel joined because only their
 * payloads differ.
 */
export class BatchEntries {
  count = 0;
  readonly slots: number[] = [];
  /** Where in the slot's payload the datagram starts. */
  readonly starts: number[] = [];
  /** Bytes of it that are there, and how many it had. */
  readonly lengths: number[] = [];
  readonly trueLengths: number[] = [];

  /** @param longest bytes of a datagram that are kept: a slot may have room for more. */
  constructor(
    private readonly joined: boolean,
    private readonly longest: number,
  ) {}

  /** Finds the datagrams of slots 0 to `received` - 1. */
  read(memory: MessageBatch, received: number): this {
    this.count = 0;
    for (let slot = 0; slot < received; slot++) {
      const length = memory.lengths[slot] ?? 0;
      const segment = this.joined ? segmentSize(memory, slot) : 0;
      if (segment === 0) this.add(slot, 0, length);
      else for (let at = 0; at < length; at += segment) this.add(slot, at, Math.min(segment, length - at));
    }
    return this;
  }

  private add(slot: number, start: number, length: number): void {
    this.slots[this.count] = slot;
    this.starts[this.count] = start;
    this.trueLengths[this.count] = length;
    this.lengths[this.count++] = Math.min(length, this.longest);
  }
}

function segmentSize(memory: MessageBatch, slot: number): number {
  const start = slot * memory.controlStride;
  return reader.read(memory.controlWords, start, start + (memory.controlLengths[slot] ?? 0)).segmentSize;
}
