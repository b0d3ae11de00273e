import { icmp6Filter } from '../codecs/filter.js';
import { boolean, int } from '../codecs/integer.js';
import { option } from '../option.js';

const ipv67 = { level: 'IPPROTO_IPV6', manual: 'ipv6(7)' } as const;
const header = { level: 'IPPROTO_IPV6', manual: 'linux: include/uapi/linux/in6.h' } as const;
const rfc3542 = { level: 'IPPROTO_IPV6', manual: 'RFC 3542' } as const;
/** IPPROTO_ICMPV6. */
const icmp6 = {
  level: 'IPPROTO_ICMPV6',
  codec: icmp6Filter,
  on: ['raw6'],
  access: 'rw',
  sample: [128, 135],
  manual: 'RFC 3542',
  since: 'Linux 2.1',
} as const;

/** IPPROTO_IPV6: what is told of a packet that is received. */
export const IPV6_RECEIVED = {
  IPV6_RECVPKTINFO: option({
    ...ipv67,
    codec: boolean,
    on: ['ip6', 'icmp6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.14',
    about: 'Gives the destination address and the interface of every packet.',
  }),
  IPV6_RECVHOPLIMIT: option({
    ...header,
    codec: boolean,
    on: ['ip6', 'icmp6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.14',
    about: 'Gives the hop limit of every packet.',
  }),
  IPV6_RECVTCLASS: option({
    ...header,
    codec: boolean,
    on: ['ip6', 'icmp6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.14',
    about: 'Gives the traffic class of every packet.',
  }),
  IPV6_RECVORIGDSTADDR: option({
    ...header,
    codec: boolean,
    on: ['ip6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.37',
    about: 'Gives the destination address and port of every datagram, before redirection.',
  }),
  IPV6_RECVFRAGSIZE: option({
    ...header,
    codec: boolean,
    on: ['ip6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 4.11',
    about: 'Gives the size of the largest fragment that a datagram came in.',
  }),
  IPV6_RECVHOPOPTS: option({
    ...rfc3542,
    codec: boolean,
    on: ['ip6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.14',
    about: 'Gives the hop-by-hop options of every packet.',
  }),
  IPV6_RECVDSTOPTS: option({
    ...rfc3542,
    codec: boolean,
    on: ['ip6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.14',
    about: 'Gives the destination options of every packet.',
  }),
  IPV6_RECVRTHDR: option({
    ...rfc3542,
    codec: boolean,
    on: ['ip6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.14',
    about: 'Gives the routing header of every packet.',
  }),
  IPV6_RECVERR: option({
    ...ipv67,
    codec: boolean,
    on: ['ip6', 'icmp6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Keeps errors of what was sent on the error queue, with the packet that caused them.',
  }),
  IPV6_RECVERR_RFC4884: option({
    ...header,
    codec: boolean,
    on: ['ip6', 'icmp6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 5.9',
    about: 'Tells where the extensions of an ICMPv6 error begin (RFC 4884).',
  }),
  IPV6_ROUTER_ALERT: option({
    ...ipv67,
    codec: int,
    range: [-1, 65535],
    on: ['raw6'],
    access: 'w',
    since: 'Linux 2.1',
    about: 'Gives packets with the Router Alert option of this value to this raw socket of IPPROTO_RAW; -1 ends it.',
  }),
  IPV6_ROUTER_ALERT_ISOLATE: option({
    ...header,
    codec: boolean,
    on: ['ip6', 'raw6'],
    access: 'rw',
    sample: true,
    since: 'Linux 5.1',
    about: 'Gives such packets only to sockets of the network namespace that they came into.',
  }),
} as const;

export const ICMPV6_OPTIONS = {
  ICMPV6_FILTER: option({ ...icmp6, about: 'The ICMPv6 types that a raw socket of ICMPv6 does not receive.' }),
  ICMP6_FILTER: option({ ...icmp6, about: 'ICMPV6_FILTER by its name in RFC 3542.' }),
} as const;
