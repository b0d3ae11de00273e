import { bytes } from '../codecs/bytes.js';
import { icmpFilter } from '../codecs/filter.js';
import { boolean } from '../codecs/integer.js';
import { option } from '../option.js';

const ip7 = { level: 'IPPROTO_IP', manual: 'ip(7)' } as const;
const header = { level: 'IPPROTO_IP', manual: 'linux: include/uapi/linux/in.h' } as const;

/** IPPROTO_IP: what is told of a packet that is received. */
export const IP_RECEIVED = {
  IP_PKTINFO: option({
    ...ip7,
    codec: boolean,
    on: ['udp', 'raw', 'icmp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Gives the destination address and the interface of every packet.',
  }),
  IP_RECVTTL: option({
    ...ip7,
    codec: boolean,
    on: ['udp', 'raw', 'icmp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Gives the time to live of every packet.',
  }),
  IP_RECVTOS: option({
    ...ip7,
    codec: boolean,
    on: ['udp', 'raw', 'icmp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Gives the type-of-service byte of every packet.',
  }),
  IP_RECVOPTS: option({
    ...ip7,
    codec: boolean,
    on: ['udp', 'raw', 'icmp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Gives the IP options of every packet.',
  }),
  IP_RETOPTS: option({
    ...ip7,
    codec: boolean,
    on: ['udp', 'raw', 'icmp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Gives the IP options of every packet, made ready to be sent back.',
  }),
  IP_RECVORIGDSTADDR: option({
    ...ip7,
    codec: boolean,
    on: ['udp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.29',
    about: 'Gives the destination address and port of every datagram, before redirection.',
  }),
  IP_RECVFRAGSIZE: option({
    ...header,
    codec: boolean,
    on: ['udp', 'raw'],
    access: 'rw',
    sample: true,
    since: 'Linux 4.11',
    about: 'Gives the size of the largest fragment that a datagram came in.',
  }),
  IP_PASSSEC: option({
    ...ip7,
    codec: boolean,
    on: ['udp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.17',
    about: 'Gives the security context of the peer with every datagram.',
  }),
  IP_PKTOPTIONS: option({
    ...header,
    codec: bytes(0, 512),
    on: ['tcp'],
    access: 'r',
    since: 'Linux 2.4',
    about: 'The control messages of the last packet of a stream, in the form of cmsg(3).',
  }),
  IP_RECVERR: option({
    ...ip7,
    codec: boolean,
    on: ['udp', 'tcp', 'raw', 'icmp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Keeps errors of what was sent on the error queue, with the packet that caused them.',
  }),
  IP_RECVERR_RFC4884: option({
    ...header,
    codec: boolean,
    on: ['udp', 'raw', 'icmp'],
    access: 'rw',
    sample: true,
    since: 'Linux 5.9',
    about: 'Tells where the extensions of an ICMP error begin (RFC 4884).',
  }),
  IP_ROUTER_ALERT: option({
    ...ip7,
    codec: boolean,
    on: ['raw'],
    access: 'w',
    sample: true,
    since: 'Linux 2.0',
    about: 'Gives packets with the Router Alert option to this socket instead of forwarding them.',
  }),
} as const;

/** SOL_RAW. */
export const RAW_OPTIONS = {
  ICMP_FILTER: option({
    level: 'SOL_RAW',
    codec: icmpFilter,
    on: ['raw'],
    access: 'rw',
    sample: [8, 13],
    manual: 'raw(7)',
    since: 'Linux 2.2',
    about: 'The ICMP types, up to 31, that a raw socket of ICMP does not receive.',
  }),
} as const;
