import { EventEmitter, on } from 'node:events';
import { requireArray, requireFunction, requireObject, requireSignal } from '../../io/argument-error.js';
import { check, type SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { getOption } from '../../io/option.js';
import type { FilterMode } from '../../wire/group-filter.js';
import type { IpAddress } from '../../wire/ip-address.js';
import type { IpSocketAddress } from '../../wire/socket-address.js';
import {
  type GroupOptions,
  type Membership,
  type MembershipOptions,
  type Multicast,
  multicast,
} from '../multicast/multicast.js';
import type { Datagram } from './datagram.js';
import type { DatagramBatch } from './datagram-batch.js';
import { DatagramIo } from './datagram-io.js';
import type { BindAddress, DatagramSocketOptions } from './datagram-options.js';
import { DatagramStateError } from './datagram-state-error.js';
import { packetFamilyOf } from './destinations.js';
import { type Endpoint, encodeEndpoint, type SocketFamily } from './endpoint.js';
import type { NetworkError } from './network-error.js';
import { bindName, bindTo, connectTo, DISCONNECTED, openDatagramSocket } from './open-datagram-socket.js';
import { type OutgoingDatagram, outgoingDatagram, type SendOptions } from './outgoing-datagram.js';
import { replyOptions } from './reply.js';
import type { SendResult } from './sender.js';
import { localName, peerName } from './socket-names.js';

export interface DatagramSocketEvents {
  /** A datagram came. The socket is read while somebody listens. */
  message: [datagram: Datagram];
  /** An error of the network, with `errors: true`. */
  'icmp-error': [error: NetworkError];
  /** The socket's buffer has room again, after a send that did not take everything. */
  drain: [];
  /** Receiving failed: on a connected socket without `errors`, ECONNREFUSED for one. The socket stays open. */
  error: [error: SystemCallError];
  close: [];
}

/** An iteration that falls so many datagrams behind makes the socket wait, until so few are left. */
const ITERATION = { close: ['close'], signal: undefined, highWaterMark: 1024, lowWaterMark: 256 };

/**
 * A UDP socket that tells all the kernel knows of a datagram, sends and receives in batches, and has multicast in full. Calls
 * are synchronous and never block; addresses are given, not resolved. Wrong arguments are refused by name before any system
 * call (ArgumentError, FieldValueError, OptionValueError). Closed: DatagramStateError SOCKET_CLOSED.
 */
export class DatagramSocket extends EventEmitter<DatagramSocketEvents> implements AsyncIterable<Datagram> {
  readonly family: SocketFamily;
  private readonly io: DatagramIo;
  private readonly signal: AbortSignal | undefined;
  private readonly abort = (): void => this.close();

  /** Opens a socket, and binds and connects it where the options say so. */
  static open(options: DatagramSocketOptions = {}): DatagramSocket {
    requireSignal(requireObject('options', options).signal)?.throwIfAborted();
    const socket = new DatagramSocket(options);
    try {
      if (options.connect !== undefined) socket.connect(options.connect);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  private constructor(options: DatagramSocketOptions) {
    super();
    const opened = openDatagramSocket(options);
    this.family = opened.family;
    this.io = new DatagramIo(opened, options, {
      networkError: error => this.emit('icmp-error', error),
      failed: error => this.emit('error', error),
      drained: () => this.emit('drain'),
    });
    this.signal = options.signal;
    this.signal?.addEventListener('abort', this.abort, { once: true });
    (this as EventEmitter).on('newListener', name => name === 'message' && this.takeMessages());
    (this as EventEmitter).on('removeListener', () => this.listenerCount('message') === 0 && this.leaveMessages());
  }

  /** The descriptor, for any call that takes a socket. Undefined once the socket is closed. */
  get descriptor(): number | undefined {
    return this.io.closed ? undefined : this.io.descriptor;
  }

  /** Where the socket is bound; port 0 before it is. */
  get localAddress(): IpSocketAddress {
    return localName(this.io.descriptor);
  }

  /** Where the socket is connected to. */
  get remoteAddress(): IpSocketAddress | undefined {
    return peerName(this.io.descriptor);
  }

  /** Datagrams that the kernel has dropped so far because nobody read them in time. */
  get drops(): number {
    return getOption(this.io.descriptor, 'SO_MEMINFO').drops ?? 0;
  }

  bind(address: BindAddress): void {
    bindTo(this.io.descriptor, bindName(address, this.family), address);
  }

  /** Sends there by default and receives from there only. A connected socket is connected anew. */
  connect(endpoint: Endpoint): void {
    const name = encodeEndpoint('connect', endpoint, this.family);
    connectTo(this.io.descriptor, name, endpoint);
    this.io.connectedFamily = packetFamilyOf(name);
  }

  /** Receives from anybody again. A port that the kernel chose is lost with the connection (AF_UNSPEC of connect(2)). */
  disconnect(): void {
    const { descriptor } = this.io;
    check(native().connect(descriptor, DISCONNECTED), 'connect', { object: 'AF_UNSPEC', descriptor });
    this.io.connectedFamily = undefined;
  }

  /**
   * Sends one datagram.
   * @param destination default: where the socket is connected to.
   * @returns false where the socket's buffer is full and the datagram was not taken: send it again after 'drain'.
   */
  send(payload: Uint8Array | string, destination?: Endpoint, options: SendOptions = {}): boolean {
    const { taken, failures } = this.io.send([outgoingDatagram(payload, destination, options)]);
    if (failures[0] !== undefined) throw failures[0].error;
    return taken === 1;
  }

  /** Sends datagrams with as few system calls as can be. One that cannot be sent holds no other up, and is told. */
  sendBatch(messages: readonly OutgoingDatagram[]): SendResult {
    return this.io.send(requireArray('messages', messages));
  }

  /** Answers a datagram: to its source, from the address that it was sent to, by the interface it came in on. */
  reply(question: Datagram, payload: Uint8Array | string, options: SendOptions = {}): boolean {
    const { destination, ...back } = replyOptions(question);
    return this.send(payload, destination, { ...back, ...options });
  }

  /**
   * Hands received datagrams over in batches that are lent, not copied. A batch is the handler's until it returns, or until
   * its promise is settled; until then nothing more is received. Excludes 'message' and iteration.
   * @returns ends it.
   */
  receiveBatches(handler: (batch: DatagramBatch) => void | Promise<void>): () => void {
    this.refuseOtherTaker('batches');
    if (this.io.taker !== undefined)
      throw new DatagramStateError('RECEIVING_OTHERWISE', 'batches are handed over already');
    const taker = { kind: 'batches', take: requireFunction('handler', handler) } as const;
    this.io.taker = taker;
    return () => {
      if (this.io.taker === taker) this.io.taker = undefined;
    };
  }

  /** Every datagram, in order. One that falls behind makes the socket wait, and the kernel drop what its buffer cannot hold. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Datagram, void, undefined> {
    for await (const [datagram] of on(this as EventEmitter, 'message', ITERATION)) yield datagram as Datagram;
  }

  /** Receives nothing until `resume`; the kernel keeps what comes, up to SO_RCVBUF. */
  pause(): this {
    this.io.pause();
    return this;
  }

  resume(): this {
    this.io.resume();
    return this;
  }

  /** Multicast: see `Multicast.join` and its siblings, to which these lead. */
  get multicast(): Multicast {
    this.io.requireOpen();
    return multicast(this);
  }

  join(group: string | IpAddress, options?: MembershipOptions): void {
    this.multicast.join(group, options);
  }

  leave(group: string | IpAddress, options?: MembershipOptions): void {
    this.multicast.leave(group, options);
  }

  block(group: string | IpAddress, source: string | IpAddress, options?: GroupOptions): void {
    this.multicast.block(group, source, options);
  }

  unblock(group: string | IpAddress, source: string | IpAddress, options?: GroupOptions): void {
    this.multicast.unblock(group, source, options);
  }

  setFilter(
    group: string | IpAddress,
    mode: FilterMode,
    sources: readonly (string | IpAddress)[],
    options?: GroupOptions,
  ): void {
    this.multicast.setFilter(group, mode, sources, options);
  }

  memberships(): Membership[] {
    return this.multicast.memberships();
  }

  /** Receiving keeps the process alive again. */
  ref(): this {
    this.io.reference(true);
    return this;
  }

  /** Receiving no longer keeps the process alive. */
  unref(): this {
    this.io.reference(false);
    return this;
  }

  /** Closes the socket; datagrams that were received and not yet handed over are gone. Idempotent. */
  close(): void {
    if (!this.io.close()) return;
    this.signal?.removeEventListener('abort', this.abort);
    process.nextTick(() => this.emit('close'));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private takeMessages(): void {
    this.refuseOtherTaker('datagrams');
    this.io.taker ??= { kind: 'datagrams', take: datagram => this.emit('message', datagram) };
  }

  private leaveMessages(): void {
    if (this.io.taker?.kind === 'datagrams') this.io.taker = undefined;
  }

  private refuseOtherTaker(wanted: 'datagrams' | 'batches'): void {
    const { descriptor, taker } = this.io;
    if (descriptor >= 0 && (taker === undefined || taker.kind === wanted)) return;
    const message = 'one socket hands its datagrams over one by one or in batches, not both ways';
    throw new DatagramStateError('RECEIVING_OTHERWISE', message);
  }
}
