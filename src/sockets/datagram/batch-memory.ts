import { MessageBatch, oddLines } from '../../io/message-batch.js';

/** One shape serves every datagram socket of this environment, so that they share their memory. */
export interface DatagramMemoryShape {
  slots: number;
  payloadBytes: number;
}

/** Room for every control message that a datagram socket asks for; extension headers may need more than it has. */
export const CONTROL_BYTES = 576;

/** Memories kept for the next user of the same shape. */
const KEPT = 2;

const free = new Map<number, MessageBatch[]>();

/**
 * Memory for a batch, not in use by anybody else until it is given back. It is lazily backed by pages: memory that no
 * datagram was ever long enough to touch costs nothing.
 */
export function takeMemory(shape: DatagramMemoryShape): MessageBatch {
  return free.get(keyOf(shape))?.pop() ?? createMemory(shape);
}

/** Gives memory back that `takeMemory` gave. */
export function giveMemoryBack(shape: DatagramMemoryShape, memory: MessageBatch): void {
  const key = keyOf(shape);
  const kept = free.get(key) ?? [];
  if (kept.length < KEPT) kept.push(memory);
  free.set(key, kept);
}

/** No payload is longer than 16 bits can say. */
function keyOf({ slots, payloadBytes }: DatagramMemoryShape): number {
  return slots * 0x10000 + payloadBytes;
}

function createMemory({ slots, payloadBytes }: DatagramMemoryShape): MessageBatch {
  return new MessageBatch({ slots, payloadBytes: oddLines(payloadBytes), controlBytes: CONTROL_BYTES });
}
