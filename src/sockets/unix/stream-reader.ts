import type { MessageBatch } from '../../io/message-batch.js';
import { type NativeReceived, native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { UNIX_CONTROL_SPACE } from '../../wire/unix-control.js';
import type { ReadOutcome } from './intake.js';
import { BATCH_SLOTS } from './receive-options.js';
import { receivedMessage } from './received-message.js';
import { SLOT_BYTES, sharedBatch } from './shared-batch.js';
import type { UnixMessage } from './unix-message.js';

/** Bytes of one bulk read. The kernel's default send buffer holds some 200 KiB. */
const BULK_BYTES = 128 * 1024;
const SLAB_BYTES = 4 * BULK_BYTES;
/** A read of at most so many bytes is copied out, so that a small message does not keep a whole slab alive. */
const SMALL_BYTES = 8 * 1024;

const control = new Uint8Array(UNIX_CONTROL_SPACE);
const received: NativeReceived = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };

/**
 * Reads a stream in the way that suits what comes: plain bytes in bulk, messages with descriptors in batches.
 *
 * A read ends behind a message that carries descriptors (net/unix/af_unix.c, unix_stream_read_generic), so what one
 * recvmsg(2) returns has descriptors of one message at most. In bulk, many such messages would cost a call each; in a
 * batch, plain bytes would come in slices. What the last read saw decides how the next one is done.
 */
export class StreamReader {
  #slab = Buffer.alloc(0);
  #bulk = false;

  /**
   * Appends what waits to `messages`, `limit` of them at most; or one, with its data in `buffer`. A buffer that was transferred
   * to another thread since it was given has no byte left, and a read into none would look like the end.
   */
  read(descriptor: number, limit: number, messages: UnixMessage[], buffer?: Uint8Array): ReadOutcome {
    if (buffer !== undefined && buffer.length > 0) return this.#readInto(descriptor, buffer, messages);
    return this.#bulk || limit === 1
      ? this.#readBulk(descriptor, messages)
      : this.#readBatch(descriptor, Math.min(limit, BATCH_SLOTS), messages);
  }

  #readInto(descriptor: number, buffer: Uint8Array, messages: UnixMessage[]): ReadOutcome {
    const length = native().receiveMessage(descriptor, buffer, null, control, 0, received);
    if (length <= 0) return outcomeOf(length);
    const data = Buffer.from(buffer.buffer, buffer.byteOffset, length);
    messages.push(receivedMessage(data, control, 0, received.controlLength, received.flags));
    return 'more';
  }

  #readBulk(descriptor: number, messages: UnixMessage[]): ReadOutcome {
    if (this.#slab.length < BULK_BYTES) this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    const space = this.#slab.subarray(0, BULK_BYTES);
    const length = native().receiveMessage(descriptor, space, null, control, 0, received);
    if (length <= 0) return outcomeOf(length);
    const { controlLength, flags } = received;
    messages.push(receivedMessage(this.#take(length), control, 0, controlLength, flags));
    if (controlLength > 0 && length < SLOT_BYTES) this.#bulk = false;
    return 'more';
  }

  #take(length: number): Buffer {
    if (length <= SMALL_BYTES) return Buffer.from(this.#slab.subarray(0, length));
    const data = this.#slab.subarray(0, length);
    this.#slab = this.#slab.subarray(length);
    return data;
  }

  #readBatch(descriptor: number, limit: number, messages: UnixMessage[]): ReadOutcome {
    const slots = sharedBatch();
    const count = slots.receive(descriptor, 0, limit);
    if (count < 0) return count === -LINUX.EAGAIN ? 'empty' : count;
    for (let slot = 0; slot < count; slot++) {
      const length = slots.lengths[slot] ?? 0;
      if (length === 0) return 'end';
      messages.push(takeSlot(slots, slot, length));
      if (length === SLOT_BYTES) this.#bulk = true;
    }
    return count < limit ? 'empty' : 'more';
  }
}

/** What a recvmsg(2) that brought nothing means. */
function outcomeOf(result: number): ReadOutcome {
  if (result === 0) return 'end';
  return result === -LINUX.EAGAIN ? 'empty' : result;
}

function takeSlot(slots: MessageBatch, slot: number, length: number): UnixMessage {
  const start = slot * slots.payloadStride;
  const data = Buffer.from(slots.payload.subarray(start, start + length));
  const from = slot * slots.controlStride;
  return receivedMessage(data, slots.control, from, from + (slots.controlLengths[slot] ?? 0), slots.flags[slot] ?? 0);
}
