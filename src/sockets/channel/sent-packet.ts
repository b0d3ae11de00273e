import { uint8, uint16 } from '../../wire/byte-order.js';
import type { Family } from '../../wire/ip-address.js';
import { IPV4_MINIMUM_HEADER, Ipv4HeaderAt } from '../../wire/ipv4-header.js';
import { ipv6ExtensionHeaderLength, isIpv6ExtensionHeader } from '../../wire/ipv6-extension-headers.js';
import { IPV6_HEADER, Ipv6HeaderAt } from '../../wire/ipv6-header.js';

/** EtherTypes (RFC 894, RFC 2464). */
const ETHERTYPE: Readonly<Record<Family, number>> = { 4: 0x0800, 6: 0x86dd };

/** Link headers that packets of the error queue begin with: Ethernet and VLAN, which end with the type; none (TUN); cooked. */
const LINK_HEADERS = [
  { length: 14, typed: true },
  { length: 18, typed: true },
  { length: 0, typed: false },
  { length: 4, typed: false },
  { length: 16, typed: false },
] as const;

/**
 * Where the IP header begins in a packet that the error queue gives back beside its transmit stamp: it comes with the
 * header of the link it left by, and nothing tells that header's length (Documentation/networking/timestamping.rst).
 * So the IP header is looked for by its version, its length and, on Ethernet, its type.
 * @returns -1 where none is found.
 */
export function findIpHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: Family,
  truncated: boolean,
): number {
  for (const link of LINK_HEADERS) {
    const at = start + link.length;
    if (link.typed && uint16(bytes, at - 2) !== ETHERTYPE[family]) continue;
    if (isIpHeader(bytes, at, end, family, truncated)) return at;
  }
  return -1;
}

function isIpHeader(bytes: Uint8Array, at: number, end: number, family: Family, truncated: boolean): boolean {
  const fixed = family === 4 ? IPV4_MINIMUM_HEADER : IPV6_HEADER;
  if (end - at < fixed || uint8(bytes, at) >>> 4 !== family) return false;
  const length = family === 4 ? Ipv4HeaderAt.totalLength(bytes, at) : IPV6_HEADER + uint16(bytes, at + 4);
  return truncated ? length > end - at : length === end - at;
}

/** Bytes of the IP header at `at`, with IPv4 options or IPv6 extension headers, of which a long packet has one for fragments. */
export function ipHeaderLength(bytes: Uint8Array, at: number, end: number, family: Family): number {
  if (family === 4) return Ipv4HeaderAt.headerLength(bytes, at);
  let protocol = Ipv6HeaderAt.nextHeader(bytes, at);
  let length = IPV6_HEADER;
  while (isIpv6ExtensionHeader(protocol) && at + length + 2 <= end) {
    const header = at + length;
    length += ipv6ExtensionHeaderLength(protocol, bytes, header);
    protocol = uint8(bytes, header);
  }
  return length;
}
