import { check, SystemCallError } from '../../io/errors.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import type { Family } from '../../wire/ip-address.js';
import { AddressCache } from './address-cache.js';
import { Coalescing } from './coalescing.js';
import type { DatagramSocketOptions } from './datagram-options.js';
import { DatagramStateError } from './datagram-state-error.js';
import { Destinations } from './destinations.js';
import { ErrorQueue } from './error-queue.js';
import type { NetworkError } from './network-error.js';
import { enableTransmitStamps, type OpenedDatagramSocket } from './open-datagram-socket.js';
import type { OutgoingDatagram, StampRequest } from './outgoing-datagram.js';
import { DatagramReadiness } from './readiness.js';
import { type DatagramTaker, Receiver } from './receiver.js';
import { Segmentation } from './segmentation.js';
import { Sender, type SendResult } from './sender.js';
import { SlabSource } from './slab.js';
import { TransmitStamps } from './transmit-stamps.js';

/** What a datagram socket is told as it happens. */
export interface DatagramIoListener {
  networkError(error: NetworkError): void;
  failed(error: SystemCallError): void;
  drained(): void;
}

/** Any payload can be sent, whatever length the socket receives. */
const SEND_SHAPE = { slots: 64, payloadBytes: 65_535 };

const pendingError = new Int32Array(1);

/** What runs beneath a datagram socket: receiver, sender and error queue on one descriptor and one poller. */
export class DatagramIo {
  /** IP version of packets to where the socket is connected to. */
  connectedFamily: Family | undefined;
  private open: number | undefined;
  private blocked = false;
  private stampsEnabled = false;
  private readonly readiness: DatagramReadiness;
  private readonly receiver: Receiver;
  private readonly sender: Sender;
  private readonly errorQueue: ErrorQueue;
  private readonly stamps = new TransmitStamps();
  private readonly coalescing: Coalescing;

  constructor(
    private readonly opened: OpenedDatagramSocket,
    private readonly options: DatagramSocketOptions,
    private readonly listener: DatagramIoListener,
  ) {
    this.open = opened.descriptor;
    const addresses = new AddressCache();
    this.readiness = new DatagramReadiness(opened.descriptor, {
      failed: () => this.takeErrors(),
      readable: () => this.receive(),
      writable: () => this.continueSending(),
    });
    this.errorQueue = new ErrorQueue(addresses, {
      networkError: error => this.listener.networkError(error),
      transmitted: (id, kind, stamp) => this.stamps.take(id, kind, stamp),
    });
    this.receiver = this.createReceiver(addresses);
    this.sender = this.createSender();
    this.coalescing = new Coalescing(opened.coalesce, () => this.receive());
    this.updateReadiness();
  }

  get closed(): boolean {
    return this.open === undefined;
  }

  /** @throws DatagramStateError SOCKET_CLOSED. */
  get descriptor(): number {
    return this.requireOpen();
  }

  /** @throws DatagramStateError SOCKET_CLOSED. */
  requireOpen(): number {
    if (this.open !== undefined) return this.open;
    throw new DatagramStateError('SOCKET_CLOSED', 'the socket is closed');
  }

  /** Who takes what is received; undefined: nobody, and the socket is not read. */
  get taker(): DatagramTaker | undefined {
    return this.receiver.taker;
  }

  set taker(taker: DatagramTaker | undefined) {
    this.receiver.taker = taker;
    this.updateReadiness();
  }

  pause(): void {
    this.receiver.pause();
  }

  resume(): void {
    this.receiver.resume();
  }

  reference(on: boolean): void {
    this.readiness.reference(on);
    this.coalescing.reference(on);
  }

  send(messages: readonly OutgoingDatagram[]): SendResult {
    const { descriptor } = this;
    const result = this.sender.send(messages);
    this.blocked = result.taken < messages.length || this.sender.holdsBack;
    // Local errors are in the error queue as soon as the call returns.
    if (result.failures.length > 0 && this.options.errors) this.errorQueue.drain(descriptor);
    this.updateReadiness();
    return result;
  }

  /** @returns whether the socket was open. */
  close(): boolean {
    const { open } = this;
    if (open === undefined) return false;
    this.receiver.close();
    this.coalescing.close();
    this.readiness.close();
    this.open = undefined;
    native().close(open);
    return true;
  }

  private createReceiver(addresses: AddressCache): Receiver {
    return new Receiver({
      shape: this.opened.shape,
      addresses,
      slabs: new SlabSource(addresses),
      joined: this.options.receiveOffload ?? false,
      longest: this.opened.maximumPayload,
      onFlow: () => this.updateReadiness(),
      // As if the handler had thrown where nobody catches it.
      onRejection: error => void Promise.reject(error),
    });
  }

  private createSender(): Sender {
    return new Sender({
      shape: SEND_SHAPE,
      descriptor: () => this.descriptor,
      destinations: new Destinations(this.opened.family),
      stamps: this.stamps,
      segmentation: new Segmentation(this.options.segmentation ?? 'auto'),
      join: this.options.sendOffload ?? false,
      connectedFamily: () => this.connectedFamily,
      requestStamp: () => this.requestStamp(),
      findRemoteError: () => this.findRemoteError(),
    });
  }

  private findRemoteError(): boolean {
    const before = this.errorQueue.remoteErrors;
    if (this.options.errors) this.errorQueue.drain(this.descriptor);
    return this.errorQueue.remoteErrors > before;
  }

  private requestStamp(): StampRequest {
    if (!this.stampsEnabled) enableTransmitStamps(this.descriptor, this.opened.ancillary);
    this.stampsEnabled = true;
    return this.stamps.request();
  }

  private updateReadiness(): void {
    if (this.closed) return;
    const errors = this.options.errors === true || this.stamps.waiting;
    this.readiness.want({ read: this.receiver.flowing && !this.coalescing.resting, write: this.blocked, errors });
  }

  private receive(): void {
    if (this.open === undefined) return;
    const taken = this.receiver.turn(this.open);
    if (this.closed) return;
    if (taken > 0) this.coalescing.rest();
    else if (taken < 0) this.takePendingError(-taken);
    this.updateReadiness();
  }

  /** With IP_RECVERR the error queue says more than an errno, and the errno may be about any datagram. */
  private takePendingError(errno: number): void {
    if (this.errorQueue.drain(this.descriptor) > 0 || this.options.errors) return;
    this.listener.failed(new SystemCallError(errno, 'recvmmsg', { descriptor: this.descriptor }));
  }

  private takeErrors(): void {
    if (this.open === undefined) return;
    const taken = this.errorQueue.drain(this.open);
    if (this.open === undefined) return;
    const { SOL_SOCKET, SO_ERROR } = LINUX;
    check(native().getIntegerOption(this.open, SOL_SOCKET, SO_ERROR, pendingError), 'getsockopt', {
      object: 'SO_ERROR',
    });
    const [errno = 0] = pendingError;
    if (errno !== 0 && taken === 0) this.takePendingError(errno);
    this.updateReadiness();
  }

  private continueSending(): void {
    if (this.closed || !this.sender.flush()) return;
    this.blocked = false;
    this.updateReadiness();
    this.listener.drained();
  }
}
