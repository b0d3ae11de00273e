import { check, DescriptorError, systemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { UnixSocketAddress } from '../../wire/socket-address.js';
import type { UnixAddress } from './address.js';
import { connected } from './connecting.js';
import { isAtEnd } from './end-of-connection.js';
import { Intake, type ReceiveOptions } from './intake.js';
import { localName, peerName } from './local-name.js';
import type { OwnedDescriptor } from './owned-descriptor.js';
import type { UnixOutgoing, UnixSendOptions } from './parcel.js';
import { Readiness } from './readiness.js';
import { applyReceiveOptions, requireHalfOpen, type UnixReceiveOptions } from './receive-options.js';
import { requireUnixSocket } from './require-socket.js';
import { SocketLike } from './socket-like.js';
import { StreamReader } from './stream-reader.js';
import { StreamSender } from './stream-sender.js';
import { StreamWriter, type WriteCallback } from './stream-writer.js';
import type { UnixMessage } from './unix-message.js';

export interface UnixSocketOptions extends UnixReceiveOptions {
  /** Keep the writing side open after the peer has ended its own. Default: false, as in net.Socket. */
  allowHalfOpen?: boolean;
}

/**
 * A connected Unix-domain stream: a Duplex that also carries descriptors and credentials.
 *
 * Sent with `send()` or `sendMany()`, they are received with `receive()`, `receiveMany()`, `messages()` or as 'message'
 * events. A socket that is read as bytes ('data', pipe, `for await`) emits 'descriptors' before the bytes that they came
 * with; where nobody listens they are closed. One socket should be read in one of these ways.
 */
export class UnixSocket extends SocketLike {
  readonly #descriptor: OwnedDescriptor;
  readonly #readiness: Readiness;
  readonly #intake: Intake;
  readonly #writer: StreamWriter;
  readonly #sender: StreamSender;
  #bytesWanted = false;
  #detached = false;

  /**
   * Takes over a connected stream socket, as one that came from another process: the descriptor is this object's from then on.
   * See also `connect` and `socketPair`.
   * @throws DescriptorError 'DESCRIPTOR_KIND' for a descriptor that is no connected Unix-domain stream.
   */
  constructor(descriptor: OwnedDescriptor, options: UnixSocketOptions = {}) {
    super({ allowHalfOpen: requireHalfOpen(options) });
    requireUnixSocket(descriptor, { method: 'UnixSocket', type: LINUX.SOCK_STREAM, listening: false });
    this.#intake = this.#makeIntake(options);
    applyReceiveOptions(descriptor.fd, options);
    check(native().setNonBlocking(descriptor.fd, true), 'fcntl', { descriptor: descriptor.fd });
    this.#descriptor = descriptor.transfer();
    this.#readiness = new Readiness(this.#descriptor.fd, {
      readable: () => this.#intake.readable(),
      writable: () => {
        this.active();
        this.#writer.writable(this.#descriptor.fd);
      },
      disconnected: () => this.#disconnected(),
    });
    this.#writer = new StreamWriter(wanted => this.#readiness.wantWritable(wanted));
    this.#sender = new StreamSender(this, this.#writer);
    this.on('newListener', event => {
      if (event === 'message') process.nextTick(() => this.#intake.pump());
    });
  }

  /**
   * Connects to a listening stream socket.
   * @throws ArgumentError; FieldValueError for an address that is too long; SystemCallError ECONNREFUSED, ENOENT, EACCES,
   * EPROTOTYPE for a socket of another type, EAGAIN for a full backlog.
   */
  static async connect(address: UnixAddress, options: UnixSocketOptions = {}): Promise<UnixSocket> {
    requireHalfOpen(options);
    return connected(LINUX.SOCK_STREAM, address, options, descriptor => new UnixSocket(descriptor, options));
  }

  /** The descriptor's number; undefined once the socket is destroyed. */
  get descriptor(): number | undefined {
    return this.destroyed ? undefined : this.#descriptor.fd;
  }

  /** This end's address: unnamed, unless it was bound. */
  get address(): UnixSocketAddress {
    return localName(this.#descriptor.fd);
  }

  /** The peer's address: of a server, the one that it listens at. */
  get remoteAddress(): UnixSocketAddress | undefined {
    return peerName(this.#descriptor.fd);
  }

  /**
   * Sends bytes with descriptors and credentials, in order with everything written. The descriptors may be closed as soon as
   * this returns.
   * @returns when the kernel has taken all of it. Rejects with SystemCallError EBADF (a descriptor is not open), ETOOMANYREFS
   * (too many in flight) or EPERM (credentials), after which the socket goes on without this message; other errors end it.
   * A bad argument rejects before any call: FieldValueError for more than 253, ArgumentError for descriptors without a byte.
   */
  async send(data: string | Uint8Array, options: UnixSendOptions = {}): Promise<void> {
    return this.#sender.send(data, options);
  }

  /**
   * Sends messages in order, short ones in one system call for up to 64.
   * @returns when the kernel has taken all; rejects with the first failure, the others being sent all the same.
   */
  async sendMany(messages: readonly UnixOutgoing[]): Promise<void> {
    return this.#sender.sendMany(messages);
  }

  /**
   * The next message: what one read gives, with its descriptors. Undefined after the end of the stream.
   * @throws DescriptorsLostError; SystemCallError ECONNRESET; the reason of `signal`.
   */
  receive(options?: ReceiveOptions): Promise<UnixMessage | undefined> {
    return this.#intake.receive(options);
  }

  /**
   * The messages that wait, at least one and at most `limit` (1 to 64), in one system call where they are short. None after
   * the end of the stream. Throws as `receive` does; messages that came whole before one with a loss are had first.
   */
  receiveMany(limit?: number, options?: ReceiveOptions): Promise<UnixMessage[]> {
    return this.#intake.receiveMany(limit, options);
  }

  /** Messages to the end of the stream. */
  messages(options?: ReceiveOptions): AsyncGenerator<UnixMessage, void, undefined> {
    return this.#intake.messages(options);
  }

  /**
   * Gives the descriptor away, for one to a child's `stdio`, and ends this object without closing it.
   * @throws DescriptorError where the socket is closed, or has bytes that still wait to be sent.
   */
  detach(): OwnedDescriptor {
    if (this.destroyed) throw closedError();
    if (this.writableLength > 0) {
      throw new DescriptorError('NO_DESCRIPTOR', 'detach(): bytes still wait to be sent; await send() first');
    }
    this.#detached = true;
    this.destroy();
    return this.#descriptor;
  }

  /** Lets the process live while this socket waits. The default. */
  ref(): this {
    this.#readiness.reference(true);
    return this;
  }

  /** Lets the process end though this socket waits. */
  unref(): this {
    this.#readiness.reference(false);
    return this;
  }

  override resume(): this {
    super.resume();
    this.#intake.pump();
    return this;
  }

  override _read(): void {
    this.#bytesWanted = true;
    this.#intake.pump();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: WriteCallback): void {
    this.active();
    this.#writer.write(this.#descriptor.fd, [this.#sender.parcelOf(chunk)], callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: WriteCallback): void {
    this.active();
    const parcels = chunks.map(({ chunk }) => this.#sender.parcelOf(chunk));
    this.#writer.write(this.#descriptor.fd, parcels, callback);
  }

  override _final(callback: WriteCallback): void {
    const result = native().shutdown(this.#descriptor.fd, LINUX.SHUT_WR);
    // The peer may have gone first.
    callback(result < 0 && result !== -LINUX.ENOTCONN ? systemCallError(result, 'shutdown') : null);
    this.#readiness.wantDisconnected(true);
  }

  override _destroy(error: Error | null, callback: WriteCallback): void {
    this.#readiness.close();
    this.#intake.close(error);
    if (!this.#detached) this.#descriptor.close();
    this.#writer.close(error ?? closedError());
    super._destroy(error, callback);
  }

  #makeIntake(options: UnixReceiveOptions): Intake {
    const reader = new StreamReader();
    const socket = this;
    const host = {
      read(limit: number, messages: UnixMessage[], buffer?: Uint8Array) {
        const outcome = reader.read(socket.#descriptor.fd, limit, messages, buffer);
        if (messages.length > 0) socket.active();
        return outcome;
      },
      get takesMessages() {
        return socket.#bytesWanted || socket.#hasListener;
      },
      get takesBatches() {
        return socket.#hasListener;
      },
      take: (message: UnixMessage) => socket.#take(message),
      lost: (error: Error) => void socket.destroy(error),
      failed: (error: Error) => void socket.destroy(error),
      ended: () => socket.#end(),
      wantReadable: (wanted: boolean) => socket.#readiness.wantReadable(wanted),
    };
    return new Intake(host, options);
  }

  get #hasListener(): boolean {
    return this.listenerCount('message') > 0 && !this.isPaused();
  }

  #take(message: UnixMessage): void {
    if (this.#hasListener) {
      this.emit('message', message);
      return;
    }
    if (message.descriptors.length > 0 && !this.emit('descriptors', message.descriptors)) message.close();
    this.#bytesWanted = false;
    this.#bytesWanted = this.push(message.data) || this.#bytesWanted;
  }

  /** Nobody reads bytes where messages are received: the end must come all the same. */
  #end(): void {
    this.push(null);
    if (this.readableLength === 0) this.read(0);
  }

  /** Both sides have ended. If nobody reads and nothing is left to read, that is the end of the stream. */
  #disconnected(): void {
    this.#readiness.wantDisconnected(false);
    if (isAtEnd(this.#descriptor.fd)) this.#intake.finish();
  }
}

function closedError(): DescriptorError {
  return new DescriptorError('DESCRIPTOR_CLOSED', 'the socket is closed');
}
