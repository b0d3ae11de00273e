import { requireObject } from '../../io/argument-error.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { UnixAddress } from './address.js';
import type { Binding } from './binding.js';
import { openListener, UnixListener, type UnixListenOptions } from './listener.js';
import { requireMessageSize } from './message-reader.js';
import type { UnixMessageSocketOptions } from './message-socket.js';
import type { OwnedDescriptor } from './owned-descriptor.js';
import { requireHalfOpen } from './receive-options.js';
import { UnixSeqpacketSocket } from './seqpacket-socket.js';
import { UnixSocket, type UnixSocketOptions } from './unix-socket.js';

/** A server of streams that carry descriptors. */
export class UnixServer extends UnixListener<UnixSocket> {
  readonly #options: UnixSocketOptions;

  /** Takes over a listening stream socket. @throws DescriptorError 'DESCRIPTOR_KIND' for anything else. */
  constructor(descriptor: OwnedDescriptor, options: UnixSocketOptions = {}, binding?: Binding) {
    requireHalfOpen(options);
    super(descriptor, LINUX.SOCK_STREAM, options, binding);
    this.#options = options;
  }

  /**
   * Listens at an address.
   * @param options of the listening socket, and of every connection.
   * @throws SystemCallError EADDRINUSE, EACCES, ENOENT; FieldValueError for an address that is too long.
   */
  static async listen(address: UnixAddress, options: UnixListenOptions & UnixSocketOptions = {}): Promise<UnixServer> {
    requireHalfOpen(options);
    const { descriptor, binding } = openListener(LINUX.SOCK_STREAM, address, options);
    return new UnixServer(descriptor, options, binding);
  }

  protected override connectionOf(descriptor: OwnedDescriptor): UnixSocket {
    return new UnixSocket(descriptor, this.#options);
  }
}

/** A server of connections that keep the boundaries of messages. */
export class UnixSeqpacketServer extends UnixListener<UnixSeqpacketSocket> {
  readonly #options: UnixMessageSocketOptions;

  /** Takes over a listening seqpacket socket. @throws DescriptorError 'DESCRIPTOR_KIND' for anything else. */
  constructor(descriptor: OwnedDescriptor, options: UnixMessageSocketOptions = {}, binding?: Binding) {
    requireMessageSize(requireObject('options', options).maximumMessageSize);
    super(descriptor, LINUX.SOCK_SEQPACKET, options, binding);
    this.#options = options;
  }

  /** Listens at an address; as `UnixServer.listen`. */
  static async listen(
    address: UnixAddress,
    options: UnixListenOptions & UnixMessageSocketOptions = {},
  ): Promise<UnixSeqpacketServer> {
    requireMessageSize(requireObject('options', options).maximumMessageSize);
    const { descriptor, binding } = openListener(LINUX.SOCK_SEQPACKET, address, options);
    return new UnixSeqpacketServer(descriptor, options, binding);
  }

  protected override connectionOf(descriptor: OwnedDescriptor): UnixSeqpacketSocket {
    return new UnixSeqpacketSocket(descriptor, this.#options);
  }
}
