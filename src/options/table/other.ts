import type { Codec } from '../codec.js';
import { bytes } from '../codecs/bytes.js';
import { u64 } from '../codecs/field.js';
import { boolean } from '../codecs/integer.js';
import { mptcpInfo, subflowAddresses, subflowInfo } from '../codecs/mptcp.js';
import { timeval } from '../codecs/time.js';
import { option } from '../option.js';

const mptcp = { level: 'SOL_MPTCP', manual: 'linux: include/uapi/linux/mptcp.h', on: ['mptcp'], access: 'r' } as const;
const tls = { level: 'SOL_TLS', manual: 'linux: Documentation/networking/tls.rst', on: ['tls'] } as const;
const vsock = { level: 'AF_VSOCK', manual: 'vsock(7)', on: ['vsock'], unit: 'bytes', since: 'Linux 3.9' } as const;

/** Multipath TCP. */
const MPTCP = {
  MPTCP_INFO: option({
    ...mptcp,
    codec: mptcpInfo,
    since: 'Linux 5.16',
    about: 'Subflows, addresses and counters of the whole connection, as far as this kernel tells.',
  }),
  MPTCP_TCPINFO: option({ ...mptcp, codec: subflowInfo, since: 'Linux 5.16', about: 'TCP_INFO of each subflow.' }),
  MPTCP_SUBFLOW_ADDRS: option({
    ...mptcp,
    codec: subflowAddresses,
    since: 'Linux 5.16',
    about: 'Both addresses of each subflow.',
  }),
} as const;

/** TLS records made by the kernel, on a connection with TCP_ULP tls. */
const TLS = {
  TLS_TX: option({
    ...tls,
    codec: bytes(4, 128),
    access: 'rw',
    since: 'Linux 4.13',
    about: 'Version, cipher and keys that what is sent is encrypted with: struct tls12_crypto_info_*.',
  }),
  TLS_RX: option({
    ...tls,
    codec: bytes(4, 128),
    access: 'rw',
    since: 'Linux 4.17',
    about: 'Version, cipher and keys that what is received is decrypted with.',
  }),
  TLS_TX_ZEROCOPY_RO: option({
    ...tls,
    codec: boolean,
    access: 'rw',
    since: 'Linux 5.19',
    about: 'The device encrypts sent files in place; they must not change meanwhile.',
  }),
  TLS_RX_EXPECT_NO_PAD: option({
    ...tls,
    codec: boolean,
    access: 'rw',
    since: 'Linux 6.0',
    about: 'Expects records of TLS 1.3 without padding, which are decrypted faster.',
  }),
} as const;

/** A number in 64 bits. */
const long: Codec<number> = {
  shape: 'number',
  range: [0, Number.MAX_SAFE_INTEGER],
  size: 8,
  encode(value, context) {
    const encoded = new Uint8Array(8);
    u64.write(encoded, 0, value, context);
    return encoded;
  },
  decode: encoded => u64.read(encoded, 0),
};

/** Between a virtual machine and its host. */
const VSOCK = {
  SO_VM_SOCKETS_BUFFER_SIZE: option({
    ...vsock,
    codec: long,
    access: 'rw',
    sample: 131_072,
    about: 'The buffer of a connection.',
  }),
  SO_VM_SOCKETS_BUFFER_MIN_SIZE: option({
    ...vsock,
    codec: long,
    access: 'rw',
    sample: 1024,
    about: 'The least that the buffer can be set to.',
  }),
  SO_VM_SOCKETS_BUFFER_MAX_SIZE: option({
    ...vsock,
    codec: long,
    access: 'rw',
    sample: 1_048_576,
    about: 'The most that the buffer can be set to.',
  }),
  SO_VM_SOCKETS_CONNECT_TIMEOUT: option({
    ...vsock,
    codec: timeval,
    unit: 'ms',
    access: 'rw',
    sample: 5000,
    about: 'How long connecting may take.',
  }),
} as const;

export const OTHER_OPTIONS = { ...MPTCP, ...TLS, ...VSOCK } as const;
