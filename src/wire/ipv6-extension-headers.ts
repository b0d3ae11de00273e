import { concatenate } from './byte-array.js';
import { setUint16, setUint32, uint8, uint16, uint32 } from './byte-order.js';
import { FieldValueError, requireInteger, requireLength, requireUint } from './field-value-error.js';
import { IP_PROTOCOL } from './ip-protocol.js';
import { decodeIpv6Options, encodeIpv6Options, type Ipv6Option } from './ipv6-options.js';
import { requireBytes } from './wire-format-error.js';

/** RFC 8200 sections 4.3 and 4.6. */
export interface Ipv6OptionsHeader {
  kind: 'hop-by-hop' | 'destination';
  options: Ipv6Option[];
}

/** RFC 8200 section 4.4. */
export interface Ipv6RoutingHeader {
  kind: 'routing';
  routingType: number;
  segmentsLeft: number;
  /** What follows, by routing type: 4 bytes more than a multiple of 8. */
  data: Uint8Array;
}

/** RFC 8200 section 4.5. */
export interface Ipv6FragmentHeader {
  kind: 'fragment';
  /** Where in the original payload this fragment's payload starts: bytes, a multiple of 8. */
  offset: number;
  moreFragments: boolean;
  /** 32 bits. */
  identification: number;
}

/** RFC 4302 section 2. */
export interface Ipv6AuthenticationHeader {
  kind: 'authentication';
  securityParametersIndex: number;
  sequence: number;
  /** Integrity check value: 4 bytes more than a multiple of 8, so that the header fits IPv6. */
  integrityCheck: Uint8Array;
}

export type Ipv6ExtensionHeader = Ipv6OptionsHeader | Ipv6RoutingHeader | Ipv6FragmentHeader | Ipv6AuthenticationHeader;

/** A chain of extension headers and what follows it. */
export interface Ipv6ExtensionHeaders {
  headers: Ipv6ExtensionHeader[];
  /** The first next-header number that is no extension header: a protocol, or 59 where nothing follows. */
  protocol: number;
  /** Where its bytes start. */
  payloadStart: number;
}

const STRUCTURE = 'IPv6 extension header';
const FRAGMENT_LENGTH = 8;
const NUMBERS: Readonly<Record<Ipv6ExtensionHeader['kind'], number>> = {
  'hop-by-hop': IP_PROTOCOL.hopByHop,
  destination: IP_PROTOCOL.destinationOptions,
  routing: IP_PROTOCOL.routing,
  fragment: IP_PROTOCOL.fragment,
  authentication: IP_PROTOCOL.authentication,
};

/** Whether a next-header number is one that a chain goes on behind. Allocates nothing. */
export function isIpv6ExtensionHeader(protocol: number): boolean {
  return (
    protocol === IP_PROTOCOL.hopByHop ||
    protocol === IP_PROTOCOL.routing ||
    protocol === IP_PROTOCOL.fragment ||
    protocol === IP_PROTOCOL.authentication ||
    protocol === IP_PROTOCOL.destinationOptions
  );
}

/** The length in bytes of the extension header at `at`, of which two bytes must be there. Allocates nothing. */
export function ipv6ExtensionHeaderLength(protocol: number, bytes: Uint8Array, at: number): number {
  if (protocol === IP_PROTOCOL.fragment) return FRAGMENT_LENGTH;
  const length = uint8(bytes, at + 1);
  // RFC 4302 section 2.2 counts words of 4 bytes less 2; RFC 8200 section 4 words of 8 bytes less 1.
  return protocol === IP_PROTOCOL.authentication ? (length + 2) * 4 : (length + 1) * 8;
}

/** Readers for the fragment header at `at`; they allocate and check nothing. */
export const Ipv6FragmentAt = {
  offset: (bytes: Uint8Array, at: number) => uint16(bytes, at + 2) & 0xfff8,
  moreFragments: (bytes: Uint8Array, at: number) => (uint16(bytes, at + 2) & 1) !== 0,
  identification: (bytes: Uint8Array, at: number) => uint32(bytes, at + 4),
} as const;

/**
 * Walks the chain that starts at `start` with a header of number `nextHeader`. Behind a fragment that is not the first
 * the bytes are the middle of a payload, so the walk ends there.
 * @throws WireFormatError for a header that is cut or whose options are malformed.
 */
export function decodeIpv6ExtensionHeaders(
  nextHeader: number,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): Ipv6ExtensionHeaders {
  const limit = Math.min(end, bytes.length);
  const headers: Ipv6ExtensionHeader[] = [];
  let protocol = nextHeader;
  let at = start;
  while (isIpv6ExtensionHeader(protocol)) {
    requireBytes(STRUCTURE, at, limit, 8);
    const length = ipv6ExtensionHeaderLength(protocol, bytes, at);
    requireBytes(STRUCTURE, at, limit, length);
    const header = decodeHeader(protocol, bytes, at, at + length);
    headers.push(header);
    protocol = uint8(bytes, at);
    at += length;
    if (header.kind === 'fragment' && header.offset > 0) break;
  }
  return { headers, protocol, payloadStart: at };
}

