import { hostUint32, setHostUint32 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { requireUint } from './field-value-error.js';
import { WireFormatError } from './wire-format-error.js';

/** Ancillary data beside a datagram: cmsg(3), `struct cmsghdr`. */
export interface ControlMessage {
  /** Level, as IPPROTO_IP or SOL_SOCKET. */
  level: number;
  /** Type within the level. */
  type: number;
  data: Uint8Array;
}

/** Called for every control message with where its data lie; `false` ends the walk. */
export type ControlMessageVisitor = (level: number, type: number, dataStart: number, dataEnd: number) => unknown;

const HEADER = LINUX.sizeof_cmsghdr;
const LENGTH = LINUX.offsetof_cmsghdr_cmsg_len;
const LEVEL = LINUX.offsetof_cmsghdr_cmsg_level;
const TYPE = LINUX.offsetof_cmsghdr_cmsg_type;
const ALIGNMENT = LINUX.CMSG_ALIGNMENT;

function align(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/** CMSG_SPACE of cmsg(3): the bytes that a control message with so many bytes of data takes, padding included. */
export function controlMessageSpace(dataLength: number): number {
  return HEADER + align(dataLength);
}

const WORD_SPACE = controlMessageSpace(Uint32Array.BYTES_PER_ELEMENT);

/**
 * Visits the control messages between `start` and `end` of flat memory, in order, without allocation. Fewer bytes than
 * a header at the end are padding, as for CMSG_NXTHDR.
 * @throws WireFormatError for a length that is less than a header or reaches beyond `end`.
 */
export function walkControlMessages(
  bytes: Uint8Array,
  start: number,
  end: number,
  visitor: ControlMessageVisitor,
): void {
  const limit = Math.min(end, bytes.length);
  for (let at = start; limit - at >= HEADER; ) {
    const length = hostUint32(bytes, at + LENGTH);
    // A size_t of 64 bits: no length that memory could hold has anything in the upper half.
    if (length < HEADER || length > limit - at || hostUint32(bytes, at + LENGTH + 4) !== 0) {
      throw new WireFormatError('control message', at, `length ${length}, with ${limit - at} bytes left`);
    }
    if (visitor(hostUint32(bytes, at + LEVEL), hostUint32(bytes, at + TYPE), at + HEADER, at + length) === false)
      return;
    at += align(length);
  }
}

/**
 * The control messages between `start` and `end`, with their data copied.
 * @throws WireFormatError for a malformed length.
 */
export function decodeControlMessages(bytes: Uint8Array, start = 0, end = bytes.length): ControlMessage[] {
  const messages: ControlMessage[] = [];
  walkControlMessages(bytes, start, end, (level, type, dataStart, dataEnd) => {
    messages.push({ level, type, data: bytes.slice(dataStart, dataEnd) });
  });
  return messages;
}

/**
 * The bytes that sendmsg(2) takes as `msg_control`: each message padded to the kernel's alignment.
 * @throws FieldValueError for a level or type that is no 32-bit integer.
 */
export function encodeControlMessages(messages: readonly ControlMessage[]): Uint8Array {
  const size = messages.reduce((total, message) => total + controlMessageSpace(message.data.length), 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const message of messages) at = writeControlMessage(bytes, at, message);
  return bytes;
}

/**
 * Writes a control message of one 32-bit word at `at`, a multiple of 8 bytes, without allocation. `words` is the host's view of
 * the control memory. Returns where the next one begins.
 */
export function writeWordMessage(words: Uint32Array, at: number, level: number, type: number, value: number): number {
  words[(at + LENGTH) >> 2] = HEADER + Uint32Array.BYTES_PER_ELEMENT;
  // A size_t of 64 bits, little endian.
  words[(at + LENGTH + 4) >> 2] = 0;
  words[(at + LEVEL) >> 2] = level;
  words[(at + TYPE) >> 2] = type;
  words[(at + HEADER) >> 2] = value;
  return at + WORD_SPACE;
}

function writeControlMessage(bytes: Uint8Array, at: number, { level, type, data }: ControlMessage): number {
  setHostUint32(bytes, at + LENGTH, HEADER + data.length);
  setHostUint32(bytes, at + LEVEL, requireUint('level', level, 32));
  setHostUint32(bytes, at + TYPE, requireUint('type', type, 32));
  bytes.set(data, at + HEADER);
  return at + controlMessageSpace(data.length);
}
