import { endpoint, interfaceIndexInNetworkOrder } from '../codecs/address.js';
import { boolean } from '../codecs/integer.js';
import { portRange } from '../codecs/special.js';
import { option } from '../option.js';

const ip7 = { level: 'IPPROTO_IP', manual: 'ip(7)' } as const;
const header = { level: 'IPPROTO_IP', manual: 'linux: include/uapi/linux/in.h' } as const;

/** IPPROTO_IP: binding, and addresses that are not this machine's. */
export const IP_BINDING = {
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
    capabilityOr: 'CAP_NET_RAW',
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
    codec: endpoint('SO_ORIGINAL_DST'),
    on: ['tcp'],
    access: 'r',
    manual: 'linux: include/uapi/linux/netfilter_ipv4.h',
    since: 'Linux 2.4',
    about: 'Where a connection that the packet filter redirected was to go at first.',
  }),
} as const;
