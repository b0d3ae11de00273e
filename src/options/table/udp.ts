import { LINUX } from '../../wire/constants.generated.js';
import { boolean, count } from '../codecs/integer.js';
import { enumeration } from '../codecs/named.js';
import { option } from '../option.js';

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
