import type { SocketKind } from '../options/option.js';
import { showValue } from '../options/option-value-error.js';
import { LINUX } from '../wire/constants.generated.js';
import { errnoName } from '../wire/errno.js';
import { type SystemCallDetails, type SystemCallError, systemCallError } from './errors.js';
import { native } from './native.js';
import { type Capability, hasCapability } from './permission.js';

/** What of an option its errors tell. */
interface FailedOption {
  readonly name: string;
  readonly on?: readonly SocketKind[];
  readonly capability?: Capability;
  readonly since?: string;
}

/** The error for a refused option: which, with what value, on what kind of socket, and what could be wrong. */
export function optionFailure(
  errno: number,
  syscall: 'setsockopt' | 'getsockopt',
  descriptor: number,
  option: FailedOption,
  value?: unknown,
): SystemCallError {
  const object = value === undefined ? option.name : `${option.name}=${showValue(value)}`;
  const details: SystemCallDetails = { object, descriptor, advice: adviceFor(errno, descriptor, option) };
  const { capability } = option;
  // Most options are refused with EPERM, SO_DEBUG with EACCES (sk_setsockopt in net/core/sock.c).
  const refused = errno === -LINUX.EPERM || errno === -LINUX.EACCES;
  const lacks = refused && capability !== undefined && !hasCapability(capability);
  return systemCallError(errno, syscall, details, lacks ? capability : undefined);
}

function adviceFor(errno: number, descriptor: number, { name, on, since }: FailedOption): string | undefined {
  switch (errnoName(-errno)) {
    case 'EBADF':
      return 'no such descriptor is open';
    case 'ENOTSOCK':
      return 'the descriptor is open, but is no socket';
    case 'ENOTCONN':
      return 'the socket must be connected first';
    case 'ENOENT':
      if (name !== 'TCP_CONGESTION' && name !== 'TCP_ULP') return undefined;
      return 'the kernel has none of that name, or in a module that this process may not load';
    case 'ENOPROTOOPT':
    case 'EOPNOTSUPP':
      if (on === undefined) return `this is ${describeSocket(descriptor)}`;
      return `${name} is for ${on.join(', ')} sockets since ${since}; this is ${describeSocket(descriptor)}`;
    default:
      return undefined;
  }
}

const FAMILIES = new Map<number, string>([
  [LINUX.AF_INET, 'IPv4'],
  [LINUX.AF_INET6, 'IPv6'],
  [LINUX.AF_UNIX, 'Unix'],
  [LINUX.AF_NETLINK, 'netlink'],
  [LINUX.AF_PACKET, 'packet'],
]);

const TYPES = new Map<number, string>([
  [LINUX.SOCK_STREAM, 'stream'],
  [LINUX.SOCK_DGRAM, 'datagram'],
  [LINUX.SOCK_RAW, 'raw'],
  [LINUX.SOCK_SEQPACKET, 'seqpacket'],
]);

/** "an IPv4 stream socket": what the kernel says that the descriptor is. */
function describeSocket(descriptor: number): string {
  const read = new Int32Array(1);
  const ask = (number: number) =>
    native().getIntegerOption(descriptor, LINUX.SOL_SOCKET, number, read) < 0 ? -1 : (read[0] ?? -1);
  const family = ask(LINUX.SO_DOMAIN);
  const type = ask(LINUX.SO_TYPE);
  return `a socket of ${FAMILIES.get(family) ?? `family ${family}`}, ${TYPES.get(type) ?? `type ${type}`}`;
}
