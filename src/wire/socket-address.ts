import { hostUint16, setHostUint16 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { requireLength, requireUint } from './field-value-error.js';
import type { IpAddress } from './ip-address.js';
import { decodeIpSocketAddress, encodeIpSocketAddress } from './socket-address-ip.js';
import { decodeNetlink, decodePacket, encodeNetlink, encodePacket } from './socket-address-link.js';
import { decodeUnix, encodeUnix } from './socket-address-unix.js';
import { requireBytes } from './wire-format-error.js';

/** ip(7): `struct sockaddr_in`. */
export interface Ip4SocketAddress {
  family: 'ip4';
  address: IpAddress;
  /** 0 to 65535; an IP protocol on a raw socket. */
  port: number;
}

/** ipv6(7): `struct sockaddr_in6`. */
export interface Ip6SocketAddress {
  family: 'ip6';
  address: IpAddress;
  /** 0 to 65535; 0 on a raw socket. */
  port: number;
  /** Interface index. Default: the address's scope if that is a number, else 0. */
  scopeId?: number;
  /** Traffic class and flow label, 28 bits (RFC 3493 section 3.3). Default: 0. */
  flowInfo?: number;
}

/**
 * unix(7): `struct sockaddr_un`, as one of the three kinds of name. A name is text where its bytes are UTF-8, and
 * bytes otherwise.
 */
export type UnixSocketAddress =
  | { family: 'unix'; path: string | Uint8Array }
  | { family: 'unix'; abstract: string | Uint8Array }
  | { family: 'unix'; unnamed: true };

/** packet(7): `struct sockaddr_ll`. */
export interface PacketSocketAddress {
  family: 'packet';
  /** EtherType, as 0x0800 for IPv4. */
  protocol: number;
  interfaceIndex: number;
  /** ARPHRD_ number of the interface's kind. Default: 0. */
  hardwareType?: number;
  /** PACKET_HOST, PACKET_OUTGOING and so on. Default: 0. */
  packetType?: number;
  /** Link-layer address of up to 8 bytes. */
  address: Uint8Array;
}

/** netlink(7): `struct sockaddr_nl`. */
export interface NetlinkSocketAddress {
  family: 'netlink';
  portId: number;
  /** Multicast groups as bits. */
  groups: number;
}

/** Any other family; `number` 0 (AF_UNSPEC) dissolves the association of a connected datagram socket. */
export interface UnknownSocketAddress {
  family: 'unknown';
  number: number;
  /** What follows the family number. */
  bytes: Uint8Array;
}

export type IpSocketAddress = Ip4SocketAddress | Ip6SocketAddress;

export type SocketAddress =
  | IpSocketAddress
  | UnixSocketAddress
  | PacketSocketAddress
  | NetlinkSocketAddress
  | UnknownSocketAddress;

/** `sa_family_t`, with which every socket address starts. */
const FAMILY_SIZE = LINUX.offsetof_sockaddr_un_sun_path;

/**
 * The kernel's form of `value`, to the byte: what bind(2), connect(2) and sendto(2) take.
 * @throws FieldValueError naming the field that does not fit.
 */
export function encodeSocketAddress(value: SocketAddress): Uint8Array {
  switch (value.family) {
    case 'ip4':
    case 'ip6':
      return encodeIpSocketAddress(value);
    case 'unix':
      return encodeUnix(value);
    case 'packet':
      return encodePacket(value);
    case 'netlink':
      return encodeNetlink(value);
    case 'unknown':
      return encodeUnknown(value);
  }
}

/**
 * The value of the kernel's `length` bytes at `start`; no bytes at all are an unnamed Unix address, as getpeername(2)
 * of a socket pair gives. A family that is not known is a value.
 * @throws WireFormatError for a structure that is too short for its family.
 */
export function decodeSocketAddress(bytes: Uint8Array, start = 0, length = bytes.length - start): SocketAddress {
  const end = start + length;
  requireBytes('socket address', start, bytes.length, length);
  if (length === 0) return { family: 'unix', unnamed: true };
  requireBytes('socket address', start, end, FAMILY_SIZE);
  const family = hostUint16(bytes, start);
  switch (family) {
    case LINUX.AF_INET:
    case LINUX.AF_INET6:
      return decodeIpSocketAddress(bytes, start, end);
    case LINUX.AF_UNIX:
      return decodeUnix(bytes, start, end);
    case LINUX.AF_PACKET:
      return decodePacket(bytes, start, end);
    case LINUX.AF_NETLINK:
      return decodeNetlink(bytes, start, end);
    default:
      return { family: 'unknown', number: family, bytes: bytes.slice(start + FAMILY_SIZE, end) };
  }
}

function encodeUnknown(value: UnknownSocketAddress): Uint8Array {
  requireLength('bytes', value.bytes.length, 0, LINUX.sizeof_sockaddr_storage - FAMILY_SIZE);
  const bytes = new Uint8Array(FAMILY_SIZE + value.bytes.length);
  setHostUint16(bytes, 0, requireUint('number', value.number, 16));
  bytes.set(value.bytes, FAMILY_SIZE);
  return bytes;
}
