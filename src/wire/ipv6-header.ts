import { setUint16, setUint32, uint8, uint16, uint32 } from './byte-order.js';
import { FieldValueError, requireRoom, requireUint } from './field-value-error.js';
import { IpAddress } from './ip-address.js';
import { requireBytes, WireFormatError } from './wire-format-error.js';

/** RFC 8200 section 3. */
export interface Ipv6Header {
  /** DSCP (RFC 2474) and ECN (RFC 3168). */
  trafficClass: number;
  /** 20 bits (RFC 6437). */
  flowLabel: number;
  /** Bytes behind this header, extension headers included; 0 for a jumbogram (RFC 2675). */
  payloadLength: number;
  nextHeader: number;
  hopLimit: number;
  source: IpAddress;
  destination: IpAddress;
}

export const IPV6_HEADER = 40;
const STRUCTURE = 'IPv6 header';

/** Readers for flat memory, at the start of the header; they allocate and check nothing. */
export const Ipv6HeaderAt = {
  version: (bytes: Uint8Array, at: number) => uint8(bytes, at) >>> 4,
  trafficClass: (bytes: Uint8Array, at: number) => (uint16(bytes, at) >>> 4) & 0xff,
  flowLabel: (bytes: Uint8Array, at: number) => uint32(bytes, at) & 0xfffff,
  payloadLength: (bytes: Uint8Array, at: number) => uint16(bytes, at + 4),
  nextHeader: (bytes: Uint8Array, at: number) => uint8(bytes, at + 6),
  hopLimit: (bytes: Uint8Array, at: number) => uint8(bytes, at + 7),
  source: (at: number) => at + 8,
  destination: (at: number) => at + 24,
} as const;

/**
 * The value of the header at `start`.
 * @throws WireFormatError for another version and for a header that is cut.
 */
export function decodeIpv6Header(bytes: Uint8Array, start = 0, end = bytes.length): Ipv6Header {
  requireBytes(STRUCTURE, start, Math.min(end, bytes.length), IPV6_HEADER);
  const version = Ipv6HeaderAt.version(bytes, start);
  if (version !== 6) throw new WireFormatError(STRUCTURE, start, `version ${version}`);
  return {
    trafficClass: Ipv6HeaderAt.trafficClass(bytes, start),
    flowLabel: Ipv6HeaderAt.flowLabel(bytes, start),
    payloadLength: Ipv6HeaderAt.payloadLength(bytes, start),
    nextHeader: Ipv6HeaderAt.nextHeader(bytes, start),
    hopLimit: Ipv6HeaderAt.hopLimit(bytes, start),
    source: IpAddress.readFrom(6, bytes, Ipv6HeaderAt.source(start)),
    destination: IpAddress.readFrom(6, bytes, Ipv6HeaderAt.destination(start)),
  };
}

/**
 * Writes the header at `at`, whatever was there before, and returns its length, 40.
 * @throws FieldValueError naming the field that does not fit.
 */
export function writeIpv6Header(out: Uint8Array, at: number, header: Ipv6Header): number {
  requireRoom(out, at, IPV6_HEADER);
  const trafficClass = requireUint('trafficClass', header.trafficClass, 8);
  setUint32(out, at, (6 << 28) | (trafficClass << 20) | requireUint('flowLabel', header.flowLabel, 20));
  setUint16(out, at + 4, requireUint('payloadLength', header.payloadLength, 16));
  out[at + 6] = requireUint('nextHeader', header.nextHeader, 8);
  out[at + 7] = requireUint('hopLimit', header.hopLimit, 8);
  requireV6('source', header.source).writeBytes(out, at + 8);
  requireV6('destination', header.destination).writeBytes(out, at + 24);
  return IPV6_HEADER;
}

/** The bytes of the header alone. */
export function encodeIpv6Header(header: Ipv6Header): Uint8Array {
  const bytes = new Uint8Array(IPV6_HEADER);
  writeIpv6Header(bytes, 0, header);
  return bytes;
}

function requireV6(field: string, address: IpAddress): IpAddress {
  if (address.family !== 6) throw new FieldValueError(field, address, 'an IPv6 address');
  return address;
}
