import { ArgumentError } from '../../io/argument-error.js';
import { DescriptorError } from '../../io/errors.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { UnixSocketType } from './connecting.js';
import { requireKind } from './descriptor-kind.js';
import { peerName } from './local-name.js';
import { OwnedDescriptor } from './owned-descriptor.js';

/** What a class of sockets takes over. */
export interface WantedSocket {
  /** The class: `UnixSocket`. */
  method: string;
  type: UnixSocketType;
  listening: boolean;
}

/**
 * Refuses what is no Unix-domain socket of the wanted kind, and a stream or seqpacket socket that neither listens nor is
 * connected.
 * @throws ArgumentError for what is no OwnedDescriptor; DescriptorError with code 'DESCRIPTOR_KIND'.
 */
export function requireUnixSocket(descriptor: OwnedDescriptor, wanted: WantedSocket): void {
  if (!(descriptor instanceof OwnedDescriptor)) {
    throw new ArgumentError(
      'descriptor',
      descriptor,
      'an OwnedDescriptor (OwnedDescriptor.adopt makes one of a number)',
    );
  }
  requireKind(descriptor.fd, { ...wanted, families: [LINUX.AF_UNIX] });
  if (wanted.listening || wanted.type === LINUX.SOCK_DGRAM || peerName(descriptor.fd) !== undefined) return;
  throw new DescriptorError('DESCRIPTOR_KIND', `${wanted.method}: descriptor ${descriptor.fd} is not connected`);
}
