import { SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { encodeUnixAddress, showUnixAddress, type UnixAddress } from './address.js';

/** SOCK_STREAM, SOCK_DGRAM and SOCK_SEQPACKET are the types that Unix-domain sockets have. */
export type UnixSocketType = typeof LINUX.SOCK_STREAM | typeof LINUX.SOCK_DGRAM | typeof LINUX.SOCK_SEQPACKET;

/** What connect(2) and sendto(2) mean by their errors, where the words of the errno do not say. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [LINUX.EAGAIN, 'the backlog of the listener is full; try again when it has accepted'],
  [LINUX.ECONNREFUSED, 'nobody has a socket open there; the path may be left from a process that has gone'],
  [LINUX.EPROTOTYPE, 'the socket there is of another type (stream, datagram, seqpacket)'],
  [LINUX.ENOENT, 'there is no such path'],
  [LINUX.EACCES, 'the path may not be entered, or its socket not be written to'],
  [LINUX.EPERM, 'the socket there is connected to somebody else'],
]);

/** The error of a call that named `address`, saying what is the matter there. */
export function addressError(errno: number, syscall: string, address: UnixAddress): SystemCallError {
  return new SystemCallError(errno, syscall, { object: showUnixAddress(address), advice: ADVICE.get(Math.abs(errno)) });
}

/**
 * Connects a descriptor. A Unix-domain socket is connected at once, or not at all.
 * @throws SystemCallError ECONNREFUSED, ENOENT, EACCES, EPROTOTYPE, EAGAIN (backlog full); FieldValueError for the address.
 */
export function connectDescriptor(descriptor: number, address: UnixAddress): void {
  const result = native().connect(descriptor, encodeUnixAddress(address));
  if (result < 0) throw addressError(result, 'connect', address);
}
