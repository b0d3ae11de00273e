import { count, microseconds, milliseconds, seconds } from '../codecs/integer.js';
import { option } from '../option.js';

const tcp7 = { level: 'IPPROTO_TCP', manual: 'tcp(7)', on: ['tcp'] } as const;
const header = { level: 'IPPROTO_TCP', manual: 'linux: include/uapi/linux/tcp.h', on: ['tcp'] } as const;

/** How long things may take. */
export const TCP_TIMING = {
  TCP_KEEPIDLE: option({
    ...tcp7,
    codec: seconds,
    unit: 'ms',
    range: [1000, 32_767_000],
    access: 'rw',
    sample: 60_000,
    since: 'Linux 2.4',
    about: 'How long the connection is idle before the first keep-alive probe, with SO_KEEPALIVE.',
  }),
  TCP_KEEPINTVL: option({
    ...tcp7,
    codec: seconds,
    unit: 'ms',
    range: [1000, 32_767_000],
    access: 'rw',
    sample: 10_000,
    since: 'Linux 2.4',
    about: 'The time between keep-alive probes.',
  }),
  TCP_KEEPCNT: option({
    ...tcp7,
    codec: count,
    range: [1, 127],
    access: 'rw',
    sample: 3,
    since: 'Linux 2.4',
    about: 'How many keep-alive probes go unanswered before the connection is given up.',
  }),
  TCP_SYNCNT: option({
    ...tcp7,
    codec: count,
    range: [1, 127],
    access: 'rw',
    sample: 2,
    since: 'Linux 2.4',
    about: 'How often a SYN is sent again before connecting is given up.',
  }),
  TCP_LINGER2: option({
    ...tcp7,
    codec: seconds,
    unit: 'ms',
    range: [0, 120_000],
    access: 'rw',
    sample: 5000,
    since: 'Linux 2.4',
    about: 'How long an orphaned connection stays in FIN-WAIT-2; 0 is net.ipv4.tcp_fin_timeout.',
  }),
  TCP_DEFER_ACCEPT: option({
    ...tcp7,
    codec: seconds,
    unit: 'ms',
    access: 'rw',
    sample: 3000,
    since: 'Linux 2.4',
    about:
      'A listener accepts a connection when its first data is there, waiting so long; the kernel rounds to its retransmissions.',
  }),
  TCP_USER_TIMEOUT: option({
    ...tcp7,
    codec: milliseconds,
    unit: 'ms',
    access: 'rw',
    sample: 5000,
    since: 'Linux 2.6.37',
    about: 'How long sent data may stay unacknowledged before the connection is closed (RFC 5482); 0 is the default.',
  }),
  TCP_RTO_MAX_MS: option({
    ...header,
    codec: milliseconds,
    unit: 'ms',
    range: [1000, 120_000],
    access: 'rw',
    sample: 60_000,
    since: 'Linux 6.15',
    about: 'The longest retransmission timeout.',
  }),
  TCP_RTO_MIN_US: option({
    ...header,
    codec: microseconds,
    unit: 'ms',
    access: 'rw',
    sample: 52,
    since: 'Linux 6.15',
    about: 'The shortest retransmission timeout; the kernel rounds to its ticks.',
  }),
  TCP_DELACK_MAX_US: option({
    ...header,
    codec: microseconds,
    unit: 'ms',
    access: 'rw',
    sample: 20,
    since: 'Linux 6.15',
    about: 'The longest delay of an acknowledgement; the kernel rounds to its ticks.',
  }),
} as const;
