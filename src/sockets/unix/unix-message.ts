import type { UnixSocketAddress } from '../../wire/socket-address.js';
import type { UnixCredentials } from '../../wire/unix-control.js';
import type { OwnedDescriptor } from './owned-descriptor.js';

/** What came beside the data of one message, where the socket was asked to tell. */
export interface UnixMessageDetails {
  credentials?: UnixCredentials;
  pidfd?: OwnedDescriptor;
  securityLabel?: string;
  from?: UnixSocketAddress;
  length?: number;
  descriptorsLost?: boolean;
}

/**
 * One received message. On a stream: what one read gave, where descriptors came no later than the first byte of the send
 * that they belong to, and never from two sends together.
 *
 * Who receives it owns its descriptors. `using` (or `close()`) closes those that were not taken elsewhere.
 */
export class UnixMessage {
  readonly data: Buffer;
  /** In the order in which they were sent. */
  readonly descriptors: readonly OwnedDescriptor[];
  /** Process, user and group of the sender; with the option `credentials`. */
  readonly credentials: UnixCredentials | undefined;
  /** A descriptor of the sender's process; with the option `pidfds`, Linux 6.5. */
  readonly pidfd: OwnedDescriptor | undefined;
  /** The sender's security label; with the option `securityLabels`, under SELinux or AppArmor. */
  readonly securityLabel: string | undefined;
  /** Datagram sockets: the sender's address, unnamed where it has none. */
  readonly from: UnixSocketAddress | undefined;
  /** Bytes that were sent. More than `data` holds where a message was longer than the option `maximumMessageSize`. */
  readonly length: number;
  /** True where the kernel dropped descriptors of this message; only seen with the option `lostDescriptors: 'report'`. */
  readonly descriptorsLost: boolean;

  constructor(data: Buffer, descriptors: readonly OwnedDescriptor[], details: UnixMessageDetails) {
    this.data = data;
    this.descriptors = descriptors;
    this.credentials = details.credentials;
    this.pidfd = details.pidfd;
    this.securityLabel = details.securityLabel;
    this.from = details.from;
    this.length = details.length ?? data.length;
    this.descriptorsLost = details.descriptorsLost ?? false;
  }

  /** Closes every descriptor of the message that nobody took. Idempotent. */
  close(): void {
    for (const descriptor of this.descriptors) descriptor.close();
    this.pidfd?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
