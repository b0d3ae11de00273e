import { type Family, IpAddress } from './ip-address.js';
import { IpPacketReader } from './ip-packet-reader.js';
import { WireFormatError } from './wire-format-error.js';

/** An IP packet's headers and where its payload lies, for either family. */
export interface IpPacket {
  family: Family;
  source: IpAddress;
  destination: IpAddress;
  /** What the payload is, behind IPv6 extension headers. */
  protocol: number;
  /** Time to live, or hop limit. */
  hopLimit: number;
  /** Type of service, or traffic class. */
  trafficClass: number;
  /** 20 bits; 0 for IPv4. */
  flowLabel: number;
  /** Bytes of all headers before the payload. */
  headerLength: number;
  /** Bytes of the whole packet as the packet says: more than there are, in a quote. */
  totalLength: number;
  /** Where the payload lies in the bytes that were given. */
  payloadStart: number;
  payloadEnd: number;
  /** Where IPv4 options lie; equal where there are none. */
  optionsStart: number;
  optionsEnd: number;
  /** IPv4's don't-fragment bit; every IPv6 packet has it in effect. */
  dontFragment: boolean;
  /** IPv4's identification, or that of an IPv6 fragment header; 0 where there is none. */
  identification: number;
  /** Which part of a larger packet this is; undefined for a whole one. */
  fragment?: { offset: number; moreFragments: boolean };
  /** The headers or the payload are cut: possible in a quote only. */
  truncated: boolean;
}

export interface IpPacketOptions {
  /**
   * The packet is the quote of an ICMP error: it may be cut anywhere behind the fixed header, and its length may be
   * wrong, for some routers quote it as they have changed it. Default: false.
   */
  quoted?: boolean;
}

/**
 * Walks the headers of the packet that starts at `start`, of either family. Bytes behind the packet (padding of a
 * link layer) are no part of the payload.
 * @throws WireFormatError for headers that are malformed or cut; a quote needs the fixed header only.
 */
export function decodeIpPacket(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
  { quoted = false }: IpPacketOptions = {},
): IpPacket {
  const reader = new IpPacketReader();
  if (!reader.read(bytes, start, end, quoted)) throw new WireFormatError('IP packet', start, reader.problem);
  return toValue(reader, bytes);
}

function toValue(reader: IpPacketReader, bytes: Uint8Array): IpPacket {
  const { family, fragmentOffset, moreFragments } = reader;
  const { protocol, hopLimit, trafficClass, flowLabel, totalLength, payloadStart, payloadEnd } = reader;
  const { optionsStart, optionsEnd, dontFragment, identification, truncated, headerLength } = reader;
  return {
    family,
    source: IpAddress.readFrom(family, bytes, reader.sourceStart),
    destination: IpAddress.readFrom(family, bytes, reader.destinationStart),
    ...{ protocol, hopLimit, trafficClass, flowLabel, headerLength, totalLength, payloadStart, payloadEnd },
    ...{ optionsStart, optionsEnd, dontFragment, identification, truncated },
    ...(reader.isFragment && { fragment: { offset: fragmentOffset, moreFragments } }),
  };
}
