import type { MessageBatch } from '../../io/message-batch.js';
import { hasSendOptions, LONGEST_PAYLOAD, type OutgoingDatagram } from './outgoing-datagram.js';
import type { PreparationContext } from './prepared-datagram.js';

/**
 * Writes those datagrams from `first` on, up to the first that needs more, that are bytes for a known destination and nothing
 * else: what a flood is made of. It allocates nothing.
 * @returns how many, in the slots from 0 on.
 */
export function writePlainDatagrams(
  memory: MessageBatch,
  messages: readonly OutgoingDatagram[],
  first: number,
  context: PreparationContext,
): number {
  const limit = Math.min(messages.length - first, memory.slots);
  let slot = 0;
  while (slot < limit && writePlain(memory, slot, messages[first + slot] as OutgoingDatagram, context)) slot++;
  return slot;
}

/** Writes one into a slot, unless it needs more than that. */
export function writePlain(
  memory: MessageBatch,
  slot: number,
  message: OutgoingDatagram,
  context: PreparationContext,
): boolean {
  if (!isPlain(message)) return false;
  const { payload, destination } = message;
  if (destination !== undefined) {
    const encoded = context.destinations.find(destination);
    if (encoded === undefined) return false;
    memory.nameLengths[slot] = encoded.bytes.length;
    writeWords(memory.nameWords, (slot * memory.nameStride) >> 2, encoded.words);
  } else {
    if (context.connectedFamily() === undefined) return false;
    memory.nameLengths[slot] = 0;
  }
  memory.payload.set(payload, slot * memory.payloadStride);
  memory.lengths[slot] = payload.length;
  memory.controlLengths[slot] = 0;
  return true;
}

/** Whether it is bytes and nothing else; where to, is not looked at. */
export function isPlain(message: OutgoingDatagram): message is OutgoingDatagram & { payload: Uint8Array } {
  if (typeof message !== 'object' || message === null) return false;
  const { payload } = message;
  return payload instanceof Uint8Array && payload.length <= LONGEST_PAYLOAD[4] && !hasSendOptions(message);
}

function writeWords(target: Uint32Array, at: number, words: Uint32Array): void {
  for (let index = 0; index < words.length; index++) target[at + index] = words[index] as number;
}
