import { type AddressInput, interfaceIndex } from '../codecs/address.js';
import { boolean, int } from '../codecs/integer.js';
import {
  groupFilter,
  groupRequest,
  groupSourceRequest,
  membership,
  membership6,
  multicastInterface,
  sourceFilter4,
  sourceMembership,
} from '../codecs/multicast.js';
import { type OptionLevel, option } from '../option.js';

const ip7 = { level: 'IPPROTO_IP', manual: 'ip(7)' } as const;
const ipv67 = { level: 'IPPROTO_IPV6', manual: 'ipv6(7)' } as const;
const group = {
  level: 'IPPROTO_IP',
  manual: 'RFC 3678',
  on: ['udp', 'raw'],
  access: 'w',
  since: 'Linux 2.4.22',
} as const;

/** The protocol-independent requests are made at the level of the group's family. */
function levelOfGroup(address: AddressInput): OptionLevel {
  return String(address).includes(':') ? 'IPPROTO_IPV6' : 'IPPROTO_IP';
}
const byGroup = { ...group, levelFor: ({ group: address }: { group: AddressInput }) => levelOfGroup(address) } as const;

/** Multicast of IPv4. */
const IPV4 = {
  IP_MULTICAST_IF: option({
    ...ip7,
    codec: multicastInterface,
    on: ['udp', 'raw'],
    access: 'rw',
    sample: '127.0.0.1',
    since: 'Linux 1.2',
    about:
      'The interface that multicasts leave by: its name, its index, or an address of it. Reading gives the address.',
  }),
  IP_MULTICAST_TTL: option({
    ...ip7,
    codec: int,
    unit: 'hops',
    range: [-1, 255],
    on: ['udp', 'raw'],
    access: 'rw',
    sample: 7,
    since: 'Linux 1.2',
    about: 'The time to live of multicasts; 0 keeps them on this machine, 1 (the default) on the link.',
  }),
  IP_MULTICAST_LOOP: option({
    ...ip7,
    codec: boolean,
    on: ['udp', 'raw'],
    access: 'rw',
    sample: false,
    since: 'Linux 1.2',
    about: 'Whether multicasts that are sent reach members on this machine too. On by default.',
  }),
  IP_MULTICAST_ALL: option({
    ...ip7,
    codec: boolean,
    on: ['udp', 'raw'],
    access: 'rw',
    sample: false,
    since: 'Linux 2.6.31',
    about: 'Whether the socket receives groups that only other sockets of the machine joined. On by default.',
  }),
  IP_ADD_MEMBERSHIP: option({
    ...ip7,
    codec: membership,
    on: ['udp', 'raw'],
    access: 'w',
    sample: { multiaddr: '239.255.7.1', ifindex: 1 },
    since: 'Linux 1.2',
    about: 'Joins a group.',
  }),
  IP_DROP_MEMBERSHIP: option({
    ...ip7,
    codec: membership,
    on: ['udp', 'raw'],
    access: 'w',
    since: 'Linux 1.2',
    about: 'Leaves a group.',
  }),
  IP_ADD_SOURCE_MEMBERSHIP: option({
    ...ip7,
    codec: sourceMembership,
    on: ['udp', 'raw'],
    access: 'w',
    sample: { multiaddr: '232.255.7.1', sourceaddr: '127.0.0.1', interface: '127.0.0.1' },
    since: 'Linux 2.4.22',
    about: 'Joins a group for one source.',
  }),
  IP_DROP_SOURCE_MEMBERSHIP: option({
    ...ip7,
    codec: sourceMembership,
    on: ['udp', 'raw'],
    access: 'w',
    since: 'Linux 2.4.22',
    about: 'Leaves one source of a group.',
  }),
  IP_BLOCK_SOURCE: option({
    ...ip7,
    codec: sourceMembership,
    on: ['udp', 'raw'],
    access: 'w',
    since: 'Linux 2.4.22',
    about: 'Stops receiving one source of a group that was joined for all.',
  }),
  IP_UNBLOCK_SOURCE: option({
    ...ip7,
    codec: sourceMembership,
    on: ['udp', 'raw'],
    access: 'w',
    since: 'Linux 2.4.22',
    about: 'Receives a source again that was blocked.',
  }),
  IP_MSFILTER: option({
    ...ip7,
    codec: sourceFilter4,
    on: ['udp', 'raw'],
    access: 'w',
    since: 'Linux 2.4.22',
    about: 'The whole list of sources of a group that are let in, or kept out.',
  }),
} as const;

