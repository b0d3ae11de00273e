import { check, SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { encodeUnixAddress, pathOf, type UnixAddress, unixAddressDetails } from './address.js';
import { OwnedDescriptor } from './owned-descriptor.js';
import { requireReceiveOptions, type UnixReceiveOptions } from './receive-options.js';
import { absolutePath, strangerAt } from './socket-path.js';

/** SOCK_STREAM, SOCK_DGRAM and SOCK_SEQPACKET are the types that Unix-domain sockets have. */
export type UnixSocketType = typeof LINUX.SOCK_STREAM | typeof LINUX.SOCK_DGRAM | typeof LINUX.SOCK_SEQPACKET;

/** What connect(2) and sendto(2) mean by their errors, where the words of the errno do not say. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [LINUX.EAGAIN, 'the backlog of the listener is full; try again when it has accepted'],
  [LINUX.ECONNREFUSED, 'nobody listens there; the path may be left from a process that has gone'],
  [LINUX.EPROTOTYPE, 'the socket there is of another type (stream, datagram, seqpacket)'],
  [LINUX.ENOENT, 'there is no such path'],
  [LINUX.EACCES, 'the path may not be entered, or its socket not be written to'],
  [LINUX.EPERM, 'the socket there is connected to somebody else'],
]);

/** The same for abstract names, which are in no directory and go with their sockets. */
const ADVICE_FOR_NAMES: ReadonlyMap<number, string> = new Map([
  ...ADVICE,
  [LINUX.ECONNREFUSED, 'nobody in this network namespace has a socket of that name that listens'],
  [LINUX.EACCES, 'a security module forbids it'],
]);

/** The error of a call that named `address`, saying what is the matter there. */
export function addressError(errno: number, syscall: string, address: UnixAddress): SystemCallError {
  const advice = adviceFor(Math.abs(errno), pathOf(address));
  return new SystemCallError(errno, syscall, { ...unixAddressDetails(address), advice });
}

function adviceFor(errno: number, path: string | Uint8Array | undefined): string | undefined {
  if (path === undefined) return ADVICE_FOR_NAMES.get(errno);
  const stranger = errno === LINUX.ECONNREFUSED ? strangerAt(absolutePath(path)) : undefined;
  return stranger ?? ADVICE.get(errno);
}

/**
 * Connects a descriptor. A Unix-domain socket is connected at once, or not at all.
 * @throws SystemCallError ECONNREFUSED, ENOENT, EACCES, EPROTOTYPE, EAGAIN (backlog full); FieldValueError for the address.
 */
export function connectDescriptor(descriptor: number, address: UnixAddress): void {
  const result = native().connect(descriptor, encodeUnixAddress(address));
  if (result < 0) throw addressError(result, 'connect', address);
}

/**
 * What `make` gives for a new socket of `type` that is connected to `address`; the socket is closed where either fails.
 * @param options of the socket that is made.
 * @throws as `connectDescriptor`, and ArgumentError.
 */
export function connected<Made>(
  type: UnixSocketType,
  address: UnixAddress,
  options: UnixReceiveOptions,
  make: (descriptor: OwnedDescriptor) => Made,
): Made {
  encodeUnixAddress(address);
  requireReceiveOptions(options);
  const descriptor = new OwnedDescriptor(check(native().socket(LINUX.AF_UNIX, type, 0), 'socket'));
  try {
    connectDescriptor(descriptor.fd, address);
    return make(descriptor);
  } catch (error) {
    descriptor.close();
    throw error;
  }
}