function decodeHeader(protocol: number, bytes: Uint8Array, at: number, end: number): Ipv6ExtensionHeader {
  switch (protocol) {
    case IP_PROTOCOL.routing:
      return decodeRouting(bytes, at, end);
    case IP_PROTOCOL.fragment:
      return decodeFragment(bytes, at);
    case IP_PROTOCOL.authentication:
      return decodeAuthentication(bytes, at, end);
    default: {
      const kind = protocol === IP_PROTOCOL.hopByHop ? 'hop-by-hop' : 'destination';
      return { kind, options: decodeIpv6Options(bytes, at + 2, end) };
    }
  }
}

function decodeRouting(bytes: Uint8Array, at: number, end: number): Ipv6RoutingHeader {
  const segmentsLeft = uint8(bytes, at + 3);
  return { kind: 'routing', routingType: uint8(bytes, at + 2), segmentsLeft, data: bytes.slice(at + 4, end) };
}

function decodeFragment(bytes: Uint8Array, at: number): Ipv6FragmentHeader {
  return {
    kind: 'fragment',
    offset: Ipv6FragmentAt.offset(bytes, at),
    moreFragments: Ipv6FragmentAt.moreFragments(bytes, at),
    identification: Ipv6FragmentAt.identification(bytes, at),
  };
}

function decodeAuthentication(bytes: Uint8Array, at: number, end: number): Ipv6AuthenticationHeader {
  requireBytes(STRUCTURE, at, end, 12);
  return {
    kind: 'authentication',
    securityParametersIndex: uint32(bytes, at + 4),
    sequence: uint32(bytes, at + 8),
    integrityCheck: bytes.slice(at + 12, end),
  };
}

/** The number by which the header before names the first of `headers`, or `protocol` where there are none. */
export function firstIpv6NextHeader(headers: readonly Ipv6ExtensionHeader[], protocol: number): number {
  const first = headers[0];
  return first === undefined ? protocol : NUMBERS[first.kind];
}

/**
 * The bytes of the chain before a payload of `protocol`.
 * @throws FieldValueError naming the field that does not fit.
 */
export function encodeIpv6ExtensionHeaders(headers: readonly Ipv6ExtensionHeader[], protocol: number): Uint8Array {
  const parts = headers.map((header, index) => {
    const bytes = encodeHeader(header);
    bytes[0] = requireUint('protocol', firstIpv6NextHeader(headers.slice(index + 1), protocol), 8);
    return bytes;
  });
  return concatenate(parts);
}

/** The header with a next-header number of 0. */
function encodeHeader(header: Ipv6ExtensionHeader): Uint8Array {
  switch (header.kind) {
    case 'routing':
      return encodeRouting(header);
    case 'fragment':
      return encodeFragment(header);
    case 'authentication':
      return encodeAuthentication(header);
    default:
      return encodeOptionsHeader(header);
  }
}

function encodeOptionsHeader(header: Ipv6OptionsHeader): Uint8Array {
  const options = encodeIpv6Options(header.options, 2);
  return withLength(new Uint8Array([0, 0, ...options]), 8, 1);
}

function encodeRouting(header: Ipv6RoutingHeader): Uint8Array {
  const routingType = requireUint('routingType', header.routingType, 8);
  const segmentsLeft = requireUint('segmentsLeft', header.segmentsLeft, 8);
  requireWhole('data', header.data.length);
  return withLength(new Uint8Array([0, 0, routingType, segmentsLeft, ...header.data]), 8, 1);
}

function encodeFragment(header: Ipv6FragmentHeader): Uint8Array {
  const bytes = new Uint8Array(FRAGMENT_LENGTH);
  const offset = requireInteger('offset', header.offset, 0, 0xfff8);
  if (offset % 8 !== 0) throw new FieldValueError('offset', offset, 'a multiple of 8');
  setUint16(bytes, 2, offset | (header.moreFragments ? 1 : 0));
  setUint32(bytes, 4, requireUint('identification', header.identification, 32));
  return bytes;
}

function encodeAuthentication(header: Ipv6AuthenticationHeader): Uint8Array {
  requireWhole('integrityCheck', header.integrityCheck.length);
  const bytes = new Uint8Array(12 + header.integrityCheck.length);
  setUint32(bytes, 4, requireUint('securityParametersIndex', header.securityParametersIndex, 32));
  setUint32(bytes, 8, requireUint('sequence', header.sequence, 32));
  bytes.set(header.integrityCheck, 12);
  return withLength(bytes, 4, 2);
}

/** IPv6 headers are a multiple of 8 bytes; the fixed part of these is 4 bytes more or less than one. */
function requireWhole(field: string, length: number): void {
  if (length % 8 !== 4) throw new FieldValueError(field, length, '4 bytes more than a multiple of 8', 'bytes');
}

function withLength(bytes: Uint8Array, unit: number, uncounted: number): Uint8Array {
  const units = bytes.length / unit - uncounted;
  requireLength('extension header', bytes.length, unit, (0xff + uncounted) * unit);
  bytes[1] = units;
  return bytes;
}
