import { LINUX } from '../../wire/constants.generated.js';
import { endpoint, interfaceIndexInNetworkOrder } from '../codecs/address.js';
import { bytes } from '../codecs/bytes.js';
import { icmpFilter } from '../codecs/filter.js';
import { boolean, byte, count, int } from '../codecs/integer.js';
import { pathMtuDiscovery } from '../codecs/ip.js';
import { enumeration } from '../codecs/named.js';
import { portRange } from '../codecs/special.js';
import { typeOfService } from '../codecs/type-of-service.js';
import { option } from '../option.js';

const ip7 = { level: 'IPPROTO_IP', manual: 'ip(7)' } as const;
const header = { level: 'IPPROTO_IP', manual: 'linux: include/uapi/linux/in.h' } as const;

/** IPPROTO_IP: the header of what is sent, and paths. */
const HEADER = {
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
    on: ['udp', 'tcp', 'raw', 'icmp'],
    access: 'rw',
    sample: 7,
    since: 'Linux 1.0',
    about:
      'The time to live of unicasts; -1 is the default again (net.ipv4.ip_default_ttl), 0 is refused by the kernel.',
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

/** IPPROTO_IP: binding, and addresses that are not this machine's. */
const BINDING = {
  IP_FREEBIND: option({
    ...ip7,
    codec: boolean,
    on: ['tcp', 'udp', 'raw'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.4',
    about: 'Lets bind take an address that this machine does not have, or not yet.',
  }),
  IP_TRANSPARENT: option({
    ...ip7,
    codec: boolean,
    on: ['tcp', 'udp', 'raw'],
    access: 'rw',
    sample: true,
    capability: 'CAP_NET_ADMIN',
    since: 'Linux 2.6.24',
    about: 'Lets the socket use addresses of others, as a transparent proxy does.',
  }),
  IP_BIND_ADDRESS_NO_PORT: option({
    ...ip7,
    codec: boolean,
    on: ['tcp'],
    access: 'rw',
    sample: true,
    since: 'Linux 4.2',
    about: 'Bind to port 0 chooses no port; connect does, when it knows the destination, so that ports are shared.',
  }),
  IP_LOCAL_PORT_RANGE: option({
    ...ip7,
    codec: portRange,
    on: ['tcp', 'udp'],
    access: 'rw',
    sample: [40_000, 40_999],
    since: 'Linux 6.3',
    about: 'The ports to choose from where none is given, within net.ipv4.ip_local_port_range; [0, 0] is all of it.',
  }),
  IP_UNICAST_IF: option({
    ...ip7,
    codec: interfaceIndexInNetworkOrder,
    on: ['udp', 'raw'],
    access: 'rw',
    sample: 1,
    since: 'Linux 3.4',
    about: 'The interface that unicasts leave by, if the route lets it; 0 undoes it.',
  }),
  SO_ORIGINAL_DST: option({
    ...header,
    codec: endpoint,
    on: ['tcp'],
    access: 'r',
    manual: 'linux: include/uapi/linux/netfilter_ipv4.h',
    since: 'Linux 2.4',
    about: 'Where a connection that the packet filter redirected was to go at first.',
  }),
} as const;

/** IPPROTO_IP: what is told of a packet that is received. */
const RECEIVED = {
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
const RAW = {
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

/** IPPROTO_UDP, and what UDP-Lite adds. */
const udp7 = { level: 'IPPROTO_UDP', manual: 'udp(7)' } as const;
const udpHeader = { level: 'IPPROTO_UDP', manual: 'linux: include/uapi/linux/udp.h' } as const;
const udplite7 = { level: 'IPPROTO_UDPLITE', manual: 'udplite(7)' } as const;

export const UDP_OPTIONS = {
  UDP_CORK: option({
    ...udp7,
    codec: boolean,
    on: ['udp'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.5.44',
    about: 'Collects what is sent into one datagram, which leaves when the option is taken off.',
  }),
  UDP_SEGMENT: option({
    ...udp7,
    codec: count,
    unit: 'bytes',
    range: [0, 65535],
    on: ['udp'],
    access: 'rw',
    sample: 1200,
    since: 'Linux 4.18',
    about: 'Cuts one large send into datagrams of this size; 0 is off.',
  }),
  UDP_GRO: option({
    ...udp7,
    codec: boolean,
    on: ['udp'],
    access: 'rw',
    sample: true,
    since: 'Linux 5.0',
    about: 'Receives several datagrams of one sender and size as one, with their size.',
  }),
  UDP_ENCAP: option({
    ...udpHeader,
    codec: enumeration({
      'espinudp-non-ike': LINUX.UDP_ENCAP_ESPINUDP_NON_IKE,
      espinudp: LINUX.UDP_ENCAP_ESPINUDP,
      l2tpinudp: LINUX.UDP_ENCAP_L2TPINUDP,
      gtp0: LINUX.UDP_ENCAP_GTP0,
      gtp1u: LINUX.UDP_ENCAP_GTP1U,
      rxrpc: LINUX.UDP_ENCAP_RXRPC,
    }),
    on: ['udp'],
    access: 'rw',
    sample: 'espinudp',
    since: 'Linux 2.5.67',
    about:
      'What the datagrams carry that the kernel itself is to take out: IPsec of a NAT traversal (RFC 3948), a tunnel.',
  }),
  UDP_NO_CHECK6_TX: option({
    ...udpHeader,
    codec: boolean,
    on: ['udp'],
    access: 'rw',
    sample: true,
    since: 'Linux 3.16',
    about: 'Sends UDP over IPv6 without a checksum, for tunnels (RFC 6936).',
  }),
  UDP_NO_CHECK6_RX: option({
    ...udpHeader,
    codec: boolean,
    on: ['udp'],
    access: 'rw',
    sample: true,
    since: 'Linux 3.16',
    about: 'Receives UDP over IPv6 without a checksum, for tunnels (RFC 6936).',
  }),
  UDPLITE_SEND_CSCOV: option({
    ...udplite7,
    codec: count,
    unit: 'bytes',
    range: [0, 65535],
    on: ['udplite'],
    access: 'rw',
    sample: 20,
    since: 'Linux 2.6.20',
    about: 'How many bytes from the header on the checksum covers; 0 is all (RFC 3828).',
  }),
  UDPLITE_RECV_CSCOV: option({
    ...udplite7,
    codec: count,
    unit: 'bytes',
    range: [0, 65535],
    on: ['udplite'],
    access: 'rw',
    sample: 20,
    since: 'Linux 2.6.20',
    about: 'The least coverage with which a datagram is received.',
  }),
} as const;

export const IP_OPTIONS = { ...HEADER, ...BINDING, ...RECEIVED, ...RAW } as const;
