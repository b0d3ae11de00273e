import { bytes } from '../codecs/bytes.js';
import { boolean, byte, count, int } from '../codecs/integer.js';
import { pathMtuDiscovery } from '../codecs/ip.js';
import { typeOfService } from '../codecs/type-of-service.js';
import { option } from '../option.js';

const ip7 = { level: 'IPPROTO_IP', manual: 'ip(7)' } as const;
const header = { level: 'IPPROTO_IP', manual: 'linux: include/uapi/linux/in.h' } as const;

/** IPPROTO_IP: the header of what is sent, and paths. */
export const IP_HEADER = {
  IP_TOS: option({
    ...ip7,
    codec: typeOfService,
    range: [0, 255],
    on: ['udp', 'tcp', 'raw', 'icmp'],
    access: 'rw',
    sample: 'EF',
    since: 'Linux 1.0',
    about:
      'The type-of-service byte of what is sent: a per-hop behaviour by name, or the byte. TCP keeps the two ECN bits to itself.',
  }),
  IP_TTL: option({
    ...ip7,
    codec: int,
    unit: 'hops',
    range: [-1, 255],
    gap: [0, 0],
    on: ['udp', 'tcp', 'raw', 'icmp'],
    access: 'rw',
    sample: 7,
    since: 'Linux 1.0',
    about: 'The time to live of unicasts; -1 is the default again (net.ipv4.ip_default_ttl).',
  }),
  IP_MINTTL: option({
    ...header,
    codec: byte,
    unit: 'hops',
    on: ['tcp'],
    access: 'rw',
    sample: 254,
    since: 'Linux 2.6.34',
    about: 'Packets that arrive with less are dropped: the generalised TTL security mechanism (RFC 5082).',
  }),
  IP_HDRINCL: option({
    ...ip7,
    codec: boolean,
    on: ['raw'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.0',
    about: 'The program writes the IP header itself.',
  }),
  IP_OPTIONS: option({
    ...ip7,
    codec: bytes(0, 40),
    unit: 'bytes',
    on: ['udp', 'tcp', 'raw', 'icmp'],
    access: 'rw',
    sample: new Uint8Array([0x94, 4, 0, 0]),
    since: 'Linux 2.0',
    about: 'The IP options of what is sent, as they stand in the header.',
  }),
  IP_NODEFRAG: option({
    ...ip7,
    codec: boolean,
    on: ['raw'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.36',
    about: 'Leaves fragments that the program sends unassembled in connection tracking.',
  }),
  IP_CHECKSUM: option({
    ...header,
    codec: boolean,
    on: ['udp'],
    access: 'rw',
    sample: true,
    since: 'Linux 4.0',
    about: 'Gives the checksum of the payload of what is received.',
  }),
  IP_PROTOCOL: option({
    ...header,
    codec: count,
    on: ['raw'],
    access: 'r',
    since: 'Linux 6.4',
    about: 'The protocol number that a raw socket sends and receives.',
  }),
  IP_MTU_DISCOVER: option({
    ...ip7,
    codec: pathMtuDiscovery,
    on: ['udp', 'tcp', 'raw', 'icmp'],
    access: 'rw',
    sample: 'probe',
    since: 'Linux 2.2',
    about: 'What is done with packets above the path MTU: fragmented, refused, or sent nevertheless.',
  }),
  IP_MTU: option({
    ...ip7,
    codec: count,
    unit: 'bytes',
    on: ['udp', 'tcp'],
    access: 'r',
    since: 'Linux 2.2',
    about: 'The path MTU that the kernel knows; the socket must be connected.',
  }),
  IP_IPSEC_POLICY: option({
    ...header,
    codec: bytes(1, 4096),
    on: ['udp', 'tcp'],
    access: 'w',
    capability: 'CAP_NET_ADMIN',
    since: 'Linux 2.6',
    about: 'An IPsec policy for this socket in the form of PF_KEY.',
  }),
  IP_XFRM_POLICY: option({
    ...header,
    codec: bytes(1, 4096),
    on: ['udp', 'tcp'],
    access: 'w',
    capability: 'CAP_NET_ADMIN',
    since: 'Linux 2.6',
    about: 'An IPsec policy for this socket in the form of NETLINK_XFRM.',
  }),
} as const;
