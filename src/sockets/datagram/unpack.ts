import type { MessageBatch } from '../../io/message-batch.js';
import type { BatchEntries } from './batch-entries.js';
import { Datagram } from './datagram.js';
import { payloadOffset } from './packed-record.js';
import type { SlabSource } from './slab.js';

let starts = new Uint32Array(64);

/** Copies the datagrams of a received batch out of its memory, which may then be used again. */
export function unpackDatagrams(memory: MessageBatch, entries: BatchEntries, slabs: SlabSource): Datagram[] {
  const { count } = entries;
  const datagrams: Datagram[] = new Array(count);
  if (count === 0) return datagrams;
  const slots = (entries.slots[count - 1] ?? 0) + 1;
  const size = memory.packedSize(slots);
  if (starts.length < slots) starts = new Uint32Array(slots);
  const { slab, start } = slabs.take(size);
  memory.pack(slots, slab.bytes, start, starts);
  const apart = slabs.isLarge(size);
  for (let index = 0; index < count; index++) {
    const record = starts[entries.slots[index] ?? 0] ?? 0;
    const payload = record + payloadOffset(slab, record) + (entries.starts[index] ?? 0);
    const datagram = new Datagram(slab, record, payload, entries.lengths[index] ?? 0, entries.trueLengths[index] ?? 0);
    // One of a large batch gets memory of its own, or else keeping it would keep the whole batch.
    datagrams[index] = apart ? datagram.copyTo(slabs) : datagram;
  }
  return datagrams;
}
