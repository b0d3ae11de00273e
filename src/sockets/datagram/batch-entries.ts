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
  /** Bytes of it that are there. */
  readonly lengths: number[] = [];

  /** Finds the datagrams of slots 0 to `received` - 1. */
  read(memory: MessageBatch, received: number, joined: boolean): this {
    this.count = 0;
    for (let slot = 0; slot < received; slot++) {
      const length = Math.min(memory.lengths[slot] ?? 0, memory.payloadStride);
      const segment = joined ? segmentSize(memory, slot) : 0;
      if (segment === 0) this.add(slot, 0, length);
      else for (let at = 0; at < length; at += segment) this.add(slot, at, Math.min(segment, length - at));
    }
    return this;
  }

  private add(slot: number, start: number, length: number): void {
    this.slots[this.count] = slot;
    this.starts[this.count] = start;
    this.lengths[this.count++] = length;
  }
}

function segmentSize(memory: MessageBatch, slot: number): number {
  const start = slot * memory.controlStride;
  return reader.read(memory.controlWords, start, start + (memory.controlLengths[slot] ?? 0)).segmentSize;
}
