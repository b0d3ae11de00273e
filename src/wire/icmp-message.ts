import { setUint16, uint8, uint16 } from './byte-order.js';
import { internetChecksum, verifyInternetChecksum } from './checksum.js';
import { requireRoom, requireUint } from './field-value-error.js';
import { decodeIcmpError, type IcmpError, icmpErrorLength, writeIcmpError } from './icmp-error.js';
import { echoReplyType, echoRequestType, icmpErrorLayout } from './icmp-types.js';
import type { Family } from './ip-address.js';
import { requireBytes } from './wire-format-error.js';

interface IcmpHeaderFields {
  /** Default when encoding: computed. Not verified when decoding: `verifyIcmpChecksum` does. */
  checksum?: number;
}

/** RFC 792, "Echo or Echo Reply Message"; RFC 4443 section 4. */
export interface IcmpEcho extends IcmpHeaderFields {
  kind: 'echo-request' | 'echo-reply';
  /** Default: 0, the only code that is defined. */
  code?: number;
  /** 16 bits. */
  identifier: number;
  /** 16 bits. */
  sequence: number;
  payload: Uint8Array;
}

/** Any other message. */
export interface IcmpOther extends IcmpHeaderFields {
  kind: 'other';
  type: number;
  code: number;
  /** What follows the checksum. */
  body: Uint8Array;
}

/** A message of ICMP or ICMPv6. */
export type IcmpMessage = IcmpEcho | IcmpError | IcmpOther;

export const ICMP_ECHO_HEADER = 8;
const HEADER = 4;
const CHECKSUM = 2;

/** Readers for flat memory, at the start of the message; they allocate and check nothing. */
export const IcmpMessageAt = {
  type: (bytes: Uint8Array, at: number) => uint8(bytes, at),
  code: (bytes: Uint8Array, at: number) => uint8(bytes, at + 1),
  checksum: (bytes: Uint8Array, at: number) => uint16(bytes, at + CHECKSUM),
  /** Of an echo. */
  identifier: (bytes: Uint8Array, at: number) => uint16(bytes, at + 4),
  /** Of an echo. */
  sequence: (bytes: Uint8Array, at: number) => uint16(bytes, at + 6),
} as const;

/** Writes the 8 bytes before an echo's payload, with a checksum of 0; the values have been checked. */
export function writeEchoHeader(out: Uint8Array, at: number, type: number, identifier: number, sequence: number): void {
  out[at] = type;
  out[at + 1] = 0;
  setUint16(out, at + CHECKSUM, 0);
  setUint16(out, at + 4, identifier);
  setUint16(out, at + 6, sequence);
}

/**
 * Writes the checksum of the message from `start` to `end`, whatever stands in its place. ICMPv6 needs `pseudoHeader`,
 * a `pseudoHeaderSum`; on raw ICMPv6 sockets and on ping sockets the kernel writes it: RFC 3542 section 3.1.
 */
export function writeIcmpChecksum(out: Uint8Array, start: number, end: number, pseudoHeader = 0): void {
  setUint16(out, start + CHECKSUM, 0);
  setUint16(out, start + CHECKSUM, internetChecksum(out, start, end, pseudoHeader));
}

/** Whether the message from `start` to `end` is as it was sent; ICMPv6 needs `pseudoHeader`. */
export function verifyIcmpChecksum(bytes: Uint8Array, start: number, end: number, pseudoHeader = 0): boolean {
  return verifyInternetChecksum(bytes, start, end, pseudoHeader);
}

/**
 * The value of the message from `start` to `end`. A type that is not known is a value, `other`.
 * @throws WireFormatError for a message that is too short for its type.
 */
export function decodeIcmpMessage(family: Family, bytes: Uint8Array, start = 0, end = bytes.length): IcmpMessage {
  const structure = family === 4 ? 'ICMP message' : 'ICMPv6 message';
  const limit = Math.min(end, bytes.length);
  requireBytes(structure, start, limit, HEADER);
  const type = uint8(bytes, start);
  const layout = icmpErrorLayout(family, type);
  const isEcho = type === echoRequestType(family) || type === echoReplyType(family);
  if (isEcho || layout !== undefined) requireBytes(structure, start, limit, ICMP_ECHO_HEADER);
  if (isEcho) return decodeEcho(family, bytes, start, limit);
  return layout ? decodeIcmpError(family, layout, bytes, start, limit) : decodeOther(bytes, start, limit);
}

function decodeEcho(family: Family, bytes: Uint8Array, start: number, end: number): IcmpEcho {
  return {
    kind: uint8(bytes, start) === echoRequestType(family) ? 'echo-request' : 'echo-reply',
    code: IcmpMessageAt.code(bytes, start),
    checksum: IcmpMessageAt.checksum(bytes, start),
    identifier: IcmpMessageAt.identifier(bytes, start),
    sequence: IcmpMessageAt.sequence(bytes, start),
    payload: bytes.slice(start + ICMP_ECHO_HEADER, end),
  };
}

function decodeOther(bytes: Uint8Array, start: number, end: number): IcmpOther {
  return {
    kind: 'other',
    type: IcmpMessageAt.type(bytes, start),
    code: IcmpMessageAt.code(bytes, start),
    checksum: IcmpMessageAt.checksum(bytes, start),
    body: bytes.slice(start + HEADER, end),
  };
}

/** How many bytes `encodeIcmpMessage` gives. */
export function icmpMessageLength(family: Family, message: IcmpMessage): number {
  switch (message.kind) {
    case 'error':
      return icmpErrorLength(family, message);
    case 'other':
      return HEADER + message.body.length;
    default:
      return ICMP_ECHO_HEADER + message.payload.length;
  }
}

/**
 * Writes the message at `at`, whatever was there before, and returns its length in bytes. ICMPv6 needs `pseudoHeader`
 * for a right checksum. A quote before extensions is padded with zeros as RFC 4884 section 3 asks.
 * @throws FieldValueError naming the field that does not fit.
 */
export function writeIcmpMessage(
  out: Uint8Array,
  at: number,
  family: Family,
  message: IcmpMessage,
  pseudoHeader = 0,
): number {
  const length = icmpMessageLength(family, message);
  requireRoom(out, at, length);
  writeBody(out, at, family, message);
  out[at + 1] = requireUint('code', message.code ?? 0, 8);
  if (message.checksum === undefined) writeIcmpChecksum(out, at, at + length, pseudoHeader);
  else setUint16(out, at + CHECKSUM, requireUint('checksum', message.checksum, 16));
  return length;
}

/** The bytes of the message. */
export function encodeIcmpMessage(family: Family, message: IcmpMessage, pseudoHeader = 0): Uint8Array {
  const bytes = new Uint8Array(icmpMessageLength(family, message));
  writeIcmpMessage(bytes, 0, family, message, pseudoHeader);
  return bytes;
}

function writeBody(out: Uint8Array, at: number, family: Family, message: IcmpMessage): void {
  if (message.kind === 'error') {
    writeIcmpError(out, at, family, message);
  } else if (message.kind === 'other') {
    out[at] = requireUint('type', message.type, 8);
    out.set(message.body, at + HEADER);
  } else {
    writeEcho(out, at, family, message);
  }
}

function writeEcho(out: Uint8Array, at: number, family: Family, echo: IcmpEcho): void {
  const type = echo.kind === 'echo-request' ? echoRequestType(family) : echoReplyType(family);
  const identifier = requireUint('identifier', echo.identifier, 16);
  writeEchoHeader(out, at, type, identifier, requireUint('sequence', echo.sequence, 16));
  out.set(echo.payload, at + ICMP_ECHO_HEADER);
}
