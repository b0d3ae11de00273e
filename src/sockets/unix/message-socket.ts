import { EventEmitter } from 'node:events';
import { check, DescriptorError, systemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { UnixSocketAddress } from '../../wire/socket-address.js';
import { encodeUnixAddress, showUnixAddress } from './address.js';
import type { Binding } from './binding.js';
import { addressError } from './connecting.js';
import { requireKind } from './descriptor-kind.js';
import { Dispatcher } from './dispatcher.js';
import { Intake, type ReceiveOptions } from './intake.js';
import { localName, peerName } from './local-name.js';
import { MessageReader } from './message-reader.js';
import type { Outgoing } from './outbox.js';
import type { OwnedDescriptor } from './owned-descriptor.js';
import { concernsControl, Parcel, type UnixOutgoing } from './parcel.js';
import { Readiness } from './readiness.js';
import { applyReceiveOptions, type UnixReceiveOptions } from './receive-options.js';
import { sendTogether } from './send-together.js';
import type { UnixMessage } from './unix-message.js';

export interface UnixMessageSocketOptions extends UnixReceiveOptions {
  /**
   * Bytes of the longest message that is received whole, 1 to 16 MiB. A longer one is cut; its `length` tells. Default:
   * 256 KiB, more than a sender's default buffer lets it send.
   */
  maximumMessageSize?: number;
}

/** What datagram and seqpacket sockets have in common: messages that come whole, with their descriptors. */
export abstract class MessageSocket extends EventEmitter {
  readonly #descriptor: OwnedDescriptor;
  readonly #binding: Binding | undefined;
  readonly #readiness: Readiness;
  readonly #intake: Intake;
  readonly #dispatcher: Dispatcher;
  #closed = false;

  protected constructor(
    descriptor: OwnedDescriptor,
    type: typeof LINUX.SOCK_DGRAM | typeof LINUX.SOCK_SEQPACKET,
    options: UnixMessageSocketOptions,
    binding?: Binding,
  ) {
    super();
    requireKind(descriptor.fd, { method: new.target.name, families: [LINUX.AF_UNIX], type, listening: false });
    this.#intake = this.#makeIntake(options, type === LINUX.SOCK_SEQPACKET);
    applyReceiveOptions(descriptor.fd, options);
    check(native().setNonBlocking(descriptor.fd, true), 'fcntl', { descriptor: descriptor.fd });
    this.#descriptor = descriptor;
    this.#binding = binding;
    this.#readiness = new Readiness(descriptor.fd, {
      readable: () => this.#intake.readable(),
      writable: () => this.#dispatcher.writable(),
    });
    this.#dispatcher = new Dispatcher(descriptor.fd, wanted => this.#readiness.wantWritable(wanted));
    this.on('newListener', event => {
      if (event === 'message') process.nextTick(() => this.#intake.pump());
    });
  }

  /** The descriptor's number; undefined once the socket is closed. */
  get descriptor(): number | undefined {
    return this.#closed ? undefined : this.#descriptor.fd;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** This end's address. */
  get address(): UnixSocketAddress {
    return localName(this.#descriptor.fd);
  }

  /** The connected peer's address, where there is one. */
  get remoteAddress(): UnixSocketAddress | undefined {
    return peerName(this.#descriptor.fd);
  }

  /**
   * The next message. Undefined once the socket is closed, or the peer of a connection has ended.
   * @throws DescriptorsLostError, after which the next message can be had; SystemCallError; the reason of `signal`.
   */
  receive(options?: ReceiveOptions): Promise<UnixMessage | undefined> {
    return this.#intake.receive(options);
  }

  /** The messages that wait, at least one and at most `limit` (1 to 64), in one system call. None after the end. */
  receiveMany(limit?: number, options?: ReceiveOptions): Promise<UnixMessage[]> {
    return this.#intake.receiveMany(limit, options);
  }

  /** Messages until the end. */
  messages(options?: ReceiveOptions): AsyncGenerator<UnixMessage, void, undefined> {
    return this.#intake.messages(options);
  }

  /**
   * Sends messages, short ones in one system call for up to 64.
   * @returns when the kernel has taken all; rejects with the first failure, the others being sent all the same.
   */
  async sendMany(messages: readonly UnixOutgoing[]): Promise<void> {
    const all = messages.map(message => this.#outgoing(message));
    sendTogether(
      this.#requireOpen(),
      this.#dispatcher,
      all.map(({ outgoing }) => outgoing),
    );
    await Promise.all(all.map(({ sent }) => sent));
  }

  protected async post(message: UnixOutgoing): Promise<void> {
    this.#requireOpen();
    const { outgoing, sent } = this.#outgoing(message);
    this.#dispatcher.send(outgoing);
    return sent;
  }

  /** Closes the socket, unlinks its path, closes descriptors that came and were not taken. Emits 'close'. Idempotent. */
  close(): void {
    this.#close(null);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Gives the descriptor away and ends this object without closing it. A path stays. */
  detach(): OwnedDescriptor {
    this.#requireOpen();
    this.#end(null);
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

  #makeIntake(options: UnixMessageSocketOptions, connected: boolean): Intake {
    const reader = new MessageReader(options.maximumMessageSize, connected);
    const listens = () => this.listenerCount('message') > 0;
    const host = {
      read: (limit: number, messages: UnixMessage[]) => reader.read(this.#descriptor.fd, limit, messages),
      get takesMessages() {
        return listens();
      },
      get takesBatches() {
        return listens();
      },
      take: (message: UnixMessage) => void this.emit('message', message),
      lost: (error: Error, told: boolean) => void (told || this.emit('error', error)),
      failed: (error: Error) => (connected ? this.#close(error) : this.emit('error', error)),
      ended: () => {
        this.emit('end');
        this.close();
      },
      wantReadable: (wanted: boolean) => this.#readiness.wantReadable(wanted),
    };
    return new Intake(host, options);
  }

  #outgoing(message: UnixOutgoing): { outgoing: Outgoing; sent: Promise<void> } {
    const parcel = Parcel.of(message);
    const name = message.to === undefined ? null : encodeUnixAddress(message.to);
    const { promise: sent, resolve, reject } = withResolvers();
    const settled = (errno: number) => {
      if (errno < 0) this.#refuse(parcel, message, errno);
      parcel.forgetControl();
      if (parcel.error === undefined) resolve();
      else reject(parcel.error);
    };
    return { outgoing: { parcel, name, settled }, sent };
  }

  #refuse(parcel: Parcel, { to }: UnixOutgoing, errno: number): void {
    if (parcel.hasControl && concernsControl(errno)) parcel.refuse(errno, to && `to ${showUnixAddress(to)}`);
    else if (to !== undefined) parcel.error = addressError(errno, 'sendmsg', to);
    else parcel.error = systemCallError(errno, 'sendmsg', { advice: adviceFor(errno) });
  }

  #requireOpen(): number {
    if (this.#closed) throw new DescriptorError('DESCRIPTOR_CLOSED', 'the socket is closed');
    return this.#descriptor.fd;
  }

  #close(error: Error | null): void {
    if (this.#closed) return;
    this.#end(error);
    this.#binding?.unlink();
    this.#descriptor.close();
    process.nextTick(() => {
      if (error !== null) this.emit('error', error);
      this.emit('close');
    });
  }

  #end(error: Error | null): void {
    this.#closed = true;
    this.#readiness.close();
    this.#intake.close(error);
    this.#dispatcher.close(-LINUX.EBADF);
  }
}

function adviceFor(errno: number): string | undefined {
  if (errno === -LINUX.EMSGSIZE) return 'longer than the send buffer allows (SO_SNDBUF)';
  return errno === -LINUX.ENOTCONN ? 'it is not connected; give an address' : undefined;
}

/** Promise.withResolvers of Node 22. */
function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve: () => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
