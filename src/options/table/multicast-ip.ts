import { boolean, int } from '../codecs/integer.js';
import { membership, multicastInterface, sourceFilter4, sourceMembership } from '../codecs/multicast.js';
import { option } from '../option.js';

const ip7 = { level: 'IPPROTO_IP', manual: 'ip(7)' } as const;

/** Multicast of IPv4. */
export const MULTICAST_IPV4 = {
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
