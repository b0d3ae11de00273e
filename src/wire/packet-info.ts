import { hostUint32, setHostUint32 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { type Family, IpAddress } from './ip-address.js';

/**
 * `struct in_pktinfo` of ip(7) and `struct in6_pktinfo` of ipv6(7): where a datagram was sent to and on which interface
 * it came; where a datagram to be sent shall come from, and by which interface it shall leave.
 */
export interface PacketInfo {
  /** Received: the destination in the header, a group for a multicast. Sending: the source; unspecified: the kernel's choice. */
  address: IpAddress;
  /** 0 where the kernel chooses. */
  interfaceIndex: number;
}

interface Layout {
  size: number;
  /** The destination of a received datagram. */
  received: number;
  /** The address of this machine: the source of one to be sent. IPv6 has one member for both. */
  local: number;
  interfaceIndex: number;
}

const LAYOUTS: Readonly<Record<Family, Layout>> = {
  4: {
    size: LINUX.sizeof_in_pktinfo,
    received: LINUX.offsetof_in_pktinfo_ipi_addr,
    local: LINUX.offsetof_in_pktinfo_ipi_spec_dst,
    interfaceIndex: LINUX.offsetof_in_pktinfo_ipi_ifindex,
  },
  6: {
    size: LINUX.sizeof_in6_pktinfo,
    received: LINUX.offsetof_in6_pktinfo_ipi6_addr,
    local: LINUX.offsetof_in6_pktinfo_ipi6_addr,
    interfaceIndex: LINUX.offsetof_in6_pktinfo_ipi6_ifindex,
  },
};

/** Bytes of the structure. */
export function packetInfoSize(family: Family): number {
  return LAYOUTS[family].size;
}

/** Readers for flat memory, at the start of the structure. */
export const PacketInfoAt = {
  interfaceIndex: (bytes: Uint8Array, at: number, family: Family) =>
    hostUint32(bytes, at + LAYOUTS[family].interfaceIndex),
  /** Where the datagram was sent to. */
  destination: (bytes: Uint8Array, at: number, family: Family) =>
    IpAddress.readFrom(family, bytes, at + LAYOUTS[family].received),
  /** The address of this machine that the datagram was for: that of the interface for a multicast or broadcast of IPv4. */
  local: (bytes: Uint8Array, at: number, family: Family) =>
    IpAddress.readFrom(family, bytes, at + LAYOUTS[family].local),
} as const;

/** The structure for a datagram to be sent. */
export function encodePacketInfo({ address, interfaceIndex }: PacketInfo): Uint8Array {
  const layout = LAYOUTS[address.family];
  const bytes = new Uint8Array(layout.size);
  address.writeBytes(bytes, layout.local);
  setHostUint32(bytes, layout.interfaceIndex, interfaceIndex);
  return bytes;
}
