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
function descriptorPair(type: UnixSocketType): [OwnedDescriptor, OwnedDescriptor] {
  const pair = new Int32Array(2);
  check(native().socketPair(LINUX.AF_UNIX, type, 0, pair), 'socketpair');
  return [new OwnedDescriptor(pair[0] ?? -1), new OwnedDescriptor(pair[1] ?? -1)];
}

/** What `make` gives for both ends, which are closed where it throws. */
function pairOf<Made>(type: UnixSocketType, make: (descriptor: OwnedDescriptor) => Made): [Made, Made] {
  const [one, other] = descriptorPair(type);
  try {
    return [make(one), make(other)];
  } catch (error) {
    one.close();
    other.close();
    throw error;
  }
}

/** Two connected streams. One end may go to a child (`detach()`, and its `fd` in `stdio`), or to another process in a message. */
export function socketPair(options: UnixSocketOptions = {}): [UnixSocket, UnixSocket] {
  return pairOf(LINUX.SOCK_STREAM, descriptor => new UnixSocket(descriptor, options));
}

/** Two connected datagram sockets: nothing is lost, and the boundaries of messages are kept; but no end is seen. */
export function datagramPair(options: UnixMessageSocketOptions = {}): [UnixDatagramSocket, UnixDatagramSocket] {
  return pairOf(LINUX.SOCK_DGRAM, descriptor => new UnixDatagramSocket(descriptor, options));
}

/** Two connected sockets that keep the boundaries of messages, and see each other's end. */
export function seqpacketPair(options: UnixMessageSocketOptions = {}): [UnixSeqpacketSocket, UnixSeqpacketSocket] {
  return pairOf(LINUX.SOCK_SEQPACKET, descriptor => new UnixSeqpacketSocket(descriptor, options));
}
