import { ArgumentError, requireArray, requireObject } from '../../io/argument-error.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { UnixAddress } from './address.js';
import { connected } from './connecting.js';
import { MessageSocket, type UnixMessageSocketOptions } from './message-socket.js';
import type { OwnedDescriptor } from './owned-descriptor.js';
import type { UnixOutgoing, UnixSendOptions } from './parcel.js';
import { requireBatch, type UnixBatch } from './unix-batch.js';

/**
 * A connection that keeps the boundaries of messages: SOCK_SEQPACKET. What one `send()` takes, one message gives.
 *
 * Emits 'message' (UnixMessage), 'end' when the peer has ended, 'error' and 'close'. Errors of sending go to the promise of
 * the send. It closes itself after the end.
 */
export class UnixSeqpacketSocket extends MessageSocket {
  /** Takes over a connected seqpacket socket. @throws DescriptorError 'DESCRIPTOR_KIND' for anything else. */
  constructor(descriptor: OwnedDescriptor, options: UnixMessageSocketOptions = {}) {
    super(descriptor, LINUX.SOCK_SEQPACKET, options);
  }

  /** Connects to a listening seqpacket socket. @throws as UnixSocket.connect does. */
  static async connect(address: UnixAddress, options: UnixMessageSocketOptions = {}): Promise<UnixSeqpacketSocket> {
    return connected(
      LINUX.SOCK_SEQPACKET,
      address,
      options,
      descriptor => new UnixSeqpacketSocket(descriptor, options),
    );
  }

  /**
   * Sends one message with descriptors and credentials. The descriptors may be closed as soon as this returns.
   * @param data at least one byte: a message without any looks like the end of the connection.
   * @returns when the kernel has taken it. Rejects with SystemCallError EPIPE, EMSGSIZE, EBADF, ...
   */
  async send(data: string | Uint8Array, options: UnixSendOptions = {}): Promise<void> {
    requireLength(data?.length);
    return this.post({ ...requireObject('options', options), data });
  }

  override async sendMany(messages: readonly UnixOutgoing[]): Promise<void> {
    requireArray('messages', messages);
    for (const message of messages) requireLength(message?.data?.length);
    return super.sendMany(messages);
  }

  override async sendBatch(batch: UnixBatch): Promise<void> {
    requireBatch(batch);
    for (let index = 0; index < batch.count; index++) requireLength(batch.length(index));
    return super.sendBatch(batch);
  }
}

function requireLength(length: number | undefined): void {
  if (length === 0) throw new ArgumentError('data', length, 'at least one byte: none would look like the end');
}