/** Multicast of IPv6, and anycast. */
const IPV6 = {
  IPV6_MULTICAST_IF: option({
    ...ipv67,
    codec: interfaceIndex,
    on: ['ip6'],
    access: 'rw',
    sample: 1,
    since: 'Linux 2.1',
    about: 'The interface that multicasts leave by, by name or index; 0 follows the route.',
  }),
  IPV6_MULTICAST_HOPS: option({
    ...ipv67,
    codec: int,
    unit: 'hops',
    range: [-1, 255],
    on: ['ip6'],
    access: 'rw',
    sample: 7,
    since: 'Linux 2.1',
    about: 'The hop limit of multicasts; -1 is that of the route.',
  }),
  IPV6_MULTICAST_LOOP: option({
    ...ipv67,
    codec: boolean,
    on: ['ip6'],
    access: 'rw',
    sample: false,
    since: 'Linux 2.1',
    about: 'Whether multicasts that are sent reach members on this machine too. On by default.',
  }),
  IPV6_MULTICAST_ALL: option({
    ...ipv67,
    codec: boolean,
    on: ['ip6'],
    access: 'rw',
    sample: false,
    since: 'Linux 4.20',
    about: 'Whether the socket receives groups that only other sockets of the machine joined. On by default.',
  }),
  IPV6_ADD_MEMBERSHIP: option({
    ...ipv67,
    codec: membership6,
    on: ['ip6'],
    access: 'w',
    sample: { multiaddr: 'ff15::7:1', interface: 1 },
    since: 'Linux 2.1',
    about: 'Joins a group (IPV6_JOIN_GROUP of RFC 3493).',
  }),
  IPV6_DROP_MEMBERSHIP: option({
    ...ipv67,
    codec: membership6,
    on: ['ip6'],
    access: 'w',
    since: 'Linux 2.1',
    about: 'Leaves a group (IPV6_LEAVE_GROUP of RFC 3493).',
  }),
  IPV6_JOIN_ANYCAST: option({
    ...ipv67,
    codec: membership6,
    on: ['ip6'],
    access: 'w',
    manual: 'linux: net/ipv6/anycast.c',
    since: 'Linux 2.4',
    about: 'Makes this machine answer for an anycast address.',
  }),
  IPV6_LEAVE_ANYCAST: option({
    ...ipv67,
    codec: membership6,
    on: ['ip6'],
    access: 'w',
    manual: 'linux: net/ipv6/anycast.c',
    since: 'Linux 2.4',
    about: 'Gives an anycast address up.',
  }),
} as const;

/** Requests of RFC 3678 that serve both families. */
const EITHER = {
  MCAST_JOIN_GROUP: option({
    ...byGroup,
    codec: groupRequest,
    sample: { group: '239.255.7.2', interface: 1 },
    about: 'Joins a group of either family on an interface.',
  }),
  MCAST_LEAVE_GROUP: option({ ...byGroup, codec: groupRequest, about: 'Leaves a group of either family.' }),
  MCAST_BLOCK_SOURCE: option({
    ...byGroup,
    codec: groupSourceRequest,
    about: 'Stops receiving one source of a group that was joined for all.',
  }),
  MCAST_UNBLOCK_SOURCE: option({
    ...byGroup,
    codec: groupSourceRequest,
    about: 'Receives a source again that was blocked.',
  }),
  MCAST_JOIN_SOURCE_GROUP: option({
    ...byGroup,
    codec: groupSourceRequest,
    sample: { group: '232.255.7.2', source: '127.0.0.1', interface: 1 },
    about: 'Joins a group of either family for one source.',
  }),
  MCAST_LEAVE_SOURCE_GROUP: option({ ...byGroup, codec: groupSourceRequest, about: 'Leaves one source of a group.' }),
  MCAST_MSFILTER: option({
    ...group,
    levelFor: ({ multiaddr }: { multiaddr: AddressInput }) => levelOfGroup(multiaddr),
    codec: groupFilter,
    about: 'The whole list of sources of a group that are let in, or kept out.',
  }),
} as const;

export const MULTICAST_OPTIONS = { ...IPV4, ...IPV6, ...EITHER } as const;
