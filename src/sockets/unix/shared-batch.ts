import { MessageBatch } from '../../io/message-batch.js';
import { UNIX_CONTROL_SPACE } from '../../wire/unix-control.js';
import { BATCH_SLOTS } from './receive-options.js';

/** Bytes of one slot: descriptors mostly come with short messages, and long ones are better not copied. */
export const SLOT_BYTES = 4096;

let shared: MessageBatch | undefined;

/**
 * Flat memory for short messages, one for all stream sockets of this environment. Who fills it, by sending or receiving,
 * is done with it before any other code can run.
 */
export function sharedBatch(): MessageBatch {
  shared ??= new MessageBatch({ slots: BATCH_SLOTS, payloadBytes: SLOT_BYTES, controlBytes: UNIX_CONTROL_SPACE });
  return shared;
}
