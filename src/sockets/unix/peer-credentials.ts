import { type DescriptorSource, descriptorOf } from '../../io/descriptor.js';
import { SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { getOption } from '../../io/option.js';
import { LINUX } from '../../wire/constants.generated.js';
import { OwnedDescriptor } from './owned-descriptor.js';

/**
 * Who is at the other end of a connection: the process that called connect(2), listen(2) or socketpair(2), as it was then
 * (unix(7), SO_PEERCRED). The kernel vouches for it. It does not say who has the descriptor now: it may have been inherited,
 * passed on, or its process have changed user; and a process id may by now be another's, which only a pidfd tells.
 */
export interface PeerCredentials {
  pid: number;
  uid: number;
  gid: number;
  /** Supplementary groups, Linux 4.13. */
  groups: number[];
  /** Label of SELinux or AppArmor; undefined where no such module labels sockets. */
  securityLabel: string | undefined;
}

/** (uid_t) -1, which no user has. */
const UNKNOWN_ID = 0xffff_ffff;

/**
 * The credentials of a connected socket's peer.
 * @param socket a UnixSocket, UnixSeqpacketSocket, a net.Socket over a path, or a descriptor.
 * @throws SystemCallError where it is no connected Unix-domain socket; DescriptorError where it is closed.
 */
export function peerCredentials(socket: DescriptorSource): PeerCredentials {
  const descriptor = descriptorOf(socket);
  const { pid, uid, gid } = getOption(descriptor, 'SO_PEERCRED');
  if (pid === 0 && uid === UNKNOWN_ID) {
    // What the kernel gives for a socket without a peer, and for one of another family.
    throw new SystemCallError(-LINUX.ENOTCONN, 'getsockopt', { object: 'SO_PEERCRED', descriptor });
  }
  return { pid, uid, gid, groups: groupsOf(descriptor), securityLabel: labelOf(descriptor) };
}

/**
 * A pidfd of the peer (Linux 6.5): it stays with that very process, so that it can be watched, signalled and looked at with
 * certainty. It becomes readable when the process ends.
 * @throws SystemCallError ENOPROTOOPT on an older kernel; ESRCH where the process has gone (EINVAL before Linux 6.6).
 */
export function peerPidfd(socket: DescriptorSource): OwnedDescriptor {
  const pidfd = getOption(socket, 'SO_PEERPIDFD');
  native().adopt(pidfd);
  return new OwnedDescriptor(pidfd);
}

function groupsOf(descriptor: number): number[] {
  return [...unlessUnsupported(() => getOption(descriptor, 'SO_PEERGROUPS'), [])];
}

function labelOf(descriptor: number): string | undefined {
  return unlessUnsupported(() => getOption(descriptor, 'SO_PEERSEC') || undefined, undefined);
}

/** What the option gives, or `otherwise` where the kernel does not have it, or no security module answers. */
function unlessUnsupported<Value, Otherwise>(read: () => Value, otherwise: Otherwise): Value | Otherwise {
  try {
    return read();
  } catch (error) {
    if (error instanceof SystemCallError && error.code === 'ENOPROTOOPT') return otherwise;
    throw error;
  }
}
