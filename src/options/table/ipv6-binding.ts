import { LINUX } from '../../wire/constants.generated.js';
import { endpoint, interfaceIndexInNetworkOrder } from '../codecs/address.js';
import { bytes } from '../codecs/bytes.js';
import { boolean } from '../codecs/integer.js';
import { enumeration } from '../codecs/named.js';
import { option } from '../option.js';

const ipv67 = { level: 'IPPROTO_IPV6', manual: 'ipv6(7)' } as const;
const header = { level: 'IPPROTO_IPV6', manual: 'linux: include/uapi/linux/in6.h' } as const;

/** IPPROTO_IPV6: binding, and addresses that are not this machine's. */
export const IPV6_BINDING = {
  IPV6_V6ONLY: option({
    ...ipv67,
    codec: boolean,
    on: ['ip6'],
    access: 'rw',
    sample: true,
    since: 'Linux 2.4.21',
    about: 'Keeps IPv4 from the socket, so that another one may bind the same port for it. Before bind only.',
  }),
  IPV6_ADDRFORM: option({
    ...ipv67,
    codec: enumeration({ inet: LINUX.AF_INET, inet6: LINUX.AF_INET6 }),
    on: ['ip6'],
    access: 'rw',
    since: 'Linux 2.1',
    about: 'Turns a socket that is connected to an IPv4-mapped address into one of IPv4.',
  }),
  IPV6_FREEBIND: option({
    ...header,
    codec: boolean,
    on: ['ip6'],
    access: 'rw',
    sample: true,
    since: 'Linux 4.15',
    about: 'Lets bind take an address that this machine does not have, or not yet.',
  }),
  IPV6_TRANSPARENT: option({
    ...header,
    codec: boolean,
    on: ['ip6'],
    access: 'rw',
    sample: true,
    capability: 'CAP_NET_ADMIN',
    capabilityOr: 'CAP_NET_RAW',
    since: 'Linux 2.6.37',
    about: 'Lets the socket use addresses of others, as a transparent proxy does.',
  }),
  IPV6_UNICAST_IF: option({
    ...header,
    codec: interfaceIndexInNetworkOrder,
    on: ['ip6'],
    access: 'rw',
    sample: 1,
    since: 'Linux 3.4',
    about: 'The interface that unicasts leave by, if the route lets it; 0 undoes it.',
  }),
  IPV6_IPSEC_POLICY: option({
    ...header,
    codec: bytes(1, 4096),
    on: ['ip6'],
    access: 'w',
    capability: 'CAP_NET_ADMIN',
    since: 'Linux 2.6',
    about: 'An IPsec policy for this socket in the form of PF_KEY.',
  }),
  IPV6_XFRM_POLICY: option({
    ...header,
    codec: bytes(1, 4096),
    on: ['ip6'],
    access: 'w',
    capability: 'CAP_NET_ADMIN',
    since: 'Linux 2.6',
    about: 'An IPsec policy for this socket in the form of NETLINK_XFRM.',
  }),
  IP6T_SO_ORIGINAL_DST: option({
    ...header,
    codec: endpoint('IP6T_SO_ORIGINAL_DST'),
    on: ['ip6'],
    access: 'r',
    manual: 'linux: include/uapi/linux/netfilter_ipv6/ip6_tables.h',
    since: 'Linux 3.7',
    about: 'Where a connection that the packet filter redirected was to go at first.',
  }),
} as const;
