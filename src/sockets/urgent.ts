import type { Socket } from 'node:net';
import { ArgumentError, requireFunction } from '../io/argument-error.js';
import { descriptorOf } from '../io/descriptor.js';
import { check, SystemCallError } from '../io/errors.js';
import { type NativePoller, native, UV_PRIORITIZED } from '../io/native.js';
import { getOption } from '../io/option.js';
import { LINUX } from '../wire/constants.generated.js';
import { flushed } from './stream/flushed.js';
import { requireSocket } from './stream/require-socket.js';

/**
 * Sends urgent data after everything written before: the last byte of `data` is the urgent one, any others are ordinary
 * (tcp(7); RFC 6093 advises new protocols against it). It does not wait for `socket.uncork()`: where Node's cork holds
 * something back that was written before, it is lifted.
 * @throws ArgumentError for data that is empty or none; DescriptorError; SystemCallError EAGAIN where the send buffer is full,
 * EPIPE where this end has ended.
 */
export async function sendUrgent(socket: Socket, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
    throw new ArgumentError('data', data, 'a string or a Uint8Array of one byte at least');
  }
  requireSocket(socket);
  if (socket.writableEnded && !socket.destroyed) {
    throw new SystemCallError(LINUX.EPIPE, 'sendmsg', { object: 'MSG_OOB', advice: 'the socket was ended' });
  }
  // The kernel may take a part of many bytes, and would mark the last one of that part.
  if (bytes.length > 1) socket.write(bytes.subarray(0, -1));
  await flushed(socket);
  const descriptor = descriptorOf(socket);
  const sent = native().sendMessage(descriptor, bytes.subarray(-1), null, null, LINUX.MSG_OOB);
  check(sent, 'sendmsg', { object: 'MSG_OOB', descriptor });
}

/**
 * The urgent byte that waits to be received, or undefined where there is none. Under SO_OOBINLINE it is among the ordinary
 * data instead.
 */
export function receiveUrgent(socket: Socket): number | undefined {
  const descriptor = descriptorOf(socket);
  const byte = takeUrgent(descriptor);
  return byte === undefined ? undefined : check(byte, 'recvmsg', { object: 'MSG_OOB', descriptor });
}

/** The urgent byte, undefined where none waits, or a negated errno. */
function takeUrgent(descriptor: number): number | undefined {
  const byte = new Uint8Array(1);
  const received = { length: 0, flags: 0, nameLength: 0, controlLength: 0 };
  const result = native().receiveMessage(descriptor, byte, null, null, LINUX.MSG_OOB, received);
  // EINVAL: none was sent, or it was read already; EAGAIN: announced, but not here yet (tcp(7)).
  if (result === 0 || result === -LINUX.EINVAL || result === -LINUX.EAGAIN) return undefined;
  return result < 0 ? result : byte[0];
}

/** Whether the next byte to be received is the one that the urgent data came after: sockatmark(3). */
export function atMark(socket: Socket): boolean {
  const descriptor = descriptorOf(socket);
  return check(native().atMark(descriptor), 'ioctl', { object: 'SIOCATMARK', descriptor }) === 1;
}

/** The watching of a socket for urgent data. */
export interface UrgentWatch {
  /** Ends the watching. Idempotent; the socket's own end does it too. */
  close(): void;
}

/**
 * Calls `listener` with each urgent byte as it arrives, before ordinary data that is still in the buffers.
 * Ends by itself once SO_OOBINLINE is on, for the bytes are ordinary ones then.
 * @throws ArgumentError; DescriptorError where the socket is not connected.
 */
export function watchUrgent(socket: Socket, listener: (byte: number) => void): UrgentWatch {
  requireSocket(socket);
  requireFunction('listener', listener);
  // libuv lets one poller watch a descriptor, and Node's own does: a duplicate is another descriptor of the same socket.
  const duplicate = native().duplicate(descriptorOf(socket));
  if (duplicate < 0) throw new SystemCallError(duplicate, 'fcntl', { object: 'F_DUPFD_CLOEXEC' });
  const poller: NativePoller = new (native().Poller)(duplicate, () => {
    const byte = socket.destroyed ? undefined : takeUrgent(duplicate);
    if (byte !== undefined && byte >= 0) listener(byte);
    // A peer that resets takes its urgent byte back (ENOTCONN). The socket tells that itself, when it is read.
    else if (byte !== undefined || socket.destroyed || getOption(duplicate, 'SO_OOBINLINE')) close();
  });
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    poller.close();
    native().close(duplicate);
    socket.off('close', close);
  };
  socket.once('close', close);
  poller.unref();
  poller.start(UV_PRIORITIZED);
  return { close };
}
