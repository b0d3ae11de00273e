import { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import { UNIX_CONTROL_SPACE } from '../../wire/unix-control.js';
import { BATCH_SLOTS } from './receive-options.js';

/** Bytes of one slot: descriptors mostly come with short messages, and long ones are better not copied. */
export const SLOT_BYTES = 4096;

/** One byte more than the structure: the kernel ends a path that fills it with a NUL (unix(7), BUGS). */
export const NAME_BYTES = LINUX.sizeof_sockaddr_un + 1;

let shared: MessageBatch | undefined;

/**
 * Flat memory for short messages, one for all sockets of this environment. Who fills it, by sending or receiving, is done
 * with it before any other code can run.
 */
export function sharedBatch(): MessageBatch {
  shared ??= createBatch(BATCH_SLOTS, SLOT_BYTES);
  return shared;
}

/** Flat memory for messages of up to `payloadBytes` with all that may go along. Pages that nothing touches cost nothing. */
export function createBatch(slots: number, payloadBytes: number): MessageBatch {
  const shape = { slots, payloadBytes: spread(payloadBytes), controlBytes: spread(UNIX_CONTROL_SPACE) };
  return new MessageBatch({ ...shape, nameBytes: NAME_BYTES });
}

const CACHE_LINE = 64;

/** Slots an odd number of cache lines apart, or else the first bytes of all of them would compete for one set of the cache. */
function spread(bytes: number): number {
  return (Math.ceil(bytes / CACHE_LINE) | 1) * CACHE_LINE;
}
