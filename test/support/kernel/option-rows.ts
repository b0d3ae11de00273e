import { release } from 'node:os';
import { expect } from 'vitest';
import { SystemCallError } from '../../../src/io/errors.js';
import { native } from '../../../src/io/native.js';
import { getOption, setOption } from '../../../src/io/option.js';
import type { SocketKind } from '../../../src/options/option.js';
import {
  OPTIONS,
  type Option,
  type OptionInput,
  type OptionName,
  type ReadableOption,
  type WritableOption,
} from '../../../src/options/table.js';
import { lackOf } from '../lab/index.js';
import { socketOfKind } from './option-sockets.js';

interface Refusal {
  errno: string;
  because: string;
}

/** What every kernel refuses of a socket fresh from socket(2), with the errno that it gives. */
const REFUSED_OF_FRESH_SOCKETS: Readonly<Record<string, Refusal>> = {
  SO_DETACH_FILTER: { errno: 'ENOENT', because: 'there is no filter yet' },
  SO_DETACH_BPF: { errno: 'ENOENT', because: 'there is no filter yet' },
  SO_PEERNAME: { errno: 'ENOTCONN', because: 'the socket is not connected' },
  IP_MTU: { errno: 'ENOTCONN', because: 'the socket is not connected' },
  IPV6_MTU: { errno: 'ENOTCONN', because: 'the socket is not connected' },
  IPV6_PATHMTU: { errno: 'ENOTCONN', because: 'the socket is not connected' },
  IPV6_ADDRFORM: { errno: 'ENOTCONN', because: 'the socket is not connected' },
  IPV6_2292PKTOPTIONS: { errno: 'ENOPROTOOPT', because: 'only streams have it' },
  IP6T_SO_ORIGINAL_DST: { errno: 'ENOPROTOOPT', because: 'only connections have it' },
  TCP_REPAIR_QUEUE: { errno: 'EINVAL', because: 'the socket is not under repair' },
  TCP_QUEUE_SEQ: { errno: 'EINVAL', because: 'the socket is not under repair' },
  TCP_REPAIR_WINDOW: { errno: 'EPERM', because: 'the socket is not under repair' },
  PACKET_ROLLOVER_STATS: { errno: 'EINVAL', because: 'the socket is in no group of type rollover' },
  TLS_TX: { errno: 'EOPNOTSUPP', because: 'the connection has no TCP_ULP tls' },
  TLS_RX: { errno: 'EOPNOTSUPP', because: 'the connection has no TCP_ULP tls' },
  TLS_TX_ZEROCOPY_RO: { errno: 'EOPNOTSUPP', because: 'the connection has no TCP_ULP tls' },
  TLS_RX_EXPECT_NO_PAD: { errno: 'EOPNOTSUPP', because: 'the connection has no TCP_ULP tls' },
};

/** What a kernel may refuse for how it was built or set up; another may not. */
const REFUSED_BY_SOME_KERNELS: Readonly<Record<string, Refusal>> = {
  SO_RESERVE_MEM: { errno: 'EOPNOTSUPP', because: 'no memory cgroup counts sockets' },
  SO_PEERSEC: { errno: 'ENOPROTOOPT', because: 'no security module labels sockets' },
  SO_ORIGINAL_DST: { errno: 'ENOENT', because: 'the connection was not redirected, and ENOPROTOOPT without conntrack' },
  TCP_AO_INFO: { errno: 'ENOPROTOOPT', because: 'there is no TCP authentication option' },
  TCP_AO_GET_KEYS: { errno: 'ENOPROTOOPT', because: 'there is no TCP authentication option' },
  TCP_AO_REPAIR: { errno: 'ENOPROTOOPT', because: 'there is no TCP authentication option' },
};

/**
 * What the kernel refuses to the root of a user namespace: it asks for the capability in the machine's own (sockopt_capable
 * in net/core/sock.c).
 */
const REFUSED_IN_USER_NAMESPACES: Readonly<Record<string, Refusal>> = {
  SO_DEBUG: { errno: 'EACCES', because: 'only root of the machine may' },
  SO_SNDBUFFORCE: { errno: 'EPERM', because: 'only root of the machine may' },
  SO_RCVBUFFORCE: { errno: 'EPERM', because: 'only root of the machine may' },
  SO_PREFER_BUSY_POLL: { errno: 'EPERM', because: 'only root of the machine may' },
  SO_BUSY_POLL_BUDGET: { errno: 'EPERM', because: 'only root of the machine may' },
};

