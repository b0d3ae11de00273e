import { hostUint16, hostUint32, setHostUint16, setHostUint32, setUint16, uint8, uint16 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { requireInteger, requireLength, requireUint } from './field-value-error.js';
import type { NetlinkSocketAddress, PacketSocketAddress } from './socket-address.js';
import { requireBytes, WireFormatError } from './wire-format-error.js';

/** `sll_addr`, which is the end of the structure. */
const HARDWARE_ADDRESS = LINUX.offsetof_sockaddr_ll_sll_addr;
const HARDWARE_ADDRESS_SIZE = LINUX.sizeof_sockaddr_ll - HARDWARE_ADDRESS;

export function encodePacket(value: PacketSocketAddress): Uint8Array {
  requireLength('address', value.address.length, 0, HARDWARE_ADDRESS_SIZE);
  const bytes = new Uint8Array(LINUX.sizeof_sockaddr_ll);
  setHostUint16(bytes, 0, LINUX.AF_PACKET);
  setUint16(bytes, LINUX.offsetof_sockaddr_ll_sll_protocol, requireUint('protocol', value.protocol, 16));
  const index = requireInteger('interfaceIndex', value.interfaceIndex, 0, 2 ** 31 - 1);
  setHostUint32(bytes, LINUX.offsetof_sockaddr_ll_sll_ifindex, index);
  setHostUint16(bytes, LINUX.offsetof_sockaddr_ll_sll_hatype, requireUint('hardwareType', value.hardwareType ?? 0, 16));
  bytes[LINUX.offsetof_sockaddr_ll_sll_pkttype] = requireUint('packetType', value.packetType ?? 0, 8);
  bytes[LINUX.offsetof_sockaddr_ll_sll_halen] = value.address.length;
  bytes.set(value.address, HARDWARE_ADDRESS);
  return bytes;
}

/** The kernel gives link-layer addresses beyond 8 bytes (InfiniBand: 20) in a structure that is longer by as much. */
export function decodePacket(bytes: Uint8Array, start: number, end: number): PacketSocketAddress {
  requireBytes('packet socket address', start, end, HARDWARE_ADDRESS);
  const addressLength = uint8(bytes, start + LINUX.offsetof_sockaddr_ll_sll_halen);
  const address = start + HARDWARE_ADDRESS;
  requireBytes('packet socket address', address, end, addressLength);
  const interfaceIndex = hostUint32(bytes, start + LINUX.offsetof_sockaddr_ll_sll_ifindex);
  if (interfaceIndex >= 2 ** 31)
    throw new WireFormatError('packet socket address', start, 'a negative interface index');
  return {
    family: 'packet',
    protocol: uint16(bytes, start + LINUX.offsetof_sockaddr_ll_sll_protocol),
    interfaceIndex,
    hardwareType: hostUint16(bytes, start + LINUX.offsetof_sockaddr_ll_sll_hatype),
    packetType: uint8(bytes, start + LINUX.offsetof_sockaddr_ll_sll_pkttype),
    address: bytes.slice(address, address + addressLength),
  };
}

export function encodeNetlink(value: NetlinkSocketAddress): Uint8Array {
  const bytes = new Uint8Array(LINUX.sizeof_sockaddr_nl);
  setHostUint16(bytes, 0, LINUX.AF_NETLINK);
  setHostUint32(bytes, LINUX.offsetof_sockaddr_nl_nl_pid, requireUint('portId', value.portId, 32));
  setHostUint32(bytes, LINUX.offsetof_sockaddr_nl_nl_groups, requireUint('groups', value.groups, 32));
  return bytes;
}

export function decodeNetlink(bytes: Uint8Array, start: number, end: number): NetlinkSocketAddress {
  requireBytes('netlink socket address', start, end, LINUX.sizeof_sockaddr_nl);
  const portId = hostUint32(bytes, start + LINUX.offsetof_sockaddr_nl_nl_pid);
  return { family: 'netlink', portId, groups: hostUint32(bytes, start + LINUX.offsetof_sockaddr_nl_nl_groups) };
}
