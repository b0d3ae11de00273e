import { boolean, count, microseconds, uint } from '../codecs/integer.js';
import { numbers } from '../codecs/special.js';
import { CONGESTION_NAME_SIZE } from '../codecs/tcp.js';
import { text } from '../codecs/text.js';
import { option } from '../option.js';

const tcp7 = { level: 'IPPROTO_TCP', manual: 'tcp(7)', on: ['tcp'] } as const;
const header = { level: 'IPPROTO_TCP', manual: 'linux: include/uapi/linux/tcp.h', on: ['tcp'] } as const;

/** When segments leave. */
export const TCP_SENDING = {
  TCP_NODELAY: option({
    ...tcp7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 1.0',
    about: "Sends at once, instead of collecting small writes while data is unacknowledged (Nagle's algorithm).",
  }),
  TCP_CORK: option({
    ...tcp7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 2.2',
    about: 'Sends full segments only, until the option is taken off or 200 ms have passed.',
  }),
  TCP_QUICKACK: option({
    ...tcp7,
    codec: boolean,
    access: 'rw',
    sample: false,
    since: 'Linux 2.4.4',
    about: 'Acknowledges at once. The kernel changes it by itself as the connection goes on.',
  }),
  TCP_NOTSENT_LOWAT: option({
    ...tcp7,
    codec: uint,
    unit: 'bytes',
    access: 'rw',
    sample: 16_384,
    since: 'Linux 3.12',
    about: 'The socket is writable only while fewer unsent bytes than this wait in the send buffer.',
  }),
  TCP_MAXSEG: option({
    ...tcp7,
    codec: count,
    unit: 'bytes',
    range: [0, 32_767],
    gap: [1, 87],
    access: 'rw',
    sample: 1000,
    since: 'Linux 1.0',
    about: 'The maximum segment size; set before connecting, the one to announce, 0 for what the path suggests.',
  }),
  TCP_WINDOW_CLAMP: option({
    ...tcp7,
    codec: count,
    unit: 'bytes',
    access: 'rw',
    sample: 100_000,
    since: 'Linux 2.4',
    about: 'The most that the receive window is to be.',
  }),
  TCP_CONGESTION: option({
    ...tcp7,
    codec: text(CONGESTION_NAME_SIZE - 1),
    access: 'rw',
    sample: 'reno',
    capability: 'CAP_NET_ADMIN',
    capabilityWhen: 'outside net.ipv4.tcp_allowed_congestion_control',
    since: 'Linux 2.6.13',
    about: 'The congestion control algorithm by name.',
  }),
  TCP_CC_INFO: option({
    ...header,
    codec: numbers(5),
    access: 'r',
    since: 'Linux 4.1',
    about: 'What the congestion control algorithm tells of itself, if it does: the words of union tcp_cc_info.',
  }),
  TCP_THIN_LINEAR_TIMEOUTS: option({
    ...header,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 2.6.34',
    about: 'Streams with few packets in flight do not double their first retransmission timeouts.',
  }),
  TCP_THIN_DUPACK: option({
    ...header,
    codec: boolean,
    access: 'rw',
    since: 'Linux 2.6.34',
    about: 'Without effect since Linux 4.15: once retransmitted thin streams at the first duplicate acknowledgement.',
  }),
  TCP_TX_DELAY: option({
    ...header,
    codec: microseconds,
    unit: 'ms',
    range: [0, 268_435.455],
    access: 'rw',
    sample: 1.5,
    since: 'Linux 5.3',
    about: 'Delays what is sent, to try out a longer path.',
  }),
} as const;
