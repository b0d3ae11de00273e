import { LINUX } from '../wire/constants.generated.js';
import { type BatchMemory, type NativeBatch, native } from './native.js';

export interface MessageBatchShape {
  /** Messages that one call can move, 1 to 1024 (UIO_MAXIOV). */
  slots: number;
  /** Bytes kept for each message's payload. */
  payloadBytes: number;
  /** Bytes kept for each message's control data. Default: 256. */
  controlBytes?: number;
  /** Bytes kept for each message's socket address. Default: 32, enough for IP. */
  nameBytes?: number;
}

/** struct sockaddr_in6, the longest name of IP, rounded up so that slots are aligned. */
const NAME_STRIDE = alignUp(LINUX.sizeof_sockaddr_in6, 8);
const DEFAULT_CONTROL_BYTES = 256;

/**
 * Flat memory for a batch of messages, with sendmmsg(2) and recvmmsg(2) over it. Slot i's payload begins at
 * i * payloadStride of `payload`, its control messages at i * controlStride of `control`, its socket address at
 * i * nameStride of `names`. The next call overwrites all.
 */
export class MessageBatch implements BatchMemory {
  readonly slots: number;
  readonly payload: Uint8Array;
  readonly payloadView: DataView;
  readonly payloadStride: number;
  readonly names: Uint8Array;
  readonly namesView: DataView;
  readonly nameStride: number;
  readonly control: Uint8Array;
  readonly controlView: DataView;
  readonly controlStride: number;
  readonly lengths: Uint32Array;
  readonly nameLengths: Uint32Array;
  readonly controlLengths: Uint32Array;
  readonly flags: Uint32Array;
  readonly results: Int32Array;
  readonly stamps: Float64Array;
  private readonly native: NativeBatch;

  constructor(shape: MessageBatchShape) {
    const { slots, payloadBytes, controlBytes = DEFAULT_CONTROL_BYTES, nameBytes = NAME_STRIDE } = shape;
    this.slots = slots;
    this.nameStride = alignUp(nameBytes, 8);
    this.payloadStride = alignUp(payloadBytes, 8);
    this.controlStride = alignUp(controlBytes, 8);
    this.payload = new Uint8Array(slots * this.payloadStride);
    this.names = new Uint8Array(slots * this.nameStride);
    this.control = new Uint8Array(slots * this.controlStride);
    this.payloadView = new DataView(this.payload.buffer);
    this.namesView = new DataView(this.names.buffer);
    this.controlView = new DataView(this.control.buffer);
    this.lengths = new Uint32Array(slots);
    this.nameLengths = new Uint32Array(slots);
    this.controlLengths = new Uint32Array(slots);
    this.flags = new Uint32Array(slots);
    this.results = new Int32Array(slots);
    this.stamps = new Float64Array(slots);
    this.native = new (native().MessageBatch)(this);
  }

  /** @returns how many messages slots 0 onwards now hold, or -errno: -EAGAIN where nothing waits. */
  receive(descriptor: number, flags: number, limit = this.slots): number {
    return this.native.receive(descriptor, flags, limit);
  }

  /** @returns how many slots were dealt with; `results` tells each one's fate. Fewer than `count`: the buffer is full. */
  send(descriptor: number, first: number, count: number, flags = 0): number {
    return this.native.send(descriptor, first, count, flags);
  }
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
