import { hostUint32, setHostUint32 } from './byte-order.js';
import { LINUX } from './constants.generated.js';
import { IpAddress } from './ip-address.js';
import { decodeSocketAddress, encodeSocketAddress } from './socket-address.js';
import { requireBytes, WireFormatError } from './wire-format-error.js';

/** Which sources of a group a socket lets in: only those listed, or all but those listed (RFC 3678). */
export type FilterMode = 'include' | 'exclude';

/** `struct group_filter` of RFC 3678 section 5.2: the full state of one group on one interface. */
export interface GroupFilter {
  interfaceIndex: number;
  group: IpAddress;
  mode: FilterMode;
  sources: readonly IpAddress[];
}

const SOURCES = LINUX.offsetof_group_filter_gf_slist;
const SOURCE_SIZE = LINUX.sizeof_sockaddr_storage;

/** Bytes of the structure with room for so many sources: GROUP_FILTER_SIZE. */
function groupFilterSize(sources: number): number {
  return SOURCES + sources * SOURCE_SIZE;
}

/** The structure, with room for at least `room` sources: what setsockopt(2) and getsockopt(2) of MCAST_MSFILTER take. */
export function encodeGroupFilter(filter: GroupFilter, room = 0): Uint8Array {
  const { group, interfaceIndex, mode, sources } = filter;
  const bytes = new Uint8Array(groupFilterSize(Math.max(sources.length, room)));
  setHostUint32(bytes, LINUX.offsetof_group_filter_gf_interface, interfaceIndex);
  writeAddress(bytes, LINUX.offsetof_group_filter_gf_group, group);
  const number = mode === 'include' ? LINUX.MCAST_INCLUDE : LINUX.MCAST_EXCLUDE;
  setHostUint32(bytes, LINUX.offsetof_group_filter_gf_fmode, number);
  setHostUint32(bytes, LINUX.offsetof_group_filter_gf_numsrc, Math.max(sources.length, room));
  sources.forEach((source, index) => {
    writeAddress(bytes, SOURCES + index * SOURCE_SIZE, source);
  });
  return bytes;
}

/**
 * How many sources the kernel has, which may be more than it had room to write: `gf_numsrc` after getsockopt(2).
 * @throws WireFormatError for fewer bytes than the structure's head.
 */
export function groupFilterSourceCount(bytes: Uint8Array): number {
  requireBytes('group filter', 0, bytes.length, SOURCES);
  return hostUint32(bytes, LINUX.offsetof_group_filter_gf_numsrc);
}

/**
 * What getsockopt(2) of MCAST_MSFILTER wrote.
 * @throws WireFormatError for bytes that are too few for the sources they say they have.
 */
export function decodeGroupFilter(bytes: Uint8Array): GroupFilter {
  const count = groupFilterSourceCount(bytes);
  requireBytes('group filter', SOURCES, bytes.length, count * SOURCE_SIZE);
  const number = hostUint32(bytes, LINUX.offsetof_group_filter_gf_fmode);
  const sources = Array.from({ length: count }, (_, index) => readAddress(bytes, SOURCES + index * SOURCE_SIZE));
  return {
    interfaceIndex: hostUint32(bytes, LINUX.offsetof_group_filter_gf_interface),
    group: readAddress(bytes, LINUX.offsetof_group_filter_gf_group),
    mode: number === LINUX.MCAST_INCLUDE ? 'include' : 'exclude',
    sources,
  };
}

/** The address alone: the scope is the interface's, which has a member of its own. */
function writeAddress(bytes: Uint8Array, at: number, address: IpAddress): void {
  const bare = address.scope === undefined ? address : IpAddress.fromValue(address.family, address.value);
  bytes.set(encodeSocketAddress({ family: bare.family === 4 ? 'ip4' : 'ip6', address: bare, port: 0 }), at);
}

function readAddress(bytes: Uint8Array, at: number): IpAddress {
  const value = decodeSocketAddress(bytes, at, SOURCE_SIZE);
  if ('address' in value && value.address instanceof IpAddress) return value.address;
  throw new WireFormatError('group filter', at, 'neither an IPv4 nor an IPv6 address');
}