/** The same of some kernels: newer ones ask for no capability. */
const REFUSED_IN_USER_NAMESPACES_BY_SOME_KERNELS: Readonly<Record<string, Refusal>> = {
  SO_BUSY_POLL: { errno: 'EPERM', because: 'only root of the machine may' },
};

/** Sees that an option was refused, or not, as the lists have it; a kernel older than the option refuses it too. */
export function expectAsListed(name: OptionName, refusal: string | undefined): void {
  const inNamespace = lackOf('realRoot') !== undefined;
  const always = REFUSED_OF_FRESH_SOCKETS[name] ?? (inNamespace ? REFUSED_IN_USER_NAMESPACES[name] : undefined);
  const sometimes =
    REFUSED_BY_SOME_KERNELS[name] ?? (inNamespace ? REFUSED_IN_USER_NAMESPACES_BY_SOME_KERNELS[name] : undefined);
  const tooNew = refusal === 'ENOPROTOOPT' && isNewerThanKernel(OPTIONS[name].since);
  if (tooNew || (sometimes !== undefined && refusal === undefined)) return;
  const { errno, because } = always ?? sometimes ?? { errno: undefined, because: 'nothing stands against it' };
  expect(refusal, because).toBe(errno);
}

/** Whether what came with `since`, as `Linux 6.9`, is newer than the running kernel. */
export function isNewerThanKernel(since: string): boolean {
  const [major = 0, minor = 0] = (/\d+(\.\d+)+/.exec(since)?.[0] ?? '').split('.').map(Number);
  const [ourMajor = 0, ourMinor = 0] = release().split('.').map(Number);
  return major > ourMajor || (major === ourMajor && minor > ourMinor);
}

/** What the kernel says to the use of an option: undefined, or the errno. */
export function refusalOf(use: () => unknown): string | undefined {
  try {
    use();
    return undefined;
  } catch (error) {
    if (error instanceof SystemCallError) return error.code;
    throw error;
  }
}

/** Rows whose default does not come back when it is set: the kernel reads it differently, or wants a capability for it. */
const NOT_RESTORED: readonly string[] = [
  'SO_SNDBUF',
  'SO_RCVBUF',
  'SO_LINGER',
  'SO_LOCK_FILTER',
  'SO_BINDTODEVICE',
  'SO_BINDTOIFINDEX',
  'SO_TXTIME',
  'TCP_FASTOPEN_KEY',
  'TCP_MAXSEG',
  'PACKET_FANOUT',
];

/** Sets the sample of a row, and sees that it was not the default, that it is read back, and that the default comes back. */
export function tryRow(option: Option, kind: SocketKind): void {
  const descriptor = socketOfKind(kind, option.name);
  try {
    if (option.access === 'w') setSample(descriptor, option);
    else if (option.access === 'r' || option.sample === undefined) readRow(descriptor, option);
    else setAndRestore(descriptor, option);
  } finally {
    native().close(descriptor);
  }
}

function readRow(descriptor: number, { name }: Option): unknown {
  const value = getOption(descriptor, name as ReadableOption);
  if (name === 'SO_PEERPIDFD') native().close(value as number);
  return value;
}

function setSample(descriptor: number, { name, sample }: Option): void {
  if (sample !== undefined) setOption(descriptor, name as WritableOption, sample as OptionInput<WritableOption>);
}

function setAndRestore(descriptor: number, option: Option): void {
  const name = option.name as WritableOption;
  const expected = option.reads ?? option.sample;
  const before = readRow(descriptor, option);
  expect(before, `${name} is its sample by default`).not.toEqual(expected);
  setSample(descriptor, option);
  expect(readRow(descriptor, option), `${name} after its sample was set`).toEqual(expected);
  if (NOT_RESTORED.includes(name)) return;
  setOption(descriptor, name, before as OptionInput<WritableOption>);
  expect(readRow(descriptor, option), `${name} after its default was set again`).toEqual(before);
}
