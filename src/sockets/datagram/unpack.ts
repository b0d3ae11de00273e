import type { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { BatchEntries } from './batch-entries.js';
import { Datagram } from './datagram.js';
import type { SourceCache } from './source-cache.js';

/** Datagrams up to so many bytes of one batch lie in one piece of memory: keeping one of them keeps no more than that alive. */
const LONGEST_SHARED = 64 * 1024;

let starts = new Uint32Array(64);

/** Copies the datagrams of a received batch out of its memory, which may then be used again. */
export function unpackDatagrams(memory: MessageBatch, entries: BatchEntries, sources: SourceCache): Datagram[] {
  const slots = entries.count === 0 ? 0 : (entries.slots[entries.count - 1] ?? 0) + 1;
  const size = memory.packedSize(slots);
  if (starts.length < slots) starts = new Uint32Array(slots);
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
  memory.pack(slots, bytes, starts);
  const shared = size <= LONGEST_SHARED;
  const datagrams: Datagram[] = new Array(entries.count);
  for (let index = 0; index < entries.count; index++) {
    datagrams[index] = createDatagram(memory, entries, index, bytes, shared, sources);
  }
  return datagrams;
}

function createDatagram(
  memory: MessageBatch,
  entries: BatchEntries,
  index: number,
  packed: Uint8Array<ArrayBuffer>,
  shared: boolean,
  sources: SourceCache,
): Datagram {
  const slot = entries.slots[index] ?? 0;
  const recordStart = starts[slot] ?? 0;
  const controlLength = memory.controlLengths[slot] ?? 0;
  const controlOffset = memory.nameStride;
  const payloadOffset = controlOffset + ((controlLength + 7) & ~7) + (entries.starts[index] ?? 0);
  const payloadLength = entries.lengths[index] ?? 0;
  // A long datagram gets memory of its own, or else one that is kept would keep its whole batch.
  const bytes = shared ? packed : packed.slice(recordStart, recordStart + payloadOffset + payloadLength);
  const base = shared ? recordStart : 0;
  const flags = memory.flags[slot] ?? 0;
  return new Datagram({
    bytes,
    nameStart: base,
    nameLength: memory.nameLengths[slot] ?? 0,
    controlStart: base + controlOffset,
    controlLength,
    payloadStart: base + payloadOffset,
    payloadLength,
    trueLength: flags & LINUX.MSG_TRUNC ? (memory.lengths[slot] ?? 0) : payloadLength,
    flags,
    stamp: memory.stamps[slot] ?? Number.NaN,
    sources,
  });
}
