import { requireObject } from '../../io/argument-error.js';
import { check } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { encodeUnixAddress, type UnixAddress } from './address.js';
import { type Binding, bindDescriptor, requireBindable, type UnixBindOptions } from './binding.js';
import { connectDescriptor } from './connecting.js';
import { MessageSocket, type UnixMessageSocketOptions } from './message-socket.js';
import { OwnedDescriptor } from './owned-descriptor.js';
import type { UnixSendOptions } from './parcel.js';
import { requireReceiveOptions } from './receive-options.js';

export interface UnixDatagramOptions extends UnixMessageSocketOptions, UnixBindOptions {
  /** The address to receive at. Without one, nobody can answer. */
  bind?: UnixAddress;
  /** The address to send to, and the only one to receive from. */
  connect?: UnixAddress;
}

export interface UnixDatagramSendOptions extends UnixSendOptions {
  /** The receiver's address. Default: the connected one. */
  to?: UnixAddress;
}

/**
 * A Unix-domain datagram socket: messages come whole, in order, and are never dropped for lack of room; a sender waits until
 * the receiver has read. Receivers whose queue is full hold up nobody else.
 *
 * Emits 'message' (UnixMessage), 'error' and 'close'. Errors of sending go to the promise of the send.
 */
export class UnixDatagramSocket extends MessageSocket {
  /** Takes over a datagram socket. @throws DescriptorError 'DESCRIPTOR_KIND' for anything else. */
  constructor(descriptor: OwnedDescriptor, options: UnixMessageSocketOptions = {}, binding?: Binding) {
    super(descriptor, LINUX.SOCK_DGRAM, options, binding);
  }

  /**
   * Opens a socket, bound and connected as `options` say.
   * @throws SystemCallError as bind(2) and connect(2) do; FieldValueError for an address.
   */
  static async open(options: UnixDatagramOptions = {}): Promise<UnixDatagramSocket> {
    requireReceiveOptions(options);
    if (options.bind !== undefined) requireBindable(options.bind, options);
    if (options.connect !== undefined) encodeUnixAddress(options.connect);
    const descriptor = new OwnedDescriptor(check(native().socket(LINUX.AF_UNIX, LINUX.SOCK_DGRAM, 0), 'socket'));
    let binding: Binding | undefined;
    try {
      if (options.bind !== undefined) {
        binding = bindDescriptor(descriptor.fd, options.bind, options);
      }
      if (options.connect !== undefined) connectDescriptor(descriptor.fd, options.connect);
      return new UnixDatagramSocket(descriptor, options, binding);
    } catch (error) {
      binding?.unlink();
      descriptor.close();
      throw error;
    }
  }

  /**
   * Sends one datagram, of any length from 0 to what the send buffer takes, with descriptors and credentials. The
   * descriptors may be closed as soon as this returns.
   * @returns when the receiver's queue has it. Rejects with SystemCallError ECONNREFUSED, ENOENT, EMSGSIZE, EBADF, ...; the
   * socket goes on.
   */
  async send(data: string | Uint8Array, options: UnixDatagramSendOptions = {}): Promise<void> {
    return this.post({ ...requireObject('options', options), data });
  }
}
