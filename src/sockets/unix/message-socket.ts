import { EventEmitter } from 'node:events';
import { requireArray } from '../../io/argument-error.js';
import { check, DescriptorError, systemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { UnixSocketAddress } from '../../wire/socket-address.js';
import type { Binding } from './binding.js';
import { Dispatcher } from './dispatcher.js';
import { isAtEnd } from './end-of-connection.js';
import { Intake, type ReceiveOptions } from './intake.js';
import { localName, peerName } from './local-name.js';
import { MessageReader } from './message-reader.js';
import { Delivery, Outgoing } from './outgoing.js';
import type { OwnedDescriptor } from './owned-descriptor.js';
import type { UnixOutgoing } from './parcel.js';
import { Readiness } from './readiness.js';
import { applyReceiveOptions, requireReceiveOptions, type UnixReceiveOptions } from './receive-options.js';
import { requireUnixSocket } from './require-socket.js';
import { sendBatch } from './send-batch.js';
import { sendTogether } from './send-together.js';
import { requireBatch, type UnixBatch } from './unix-batch.js';
import type { UnixMessage } from './unix-message.js';

export interface UnixMessageSocketOptions extends UnixReceiveOptions {
  /**
   * Bytes of the longest message that is received whole, 1 to 16 MiB. A longer one is cut; its `length` tells. Default:
   * 256 KiB, more than a sender's default buffer lets it send.
   */
  maximumMessageSize?: number;
}

/** Events, with what their listeners are given. */
export interface MessageSocketEvents {
  message: [message: UnixMessage];
  /** The peer of a connection has ended. */
  end: [];
  error: [error: Error];
  close: [];
  newListener: [event: string | symbol];
}

/** What datagram and seqpacket sockets have in common: messages that come whole, with their descriptors. */
export abstract class MessageSocket extends EventEmitter<MessageSocketEvents> {
  readonly #descriptor: OwnedDescriptor;
  readonly #binding: Binding | undefined;
  readonly #readiness: Readiness;
  readonly #intake: Intake;
  readonly #dispatcher: Dispatcher;
  readonly #connected: boolean;
  #closed = false;

  protected constructor(
    descriptor: OwnedDescriptor,
    type: typeof LINUX.SOCK_DGRAM | typeof LINUX.SOCK_SEQPACKET,
    options: UnixMessageSocketOptions,
    binding?: Binding,
  ) {
    super();
    requireUnixSocket(descriptor, { method: new.target.name, type, listening: false });
    requireReceiveOptions(options);
    this.#connected = type === LINUX.SOCK_SEQPACKET;
    this.#intake = this.#makeIntake(options, this.#connected);
    applyReceiveOptions(descriptor.fd, options);
    check(native().setNonBlocking(descriptor.fd, true), 'fcntl', { descriptor: descriptor.fd });
    this.#descriptor = descriptor.transfer();
    this.#binding = binding;
    this.#readiness = new Readiness(this.#descriptor.fd, {
      readable: () => this.#intake.readable(),
      writable: () => this.#dispatcher.writable(),
    });
    this.#dispatcher = new Dispatcher(this.#descriptor.fd, wanted => this.#readiness.wantWritable(wanted));
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
    requireArray('messages', messages);
    const descriptor = this.#requireOpen();
    const delivery = new Delivery(messages.length);
    const all = messages.map(message => new Outgoing(message, delivery));
    sendTogether(descriptor, this.#dispatcher, all);
    return delivery.done;
  }

  /**
   * Fills a batch with the messages that wait, at least one: the fastest way to receive. Descriptors of the last filling that
   * were not taken are closed. It is not to be mixed with the other ways to receive.
   * @returns how many messages the batch holds: 0 once the socket is closed, or the peer of a connection has ended.
   * @throws SystemCallError where reading failed.
   */
  async receiveBatch(batch: UnixBatch): Promise<number> {
    requireBatch(batch);
    while (!this.#closed) {
      const count = batch.receiveFrom(this.#descriptor.fd);
      if (count > 0) return this.#withoutEnd(batch, count);
      if (count !== -LINUX.EAGAIN) throw systemCallError(count, 'recvmmsg');
      await this.#intake.readableOnce();
    }
    batch.clear();
    return 0;
  }

  /**
   * Sends the messages of a batch to the connected peer: the fastest way to send. The batch can then be sent again.
   * @returns when the kernel has taken all. Rejects with the first message's error that it refused, having tried all.
   */
  async sendBatch(batch: UnixBatch): Promise<void> {
    return sendBatch(batch, this.#dispatcher, () => this.#requireOpen());
  }

  #withoutEnd(batch: UnixBatch, count: number): number {
    if (!this.#connected || !batch.mayEnd() || !isAtEnd(this.#descriptor.fd)) return count;
    batch.dropTrailingEmpty();
    this.emit('end');
    this.close();
    return batch.count;
  }

  protected async post(message: UnixOutgoing): Promise<void> {
    this.#requireOpen();
    const delivery = new Delivery(1);
    this.#dispatcher.send(new Outgoing(message, delivery));
    return delivery.done;
  }

  /** Closes the socket, unlinks its path, closes descriptors that came and were not taken. Emits 'close'. Idempotent. */
  close(): void {
    this.#close(null);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Gives the descriptor away and ends this object without closing it. A path stays.
   * @throws DescriptorError where the socket is closed, or has messages that still wait to be sent.
   */
  detach(): OwnedDescriptor {
    this.#requireOpen();
    if (!this.#dispatcher.isIdle) {
      throw new DescriptorError('NO_DESCRIPTOR', 'detach(): messages still wait to be sent; await send() first');
    }
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
      failed: (error: Error, told: boolean) =>
        void (connected ? this.#close(error) : told || this.emit('error', error)),
      ended: () => {
        this.emit('end');
        this.close();
      },
      wantReadable: (wanted: boolean) => this.#readiness.wantReadable(wanted),
    };
    return new Intake(host, options);
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
