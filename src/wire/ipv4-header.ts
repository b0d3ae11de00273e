import { setUint16, uint8, uint16 } from './byte-order.js';
import { internetChecksum } from './checksum.js';
import { FieldValueError, requireInteger, requireLength, requireRoom, requireUint } from './field-value-error.js';
import { IpAddress } from './ip-address.js';
import { requireBytes, WireFormatError } from './wire-format-error.js';

/** RFC 791 section 3.1. */
export interface Ipv4Header {
  /** The octet of DSCP (RFC 2474) and ECN (RFC 3168), once called type of service. */
  trafficClass: number;
  /** Bytes of header and payload. */
  totalLength: number;
  identification: number;
  dontFragment: boolean;
  moreFragments: boolean;
  /** Where in the original payload this fragment's payload starts: bytes, a multiple of 8. */
  fragmentOffset: number;
  /** Time to live. */
  hopLimit: number;
  protocol: number;
  source: IpAddress;
  destination: IpAddress;
  /** Encoded options, padding included: 0 to 40 bytes, a multiple of 4. See ipv4-options.ts. */
  options: Uint8Array;
  /** Default when encoding: computed. Not verified when decoding: `verifyInternetChecksum` over the header does. */
  checksum?: number;
}

export const IPV4_MINIMUM_HEADER = 20;
const STRUCTURE = 'IPv4 header';
const MAXIMUM_OPTIONS = 40;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;

/** Readers for flat memory, at the start of the header; they allocate and check nothing. */
export const Ipv4HeaderAt = {
  version: (bytes: Uint8Array, at: number) => uint8(bytes, at) >>> 4,
  headerLength: (bytes: Uint8Array, at: number) => (uint8(bytes, at) & 0xf) * 4,
  trafficClass: (bytes: Uint8Array, at: number) => uint8(bytes, at + 1),
  totalLength: (bytes: Uint8Array, at: number) => uint16(bytes, at + 2),
  identification: (bytes: Uint8Array, at: number) => uint16(bytes, at + 4),
  dontFragment: (bytes: Uint8Array, at: number) => (uint16(bytes, at + 6) & DONT_FRAGMENT) !== 0,
  moreFragments: (bytes: Uint8Array, at: number) => (uint16(bytes, at + 6) & MORE_FRAGMENTS) !== 0,
  fragmentOffset: (bytes: Uint8Array, at: number) => (uint16(bytes, at + 6) & OFFSET_MASK) * 8,
  hopLimit: (bytes: Uint8Array, at: number) => uint8(bytes, at + 8),
  protocol: (bytes: Uint8Array, at: number) => uint8(bytes, at + 9),
  checksum: (bytes: Uint8Array, at: number) => uint16(bytes, at + 10),
  source: (at: number) => at + 12,
  destination: (at: number) => at + 16,
} as const;

/**
 * The value of the header at `start`; the payload starts at `20 + options.length`.
 * @throws WireFormatError for another version, and for a header that is cut or shorter than it must be.
 */
export function decodeIpv4Header(bytes: Uint8Array, start = 0, end = bytes.length): Ipv4Header {
  requireBytes(STRUCTURE, start, Math.min(end, bytes.length), IPV4_MINIMUM_HEADER);
  const version = Ipv4HeaderAt.version(bytes, start);
  if (version !== 4) throw new WireFormatError(STRUCTURE, start, `version ${version}`);
  const headerLength = Ipv4HeaderAt.headerLength(bytes, start);
  if (headerLength < IPV4_MINIMUM_HEADER) {
    throw new WireFormatError(STRUCTURE, start, `a header length of ${headerLength} bytes`);
  }
  requireBytes(STRUCTURE, start, Math.min(end, bytes.length), headerLength);
  return {
    trafficClass: Ipv4HeaderAt.trafficClass(bytes, start),
    totalLength: Ipv4HeaderAt.totalLength(bytes, start),
    identification: Ipv4HeaderAt.identification(bytes, start),
    dontFragment: Ipv4HeaderAt.dontFragment(bytes, start),
    moreFragments: Ipv4HeaderAt.moreFragments(bytes, start),
    fragmentOffset: Ipv4HeaderAt.fragmentOffset(bytes, start),
    hopLimit: Ipv4HeaderAt.hopLimit(bytes, start),
    protocol: Ipv4HeaderAt.protocol(bytes, start),
    checksum: Ipv4HeaderAt.checksum(bytes, start),
    source: IpAddress.readFrom(4, bytes, Ipv4HeaderAt.source(start)),
    destination: IpAddress.readFrom(4, bytes, Ipv4HeaderAt.destination(start)),
    options: bytes.slice(start + IPV4_MINIMUM_HEADER, start + headerLength),
  };
}

/** How many bytes `encodeIpv4Header` gives. */
function ipv4HeaderLength(header: Pick<Ipv4Header, 'options'>): number {
  return IPV4_MINIMUM_HEADER + header.options.length;
}

/**
 * Writes the header at `at`, whatever was there before, and returns its length in bytes.
 * @throws FieldValueError naming the field that does not fit.
 */
export function writeIpv4Header(out: Uint8Array, at: number, header: Ipv4Header): number {
  const { options, source, destination } = header;
  requireLength('options', options.length, 0, MAXIMUM_OPTIONS);
  if (options.length % 4 !== 0) throw new FieldValueError('options', options.length, 'a multiple of 4 bytes', 'bytes');
  const length = ipv4HeaderLength(header);
  requireRoom(out, at, length);
  out[at] = 0x40 | (length / 4);
  out[at + 1] = requireUint('trafficClass', header.trafficClass, 8);
  setUint16(out, at + 2, requireInteger('totalLength', header.totalLength, 0, 0xffff));
  setUint16(out, at + 4, requireUint('identification', header.identification, 16));
  setUint16(out, at + 6, fragmentWord(header));
  out[at + 8] = requireUint('hopLimit', header.hopLimit, 8);
  out[at + 9] = requireUint('protocol', header.protocol, 8);
  requireV4('source', source).writeBytes(out, at + 12);
  requireV4('destination', destination).writeBytes(out, at + 16);
  out.set(options, at + IPV4_MINIMUM_HEADER);
  setUint16(out, at + 10, 0);
  setUint16(out, at + 10, requireUint('checksum', header.checksum ?? internetChecksum(out, at, at + length), 16));
  return length;
}

/** The bytes of the header alone. */
export function encodeIpv4Header(header: Ipv4Header): Uint8Array {
  const bytes = new Uint8Array(ipv4HeaderLength(header));
  writeIpv4Header(bytes, 0, header);
  return bytes;
}

function fragmentWord(header: Ipv4Header): number {
  const offset = requireInteger('fragmentOffset', header.fragmentOffset, 0, OFFSET_MASK * 8);
  if (offset % 8 !== 0) throw new FieldValueError('fragmentOffset', offset, 'a multiple of 8');
  return (header.dontFragment ? DONT_FRAGMENT : 0) | (header.moreFragments ? MORE_FRAGMENTS : 0) | (offset / 8);
}

function requireV4(field: string, address: IpAddress): IpAddress {
  if (address.family !== 4) throw new FieldValueError(field, address, 'an IPv4 address');
  return address;
}
