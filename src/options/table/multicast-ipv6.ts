import { interfaceIndex } from '../codecs/address.js';
import { boolean, int } from '../codecs/integer.js';
import { membership6 } from '../codecs/multicast.js';
import { option } from '../option.js';

const ipv67 = { level: 'IPPROTO_IPV6', manual: 'ipv6(7)' } as const;

/** Multicast of IPv6, and anycast. */
export const MULTICAST_IPV6 = {
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
