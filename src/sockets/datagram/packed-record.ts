import { LINUX } from '../../wire/constants.generated.js';
import type { Slab } from './slab.js';

/** Places in a record of `NativeBatch.pack`, in words of 4 bytes from its start. */
const CONTROL_LENGTH = 1;
const FLAGS = 3;
const STAMP = 4;
/** Bytes before the name, and of the name: see `NativeBatch.pack` and `MessageBatch`. */
const NAME = 24;
const CONTROL = NAME + Math.ceil(LINUX.sizeof_sockaddr_in6 / 8) * 8;

/** Where the name starts in a record, in bytes. */
export const NAME_OFFSET = NAME;

/** Where the control messages start in a record, in bytes. */
export const CONTROL_OFFSET = CONTROL;

/** What recvmmsg(2) said of the datagram whose record starts at `record`. */
export const PackedRecord = {
  nameLength: ({ words }: Slab, record: number): number => words[record >> 2] ?? 0,
  controlLength: ({ words }: Slab, record: number): number => words[(record >> 2) + CONTROL_LENGTH] ?? 0,
  flags: ({ words }: Slab, record: number): number => words[(record >> 2) + FLAGS] ?? 0,
  /** NaN without one. */
  stamp: ({ numbers }: Slab, record: number): number => numbers[((record >> 2) + STAMP) >> 1] ?? Number.NaN,
} as const;

/** Where the payload starts in a record, in bytes. */
export function payloadOffset(slab: Slab, record: number): number {
  return CONTROL + ((PackedRecord.controlLength(slab, record) + 7) & ~7);
}
