import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { UnixSocketType } from './connecting.js';
import { UnixDatagramSocket } from './datagram-socket.js';
import type { UnixMessageSocketOptions } from './message-socket.js';
import { OwnedDescriptor } from './owned-descriptor.js';
import { UnixSeqpacketSocket } from './seqpacket-socket.js';
import { UnixSocket, type UnixSocketOptions } from './unix-socket.js';

/** Two connected, unnamed Unix-domain sockets as bare descriptors: socketpair(2). */
export function descriptorPair(type: UnixSocketType): [OwnedDescriptor, OwnedDescriptor] {
  const pair = new Int32Array(2);
  check(native().socketPair(LINUX.AF_UNIX, type, 0, pair), 'socketpair');
  return [new OwnedDescriptor(pair[0] ?? -1), new OwnedDescriptor(pair[1] ?? -1)];
}

/** Two connected streams. One end may go to a child (`detach().fd` in `stdio`), or to another process in a message. */
export function socketPair(options: UnixSocketOptions = {}): [UnixSocket, UnixSocket] {
  const [one, other] = descriptorPair(LINUX.SOCK_STREAM);
  return [new UnixSocket(one, options), new UnixSocket(other, options)];
}

/** Two connected datagram sockets: nothing is lost, and the boundaries of messages are kept; but no end is seen. */
export function datagramPair(options: UnixMessageSocketOptions = {}): [UnixDatagramSocket, UnixDatagramSocket] {
  const [one, other] = descriptorPair(LINUX.SOCK_DGRAM);
  return [new UnixDatagramSocket(one, options), new UnixDatagramSocket(other, options)];
}

/** Two connected sockets that keep the boundaries of messages, and see each other's end. */
export function seqpacketPair(options: UnixMessageSocketOptions = {}): [UnixSeqpacketSocket, UnixSeqpacketSocket] {
  const [one, other] = descriptorPair(LINUX.SOCK_SEQPACKET);
  return [new UnixSeqpacketSocket(one, options), new UnixSeqpacketSocket(other, options)];
}
