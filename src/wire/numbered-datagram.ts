import { setUint32, uint32 } from './byte-order.js';

/** A datagram that carries its own number, so that its receiver sees what is missing: the payload of `subsocket multicast send`. */
export interface NumberedDatagram {
  /** Chosen by the sender at its start: a sender that starts anew is another stream. 32 bits. */
  stream: number;
  /** From 0, in steps of 1. */
  sequence: number;
}

/** "sskt", which tells these datagrams from others. */
const MAGIC = 0x73736b74;
const STREAM = 4;
const SEQUENCE = 8;

/** Bytes that the number takes at the start of the payload; what follows is padding. */
export const NUMBERED_DATAGRAM_BYTES = 16;

/** Writes the number at the start of `payload`. */
export function writeNumberedDatagram(payload: Uint8Array, { stream, sequence }: NumberedDatagram): void {
  setUint32(payload, 0, MAGIC);
  setUint32(payload, STREAM, stream);
  setUint32(payload, SEQUENCE, Math.floor(sequence / 2 ** 32));
  setUint32(payload, SEQUENCE + 4, sequence % 2 ** 32);
}

/** The number of a payload; undefined for one that is not numbered. */
export function readNumberedDatagram(payload: Uint8Array): NumberedDatagram | undefined {
  if (payload.length < NUMBERED_DATAGRAM_BYTES || uint32(payload, 0) !== MAGIC) return undefined;
  const sequence = uint32(payload, SEQUENCE) * 2 ** 32 + uint32(payload, SEQUENCE + 4);
  return Number.isSafeInteger(sequence) ? { stream: uint32(payload, STREAM), sequence } : undefined;
}
