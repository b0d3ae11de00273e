import { setUint16, uint16 } from './byte-order.js';
import { internetChecksum, verifyInternetChecksum } from './checksum.js';
import { requireRoom, requireUint } from './field-value-error.js';
import { requireBytes } from './wire-format-error.js';

/** RFC 768. */
export interface UdpHeader {
  sourcePort: number;
  destinationPort: number;
  /** Bytes of header and payload. */
  length: number;
  /** 0: the sender computed none. */
  checksum: number;
}

export const UDP_HEADER = 8;
const CHECKSUM = 6;

/** Readers for flat memory, at the start of the header; they allocate and check nothing. */
export const UdpHeaderAt = {
  sourcePort: (bytes: Uint8Array, at: number) => uint16(bytes, at),
  destinationPort: (bytes: Uint8Array, at: number) => uint16(bytes, at + 2),
  length: (bytes: Uint8Array, at: number) => uint16(bytes, at + 4),
  checksum: (bytes: Uint8Array, at: number) => uint16(bytes, at + CHECKSUM),
} as const;

/**
 * The value of the header at `start`. Whether `length` agrees with the packet is for the caller to see: a quoted
 * datagram is cut.
 * @throws WireFormatError for a header that is cut.
 */
export function decodeUdpHeader(bytes: Uint8Array, start = 0, end = bytes.length): UdpHeader {
  requireBytes('UDP header', start, Math.min(end, bytes.length), UDP_HEADER);
  return {
    sourcePort: UdpHeaderAt.sourcePort(bytes, start),
    destinationPort: UdpHeaderAt.destinationPort(bytes, start),
    length: UdpHeaderAt.length(bytes, start),
    checksum: UdpHeaderAt.checksum(bytes, start),
  };
}

/**
 * Writes the header at `at`, whatever was there before, and returns its length, 8.
 * @throws FieldValueError naming the field that does not fit.
 */
export function writeUdpHeader(out: Uint8Array, at: number, header: UdpHeader): number {
  requireRoom(out, at, UDP_HEADER);
  setUint16(out, at, requireUint('sourcePort', header.sourcePort, 16));
  setUint16(out, at + 2, requireUint('destinationPort', header.destinationPort, 16));
  setUint16(out, at + 4, requireUint('length', header.length, 16));
  setUint16(out, at + CHECKSUM, requireUint('checksum', header.checksum, 16));
  return UDP_HEADER;
}

/** The bytes of the header alone. */
export function encodeUdpHeader(header: UdpHeader): Uint8Array {
  const bytes = new Uint8Array(UDP_HEADER);
  writeUdpHeader(bytes, 0, header);
  return bytes;
}

/** Writes the checksum of the datagram from `start` to `end`; a sum of 0 is sent as 0xffff, because 0 means none. */
export function writeUdpChecksum(out: Uint8Array, start: number, end: number, pseudoHeader: number): void {
  setUint16(out, start + CHECKSUM, 0);
  setUint16(out, start + CHECKSUM, internetChecksum(out, start, end, pseudoHeader) || 0xffff);
}

/** Whether the datagram is as it was sent, or has no checksum; IPv6 does not allow none (RFC 8200 section 8.1). */
export function verifyUdpChecksum(bytes: Uint8Array, start: number, end: number, pseudoHeader: number): boolean {
  return UdpHeaderAt.checksum(bytes, start) === 0 || verifyInternetChecksum(bytes, start, end, pseudoHeader);
}
