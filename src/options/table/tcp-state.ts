import { bytes } from '../codecs/bytes.js';
import { boolean, uint } from '../codecs/integer.js';
import { repairMode, repairQueue, repairWindow } from '../codecs/tcp.js';
import { tcpInfo } from '../codecs/tcp-info.js';
import { option } from '../option.js';

const tcp7 = { level: 'IPPROTO_TCP', manual: 'tcp(7)', on: ['tcp'] } as const;
const header = { level: 'IPPROTO_TCP', manual: 'linux: include/uapi/linux/tcp.h', on: ['tcp'] } as const;
/** Checkpoint and restore of connections (CRIU). */
const repair = { ...header, capability: 'CAP_NET_ADMIN', since: 'Linux 3.5' } as const;

/** What is known of a connection. */
export const TCP_STATE = {
  TCP_INFO: option({
    ...tcp7,
    codec: tcpInfo,
    access: 'r',
    since: 'Linux 2.4',
    about: 'State, round-trip time, windows, losses and counters of the connection, as far as this kernel tells.',
  }),
  TCP_IS_MPTCP: option({
    ...header,
    codec: boolean,
    access: 'r',
    since: 'Linux 6.9',
    about: 'Whether the connection is one of Multipath TCP, and has not fallen back.',
  }),
  TCP_INQ: option({
    ...header,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 4.18',
    about: 'Gives with every receive how many bytes of the stream are left.',
  }),
  TCP_TIMESTAMP: option({
    ...tcp7,
    codec: uint,
    access: 'rw',
    since: 'Linux 3.9',
    about: 'The value that the timestamps of the connection have now; set under TCP_REPAIR only.',
  }),
  TCP_ZEROCOPY_RECEIVE: option({
    ...header,
    codec: bytes(40, 64),
    access: 'r',
    consumes: 'may move received data into mapped memory',
    since: 'Linux 4.18',
    about:
      'Receives into mapped memory: struct tcp_zerocopy_receive, which names addresses, so that raw access is the way.',
  }),
} as const;

export const TCP_REPAIR = {
  TCP_REPAIR: option({
    ...repair,
    codec: repairMode,
    access: 'rw',
    sample: 'on',
    about: 'Lets the state of the connection be read and written, without packets being sent.',
  }),
  TCP_REPAIR_QUEUE: option({
    ...repair,
    codec: repairQueue,
    access: 'rw',
    sample: 'send',
    about: 'Which queue is read or written under TCP_REPAIR.',
  }),
  TCP_QUEUE_SEQ: option({
    ...repair,
    codec: uint,
    access: 'rw',
    sample: 12_345,
    about: 'The sequence number of the queue of TCP_REPAIR_QUEUE.',
  }),
  TCP_REPAIR_OPTIONS: option({
    ...repair,
    codec: bytes(8, 64),
    access: 'w',
    about: 'What the peers agreed on: struct tcp_repair_opt, one after another.',
  }),
  TCP_REPAIR_WINDOW: option({
    ...repair,
    codec: repairWindow,
    access: 'rw',
    since: 'Linux 4.8',
    about: 'The windows of a connection under TCP_REPAIR.',
  }),
  TCP_AO_REPAIR: option({
    ...repair,
    codec: bytes(1, 64),
    access: 'rw',
    since: 'Linux 6.7',
    about: 'Sequence numbers of the authentication option under TCP_REPAIR.',
  }),
} as const;
