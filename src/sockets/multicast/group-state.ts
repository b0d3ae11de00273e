import { type DescriptorSource, descriptorOf } from '../../io/descriptor.js';
import { SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import {
  decodeGroupFilter,
  encodeGroupFilter,
  type FilterMode,
  groupFilterSourceCount,
} from '../../wire/group-filter.js';
import type { IpAddress } from '../../wire/ip-address.js';
import { type GroupOnInterface, withoutScope } from './group-argument.js';

/** What a socket's membership of a group lets in. */
export interface GroupState {
  /** `exclude` without sources: everybody. */
  mode: FilterMode;
  sources: IpAddress[];
}

/** Sources asked for at first; the kernel says how many there are. */
const ROOM = 16;
/** Not a member; no such interface; the socket is of the other family: net/ipv4/igmp.c, ip_mc_gsfget(), and net/ipv6/mcast.c, ip6_mc_msfget(). */
const NOT_A_MEMBER: readonly number[] = [
  LINUX.EADDRNOTAVAIL,
  LINUX.ENODEV,
  LINUX.EINVAL,
  LINUX.EOPNOTSUPP,
  LINUX.ENOPROTOOPT,
];

/**
 * The kernel's own state of a socket's membership: getsockopt(2) of MCAST_MSFILTER (RFC 3678). Undefined where the socket
 * is no member of the group on that interface.
 */
export function readGroupState(socket: DescriptorSource, membership: GroupOnInterface): GroupState | undefined {
  const descriptor = descriptorOf(socket);
  let bytes = ask(descriptor, membership, ROOM);
  if (bytes !== undefined && groupFilterSourceCount(bytes) > ROOM) {
    bytes = ask(descriptor, membership, groupFilterSourceCount(bytes));
  }
  if (bytes === undefined) return undefined;
  const { mode, sources } = decodeGroupFilter(bytes);
  return { mode, sources: sources.map(withoutScope) };
}

function ask(descriptor: number, { group, interfaceIndex }: GroupOnInterface, room: number): Uint8Array | undefined {
  const bytes = encodeGroupFilter({ interfaceIndex, group, mode: 'include', sources: [] }, room);
  const level = group.family === 4 ? LINUX.IPPROTO_IP : LINUX.IPPROTO_IPV6;
  const result = native().getOption(descriptor, level, LINUX.MCAST_MSFILTER, bytes);
  if (result >= 0) return bytes;
  if (NOT_A_MEMBER.includes(-result)) return undefined;
  throw new SystemCallError(result, 'getsockopt', { object: `MCAST_MSFILTER ${group}`, descriptor });
}
