import { bytes } from '../codecs/bytes.js';
import { boolean, count } from '../codecs/integer.js';
import { fastOpenKey, md5Key, md5KeyExtended } from '../codecs/tcp.js';
import { text } from '../codecs/text.js';
import { option } from '../option.js';

const tcp7 = { level: 'IPPROTO_TCP', manual: 'tcp(7)', on: ['tcp'] } as const;
const header = { level: 'IPPROTO_TCP', manual: 'linux: include/uapi/linux/tcp.h', on: ['tcp'] } as const;

/** How connections begin, and what they are protected with. */
export const TCP_OPENING = {
  TCP_FASTOPEN: option({
    ...tcp7,
    codec: count,
    access: 'rw',
    sample: 16,
    since: 'Linux 3.7',
    about:
      'A listener takes data in a SYN (RFC 7413), with at most so many connections that are not complete; 0 is off. net.ipv4.tcp_fastopen must let servers.',
  }),
  TCP_FASTOPEN_CONNECT: option({
    ...tcp7,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 4.11',
    about: 'Connecting returns at once, and the first write goes into the SYN where a cookie is known.',
  }),
  TCP_FASTOPEN_KEY: option({
    ...header,
    codec: fastOpenKey,
    access: 'rw',
    sample: new Uint8Array(16).fill(7),
    since: 'Linux 5.2',
    about:
      'The key that a listener makes its cookies with, so that several machines can share it: 16 bytes, or two keys.',
  }),
  TCP_FASTOPEN_NO_COOKIE: option({
    ...header,
    codec: boolean,
    access: 'rw',
    sample: true,
    since: 'Linux 4.15',
    about: 'Takes and sends data in a SYN without a cookie.',
  }),
  TCP_SAVE_SYN: option({
    ...tcp7,
    codec: count,
    range: [0, 2],
    access: 'rw',
    sample: 1,
    since: 'Linux 4.2',
    about: 'A listener keeps the headers of each SYN: 1 from the IP header on, 2 from the link header on.',
  }),
  TCP_SAVED_SYN: option({
    ...tcp7,
    codec: bytes(0, 512),
    access: 'r',
    consumes: 'gives the headers once and frees them',
    since: 'Linux 4.2',
    about: 'The headers of the SYN of an accepted connection.',
  }),
  TCP_MD5SIG: option({
    ...header,
    codec: md5Key,
    access: 'w',
    sample: { addr: { address: '127.0.0.1' }, key: 'secret' },
    manual: 'RFC 2385',
    since: 'Linux 2.6.20',
    about: 'The key that segments to and from a peer are signed with, as BGP does.',
  }),
  TCP_MD5SIG_EXT: option({
    ...header,
    codec: md5KeyExtended,
    access: 'w',
    sample: { addr: { address: '10.0.0.0' }, prefixlen: 8, key: 'secret' },
    manual: 'RFC 2385',
    since: 'Linux 4.13',
    about: 'TCP_MD5SIG for all peers of a prefix, or of an interface.',
  }),
  TCP_AO_ADD_KEY: option({
    ...header,
    codec: bytes(1, 512),
    access: 'w',
    manual: 'RFC 5925',
    since: 'Linux 6.7',
    about: 'Adds a master key tuple of the authentication option: struct tcp_ao_add.',
  }),
  TCP_AO_DEL_KEY: option({
    ...header,
    codec: bytes(1, 512),
    access: 'w',
    manual: 'RFC 5925',
    since: 'Linux 6.7',
    about: 'Takes a master key tuple away: struct tcp_ao_del.',
  }),
  TCP_AO_INFO: option({
    ...header,
    codec: bytes(1, 512),
    access: 'rw',
    manual: 'RFC 5925',
    since: 'Linux 6.7',
    about: 'Settings and counters of the authentication option: struct tcp_ao_info_opt.',
  }),
  TCP_AO_GET_KEYS: option({
    ...header,
    codec: bytes(1, 4096),
    access: 'r',
    manual: 'RFC 5925',
    since: 'Linux 6.7',
    about: 'The master key tuples: struct tcp_ao_getsockopt.',
  }),
  TCP_ULP: option({
    ...header,
    codec: text(15),
    access: 'rw',
    manual: 'linux: Documentation/networking/tls.rst',
    since: 'Linux 4.13',
    about: 'What is put on top of a connection inside the kernel: tls.',
  }),
} as const;
