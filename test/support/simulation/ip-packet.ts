import { setUint16 } from '../../../src/wire/byte-order.js';
import { internetChecksum, pseudoHeaderSum } from '../../../src/wire/checksum.js';
import { type Family, IpAddress } from '../../../src/wire/ip-address.js';
import { IpPacketReader } from '../../../src/wire/ip-packet-reader.js';
import { IP_PROTOCOL } from '../../../src/wire/ip-protocol.js';
import { IPV4_MINIMUM_HEADER, Ipv4HeaderAt, writeIpv4Header } from '../../../src/wire/ipv4-header.js';
import { IPV6_HEADER, Ipv6HeaderAt, writeIpv6Header } from '../../../src/wire/ipv6-header.js';

export interface IpFields {
  source: IpAddress;
  destination: IpAddress;
  protocol: number;
  hopLimit: number;
  trafficClass?: number;
  flowLabel?: number;
  identification?: number;
  ipOptions?: Uint8Array;
}

const NO_OPTIONS = new Uint8Array(0);

/** The bytes of an IP packet around a transport message. */
export function encodePacket(fields: IpFields, message: Uint8Array): Uint8Array {
  const { source, destination, protocol, hopLimit, trafficClass = 0, flowLabel = 0, identification = 0 } = fields;
  const options = fields.ipOptions ?? NO_OPTIONS;
  const headerLength = source.family === 4 ? IPV4_MINIMUM_HEADER + options.length : IPV6_HEADER;
  const bytes = new Uint8Array(headerLength + message.length);
  bytes.set(message, headerLength);
  if (source.family === 6) {
    const payloadLength = message.length;
    const nextHeader = protocol;
    writeIpv6Header(bytes, 0, { trafficClass, flowLabel, payloadLength, nextHeader, hopLimit, source, destination });
  } else {
    writeIpv4Header(bytes, 0, {
      trafficClass,
      totalLength: bytes.length,
      identification,
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
      hopLimit,
      protocol,
      source,
      destination,
      options,
    });
  }
  return bytes;
}

/** What a node on the way, or at the end, sees of a packet. */
export interface PacketView {
  family: Family;
  source: IpAddress;
  destination: IpAddress;
  protocol: number;
  hopLimit: number;
  messageStart: number;
  optionsStart: number;
  optionsEnd: number;
}

const reader = new IpPacketReader();

export function viewPacket(bytes: Uint8Array): PacketView {
  // Packets that were cut on the way are still looked at: they are read as leniently as a quote.
  if (!reader.read(bytes, 0, bytes.length, true)) throw new Error(`a simulated packet is no packet: ${reader.problem}`);
  const { family, protocol, hopLimit, payloadStart, optionsStart, optionsEnd } = reader;
  return {
    family,
    source: IpAddress.readFrom(family, bytes, reader.sourceStart),
    destination: IpAddress.readFrom(family, bytes, reader.destinationStart),
    protocol,
    hopLimit,
    messageStart: payloadStart,
    optionsStart,
    optionsEnd,
  };
}

export function familyOf(bytes: Uint8Array): Family {
  return Ipv4HeaderAt.version(bytes, 0) === 6 ? 6 : 4;
}

export function hopLimitOf(bytes: Uint8Array): number {
  return familyOf(bytes) === 6 ? Ipv6HeaderAt.hopLimit(bytes, 0) : Ipv4HeaderAt.hopLimit(bytes, 0);
}

export function hasIpOptions(bytes: Uint8Array): boolean {
  return familyOf(bytes) === 4 && Ipv4HeaderAt.headerLength(bytes, 0) > IPV4_MINIMUM_HEADER;
}

/** One hop less, in place. */
export function decrementHopLimit(bytes: Uint8Array): void {
  bytes[familyOf(bytes) === 6 ? 7 : 8] = hopLimitOf(bytes) - 1;
  repairHeaderChecksum(bytes);
}

/** Puts another source into the header, in place; ICMPv6's checksum, which covers it, is put right. */
export function rewriteSource(bytes: Uint8Array, source: IpAddress): void {
  if (source.family === 4) {
    source.writeBytes(bytes, 12);
    repairHeaderChecksum(bytes);
  } else {
    source.writeBytes(bytes, 8);
    repairMessageChecksum(bytes);
  }
}

export function repairHeaderChecksum(bytes: Uint8Array): void {
  if (familyOf(bytes) === 6) return;
  setUint16(bytes, 10, 0);
  setUint16(bytes, 10, internetChecksum(bytes, 0, Ipv4HeaderAt.headerLength(bytes, 0)));
}

/** Where the checksum of a transport message stands, from its start. */
const CHECKSUM_OFFSET = new Map<number, number>([
  [IP_PROTOCOL.icmp, 2],
  [IP_PROTOCOL.icmp6, 2],
  [IP_PROTOCOL.udp, 6],
  [IP_PROTOCOL.tcp, 16],
]);

/** Computes the transport checksum anew, in place. */
export function repairMessageChecksum(bytes: Uint8Array): void {
  const { protocol, source, destination, messageStart } = viewPacket(bytes);
  const at = messageStart + (CHECKSUM_OFFSET.get(protocol) ?? bytes.length);
  if (at + 2 > bytes.length) return;
  const length = bytes.length - messageStart;
  const sum = protocol === IP_PROTOCOL.icmp ? 0 : pseudoHeaderSum(source, destination, protocol, length);
  setUint16(bytes, at, 0);
  setUint16(bytes, at, internetChecksum(bytes, messageStart, bytes.length, sum));
}

/** The packet with its transport message cut to so many bytes. */
export function cutMessage(bytes: Uint8Array, length: number): Uint8Array {
  const { family, messageStart } = viewPacket(bytes);
  const cut = bytes.slice(0, Math.min(bytes.length, messageStart + length));
  if (family === 6) setUint16(cut, 4, cut.length - IPV6_HEADER);
  else setUint16(cut, 2, cut.length);
  repairHeaderChecksum(cut);
  return cut;
}
