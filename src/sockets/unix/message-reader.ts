import { requireInteger } from '../../io/argument-error.js';
import type { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import { decodeSocketAddress, type UnixSocketAddress } from '../../wire/socket-address.js';
import { isAtEnd } from './end-of-connection.js';
import type { ReadOutcome } from './intake.js';
import { BATCH_SLOTS } from './receive-options.js';
import { receivedMessage } from './received-message.js';
import { createBatch } from './shared-batch.js';
import type { UnixMessage, UnixMessageDetails } from './unix-message.js';

const DEFAULT_MESSAGE_BYTES = 256 * 1024;
const LONGEST_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The longest message that was asked for, or the default. @throws ArgumentError */
export function requireMessageSize(maximum: number = DEFAULT_MESSAGE_BYTES): number {
  return requireInteger('maximumMessageSize', maximum, 1, LONGEST_MESSAGE_BYTES, 'bytes');
}

/** Memory by the longest message that it takes, one for all sockets that take the same. */
const memories = new Map<number, MessageBatch>();

function memoryFor(bytes: number): MessageBatch {
  const memory = memories.get(bytes) ?? createBatch(BATCH_SLOTS, bytes);
  memories.set(bytes, memory);
  return memory;
}

/** Reads messages whose boundaries the kernel keeps: datagrams, and those of seqpacket connections. */
export class MessageReader {
  readonly #maximum: number;
  readonly #connected: boolean;
  #lastName = new Uint8Array(0);
  #lastFrom: UnixSocketAddress = { family: 'unix', unnamed: true };

  /**
   * @param maximum the longest message that is taken whole; longer ones are cut, which `length` tells.
   * @param connected true for seqpacket, where no bytes at all may mean the end.
   */
  constructor(maximum: number | undefined, connected: boolean) {
    this.#maximum = requireMessageSize(maximum);
    this.#connected = connected;
  }

  /** Appends what waits to `messages`, `limit` of them at most. */
  read(descriptor: number, limit: number, messages: UnixMessage[]): ReadOutcome {
    const memory = memoryFor(this.#maximum);
    // With MSG_TRUNC, the length is the message's own even where it did not fit.
    const count = memory.receive(descriptor, LINUX.MSG_TRUNC, Math.min(limit, BATCH_SLOTS));
    if (count < 0) return count === -LINUX.EAGAIN ? 'empty' : count;
    const whole = this.#connected && count === limit ? messagesBeforeEnd(descriptor, memory, count) : count;
    for (let slot = 0; slot < whole; slot++) messages.push(this.#take(memory, slot));
    if (whole < count) return 'end';
    return count < limit ? 'empty' : 'more';
  }

  #take(memory: MessageBatch, slot: number): UnixMessage {
    const length = memory.lengths[slot] ?? 0;
    const start = slot * memory.payloadStride;
    const data = Buffer.from(memory.payload.subarray(start, start + Math.min(length, this.#maximum)));
    const from = slot * memory.controlStride;
    const end = from + (memory.controlLengths[slot] ?? 0);
    const details: UnixMessageDetails = { length };
    if (!this.#connected) details.from = this.#name(memory, slot);
    return receivedMessage(data, memory.control, from, end, memory.flags[slot] ?? 0, details);
  }

  /** Messages mostly come from whom the last one came from. */
  #name(memory: MessageBatch, slot: number): UnixSocketAddress {
    const start = slot * memory.nameStride;
    const name = memory.names.subarray(start, start + (memory.nameLengths[slot] ?? 0));
    if (!equalBytes(name, this.#lastName)) {
      this.#lastName = name.slice();
      const address = decodeSocketAddress(name);
      this.#lastFrom = address.family === 'unix' ? address : { family: 'unix', unnamed: true };
    }
    return this.#lastFrom;
  }
}

function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/**
 * How many of the messages of a full batch came before the end of a connection. A read at the end gives no bytes, as does a
 * message without any; but the end lasts. So where the batch ends with nothing, another look tells which it was. (Two or more
 * messages without a byte, with nothing behind them, are taken for the end if the peer has ended by then.)
 */
function messagesBeforeEnd(descriptor: number, memory: MessageBatch, count: number): number {
  let before = count;
  while (before > 0 && memory.lengths[before - 1] === 0 && memory.controlLengths[before - 1] === 0) before--;
  if (before === count) return count;
  return isAtEnd(descriptor) ? before : count;
}
