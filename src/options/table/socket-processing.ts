import { LINUX } from '../../wire/constants.generated.js';
import { filter } from '../codecs/filter.js';
import { boolean, count, int, microseconds } from '../codecs/integer.js';
import { enumeration } from '../codecs/named.js';
import { trigger } from '../codecs/special.js';
import { option } from '../option.js';

const socket7 = { level: 'SOL_SOCKET', manual: 'socket(7)' } as const;
const header = { level: 'SOL_SOCKET', manual: 'linux: include/uapi/asm-generic/socket.h' } as const;

/** SOL_SOCKET: filters, queues and processors. */
export const SOCKET_PROCESSING = {
  SO_ATTACH_FILTER: option({
    ...socket7,
    codec: filter,
    on: ['udp', 'raw', 'packet', 'tcp', 'unix', 'netlink'],
    access: 'rw',
    since: 'Linux 2.2',
    about:
      'A program of classic BPF that says how much of each packet is received; read, the one attached (SO_GET_FILTER, Linux 3.8).',
  }),
  SO_DETACH_FILTER: option({
    ...socket7,
    codec: trigger,
    on: ['any'],
    access: 'w',
    sample: true,
    since: 'Linux 2.2',
    about: 'Takes the filter off, of either kind.',
  }),
  SO_ATTACH_BPF: option({
    ...socket7,
    codec: count,
    on: ['any'],
    access: 'w',
    since: 'Linux 3.19',
    about: 'The descriptor of an eBPF program of type SOCKET_FILTER that does what SO_ATTACH_FILTER does.',
  }),
  SO_DETACH_BPF: option({
    ...socket7,
    codec: trigger,
    on: ['any'],
    access: 'w',
    sample: true,
    since: 'Linux 3.19',
    about: 'Another name of SO_DETACH_FILTER.',
  }),
  SO_LOCK_FILTER: option({
    ...socket7,
    codec: boolean,
    on: ['any'],
    access: 'rw',
    sample: true,
    since: 'Linux 3.9',
    about: 'Keeps the filter from being changed or taken off, for good.',
  }),
  SO_ATTACH_REUSEPORT_CBPF: option({
    ...socket7,
    codec: filter,
    on: ['udp', 'tcp'],
    access: 'w',
    since: 'Linux 4.5',
    about:
      'A program of classic BPF that chooses which socket of a SO_REUSEPORT group gets a packet or connection: by its index.',
  }),
  SO_ATTACH_REUSEPORT_EBPF: option({
    ...socket7,
    codec: count,
    on: ['udp', 'tcp'],
    access: 'w',
    since: 'Linux 4.5',
    about: 'The descriptor of an eBPF program that does what SO_ATTACH_REUSEPORT_CBPF does.',
  }),
  SO_DETACH_REUSEPORT_BPF: option({
    ...header,
    codec: trigger,
    on: ['udp', 'tcp'],
    access: 'w',
    since: 'Linux 5.3',
    about: 'Takes the program of the SO_REUSEPORT group off.',
  }),
  SO_BPF_EXTENSIONS: option({
    ...header,
    codec: count,
    on: ['any'],
    access: 'r',
    since: 'Linux 3.14',
    about: 'How many of the ancillary loads of classic BPF this kernel has.',
  }),
  SO_INCOMING_CPU: option({
    ...socket7,
    codec: int,
    range: [-1, 2 ** 31 - 1],
    on: ['udp', 'tcp'],
    access: 'rw',
    sample: 1,
    since: 'Linux 3.19',
    about:
      'The processor that last handled a packet of the socket; set, the one that a SO_REUSEPORT group prefers it on (Linux 4.4). -1 before any.',
  }),
  SO_INCOMING_NAPI_ID: option({
    ...socket7,
    codec: count,
    on: ['udp', 'tcp'],
    access: 'r',
    since: 'Linux 4.12',
    about: 'A number of the device queue that the last packet came in by; 0 if it had none.',
  }),
  SO_BUSY_POLL: option({
    ...socket7,
    codec: microseconds,
    unit: 'ms',
    on: ['udp', 'tcp'],
    access: 'rw',
    sample: 0.05,
    capability: 'CAP_NET_ADMIN',
    capabilityWhen: 'to raise it (Linux 6.18 asks for none)',
    since: 'Linux 3.11',
    about: 'How long a receive that finds nothing polls the device before it waits.',
  }),
  SO_PREFER_BUSY_POLL: option({
    ...header,
    codec: boolean,
    on: ['udp', 'tcp'],
    access: 'rw',
    sample: true,
    capability: 'CAP_NET_ADMIN',
    capabilityWhen: 'to turn it on',
    since: 'Linux 5.11',
    about: 'Polls the device from the program rather than from its interrupt.',
  }),
  SO_BUSY_POLL_BUDGET: option({
    ...header,
    codec: count,
    unit: 'packets',
    range: [0, 65535],
    on: ['udp', 'tcp'],
    access: 'w',
    sample: 16,
    capability: 'CAP_NET_ADMIN',
    capabilityWhen: 'to raise it',
    since: 'Linux 5.11',
    about: 'How many packets one busy poll takes; 0, the default, is 8.',
  }),
  SO_TXREHASH: option({
    ...header,
    codec: enumeration({ default: -1, disabled: LINUX.SOCK_TXREHASH_DISABLED, enabled: LINUX.SOCK_TXREHASH_ENABLED }),
    range: [-1, 1],
    on: ['tcp'],
    access: 'rw',
    sample: 'disabled',
    since: 'Linux 6.0',
    about: 'Whether a connection that loses packets takes another flow hash, and so another path.',
  }),
  SO_CNX_ADVICE: option({
    ...header,
    codec: trigger,
    on: ['udp', 'tcp'],
    access: 'w',
    sample: true,
    since: 'Linux 4.6',
    about: 'Tells the kernel that the path is bad, so that it looks for another.',
  }),
} as const;
