import { setUint16, setUint32, uint8, uint16, uint32 } from './byte-order.js';
import { internetChecksum } from './checksum.js';
import { requireRoom, requireUint } from './field-value-error.js';
import { decodeTcpOptions, encodeTcpOptions, type TcpOption } from './tcp-options.js';
import { requireBytes, WireFormatError } from './wire-format-error.js';

/** RFC 9293 section 3.1. */
export interface TcpHeader {
  sourcePort: number;
  destinationPort: number;
  /** 32 bits. */
  sequence: number;
  /** 32 bits. */
  acknowledgment: number;
  /** Bits of `TCP_FLAG`. */
  flags: number;
  /** As it stands in the header: not scaled. */
  window: number;
  /** Default when encoding: 0, to be filled in by `writeTcpChecksum`. */
  checksum?: number;
  /** Default: 0. */
  urgentPointer?: number;
  options: TcpOption[];
}

/** Control bits: RFC 9293 section 3.1; `accurateEcn`, RFC 9768. */
export const TCP_FLAG = {
  fin: 0x001,
  syn: 0x002,
  rst: 0x004,
  psh: 0x008,
  ack: 0x010,
  urg: 0x020,
  ece: 0x040,
  cwr: 0x080,
  accurateEcn: 0x100,
} as const;

export const TCP_MINIMUM_HEADER = 20;
const STRUCTURE = 'TCP header';
const CHECKSUM = 16;
const FLAG_BITS = 12;

/** Readers for flat memory, at the start of the header; they allocate and check nothing. */
export const TcpHeaderAt = {
  sourcePort: (bytes: Uint8Array, at: number) => uint16(bytes, at),
  destinationPort: (bytes: Uint8Array, at: number) => uint16(bytes, at + 2),
  sequence: (bytes: Uint8Array, at: number) => uint32(bytes, at + 4),
  acknowledgment: (bytes: Uint8Array, at: number) => uint32(bytes, at + 8),
  headerLength: (bytes: Uint8Array, at: number) => (uint8(bytes, at + 12) >>> 4) * 4,
  flags: (bytes: Uint8Array, at: number) => uint16(bytes, at + 12) & 0xfff,
  window: (bytes: Uint8Array, at: number) => uint16(bytes, at + 14),
  checksum: (bytes: Uint8Array, at: number) => uint16(bytes, at + CHECKSUM),
  urgentPointer: (bytes: Uint8Array, at: number) => uint16(bytes, at + 18),
} as const;

/**
 * The value of the header at `start`. Of a quoted segment only 8 bytes may be there: `TcpHeaderAt` reads ports and
 * sequence number of those.
 * @throws WireFormatError for a header that is cut or shorter than it must be, and for malformed options.
 */
export function decodeTcpHeader(bytes: Uint8Array, start = 0, end = bytes.length): TcpHeader {
  const limit = Math.min(end, bytes.length);
  requireBytes(STRUCTURE, start, limit, TCP_MINIMUM_HEADER);
  const length = TcpHeaderAt.headerLength(bytes, start);
  if (length < TCP_MINIMUM_HEADER) throw new WireFormatError(STRUCTURE, start, `a header length of ${length} bytes`);
  requireBytes(STRUCTURE, start, limit, length);
  return {
    sourcePort: TcpHeaderAt.sourcePort(bytes, start),
    destinationPort: TcpHeaderAt.destinationPort(bytes, start),
    sequence: TcpHeaderAt.sequence(bytes, start),
    acknowledgment: TcpHeaderAt.acknowledgment(bytes, start),
    flags: TcpHeaderAt.flags(bytes, start),
    window: TcpHeaderAt.window(bytes, start),
    checksum: TcpHeaderAt.checksum(bytes, start),
    urgentPointer: TcpHeaderAt.urgentPointer(bytes, start),
    options: decodeTcpOptions(bytes, start + TCP_MINIMUM_HEADER, start + length),
  };
}

/**
 * The bytes of the header, options padded to a multiple of 4.
 * @throws FieldValueError naming the field that does not fit.
 */
export function encodeTcpHeader(header: TcpHeader): Uint8Array {
  const options = encodeTcpOptions(header.options);
  const bytes = new Uint8Array(TCP_MINIMUM_HEADER + options.length);
  setUint16(bytes, 0, requireUint('sourcePort', header.sourcePort, 16));
  setUint16(bytes, 2, requireUint('destinationPort', header.destinationPort, 16));
  setUint32(bytes, 4, requireUint('sequence', header.sequence, 32));
  setUint32(bytes, 8, requireUint('acknowledgment', header.acknowledgment, 32));
  const offset = bytes.length / 4;
  setUint16(bytes, 12, (offset << FLAG_BITS) | requireUint('flags', header.flags, FLAG_BITS));
  setUint16(bytes, 14, requireUint('window', header.window, 16));
  setUint16(bytes, CHECKSUM, requireUint('checksum', header.checksum ?? 0, 16));
  setUint16(bytes, 18, requireUint('urgentPointer', header.urgentPointer ?? 0, 16));
  bytes.set(options, TCP_MINIMUM_HEADER);
  return bytes;
}

/** Writes the header at `at`, whatever was there before, and returns its length in bytes. */
export function writeTcpHeader(out: Uint8Array, at: number, header: TcpHeader): number {
  const bytes = encodeTcpHeader(header);
  requireRoom(out, at, bytes.length);
  out.set(bytes, at);
  return bytes.length;
}

/** Writes the checksum of the segment from `start` to `end`, whatever stands in its place. */
export function writeTcpChecksum(out: Uint8Array, start: number, end: number, pseudoHeader: number): void {
  setUint16(out, start + CHECKSUM, 0);
  setUint16(out, start + CHECKSUM, internetChecksum(out, start, end, pseudoHeader));
}
