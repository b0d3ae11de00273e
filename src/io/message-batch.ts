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
  /** As `BatchMemory` has it. Default: 0. */
  resends?: number;
}

/** struct sockaddr_in6, the longest name of IP, rounded up so that slots are aligned. */
const NAME_STRIDE = alignUp(LINUX.sizeof_sockaddr_in6, 8);
const DEFAULT_CONTROL_BYTES = 256;
const CACHE_LINE = 64;
/** Four Uint32 and a Float64: see `NativeBatch.pack`. */
const PACKED_HEADER = 24;

/**
 * Flat memory for a batch of messages, with sendmmsg(2) and recvmmsg(2) over it. Slot i's payload begins at
 * i * payloadStride of `payload`, its control messages at i * controlStride of `control`, its socket address at
 * i * nameStride of `names`. The next call overwrites all.
 */
export class MessageBatch implements BatchMemory {
  readonly slots: number;
  payload: Uint8Array<ArrayBuffer>;
  payloadView: DataView;
  readonly payloadStride: number;
  readonly names: Uint8Array;
  readonly namesView: DataView;
  readonly nameWords: Uint32Array;
  readonly nameStride: number;
  readonly control: Uint8Array;
  readonly controlView: DataView;
  readonly controlWords: Uint32Array;
  readonly controlStride: number;
  readonly lengths: Uint32Array;
  readonly nameLengths: Uint32Array;
  readonly controlLengths: Uint32Array;
  readonly flags: Uint32Array;
  readonly results: Int32Array;
  readonly stamps: Float64Array;
  readonly origins: Uint8Array;
  readonly errorData: Uint32Array;
  readonly resends: number;
  /** For `Exchange`. */
  readonly native: NativeBatch;

  constructor(shape: MessageBatchShape) {
    const { slots, payloadBytes, controlBytes = DEFAULT_CONTROL_BYTES, nameBytes = NAME_STRIDE } = shape;
    this.slots = slots;
    this.resends = shape.resends ?? 0;
    this.nameStride = alignUp(nameBytes, 8);
    this.payloadStride = alignUp(payloadBytes, 8);
    this.controlStride = alignUp(controlBytes, 8);
    this.payload = alignedBytes(slots * this.payloadStride);
    this.names = alignedBytes(slots * this.nameStride);
    this.control = alignedBytes(slots * this.controlStride);
    this.payloadView = viewOf(this.payload);
    this.namesView = viewOf(this.names);
    this.controlView = viewOf(this.control);
    this.nameWords = wordsOf(this.names);
    this.controlWords = wordsOf(this.control);
    this.lengths = new Uint32Array(slots);
    this.nameLengths = new Uint32Array(slots);
    this.controlLengths = new Uint32Array(slots);
    this.flags = new Uint32Array(slots);
    this.results = new Int32Array(slots);
    this.stamps = new Float64Array(slots);
    this.origins = new Uint8Array(slots);
    this.errorData = new Uint32Array(slots);
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

  /** How many bytes `pack` needs for slots 0 to count - 1. */
  packedSize(count: number): number {
    let size = count * (PACKED_HEADER + this.nameStride);
    for (let slot = 0; slot < count; slot++) {
      const payload = Math.min(this.lengths[slot] ?? 0, this.payloadStride);
      size += roundUp8(this.controlLengths[slot] ?? 0) + roundUp8(payload);
    }
    return size;
  }

  /** Copies slots 0 to count - 1 side by side into `target` from `at` on, as `NativeBatch.pack` describes. */
  pack(count: number, target: Uint8Array, at: number, starts: Uint32Array): void {
    if (this.native.pack(count, target, at, starts) < 0)
      throw new RangeError('the packed batch does not fit its target');
  }

  /** Empties every view of the payload memory that was handed out, and goes on with the same memory under a new array. */
  revokePayload(): void {
    const { byteOffset, length } = this.payload;
    this.payload = new Uint8Array(transfer(this.payload.buffer), byteOffset, length);
    this.payloadView = viewOf(this.payload);
    this.native.movePayload(this.payload);
  }
}

/** Bytes that begin a line of the cache: what is as long as a line touches one, and not two. */
function alignedBytes(length: number): Uint8Array<ArrayBuffer> {
  const buffer = new ArrayBuffer(length + CACHE_LINE);
  return new Uint8Array(buffer, CACHE_LINE - native().misalignment(buffer, CACHE_LINE), length);
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

function wordsOf({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length / Uint32Array.BYTES_PER_ELEMENT);
}

/**
 * Bytes of a slot that has room for so many: an odd number of lines of the cache, or else the beginnings of all slots would
 * compete for a few of its places.
 */
export function oddLines(bytes: number): number {
  return (Math.ceil(bytes / CACHE_LINE) | 1) * CACHE_LINE;
}

/** ArrayBuffer.prototype.transfer, which Node has since 22. */
function transfer(buffer: ArrayBuffer): ArrayBuffer {
  const { transfer: move } = ArrayBuffer.prototype as { transfer?: () => ArrayBuffer };
  return move === undefined ? structuredClone(buffer, { transfer: [buffer] }) : move.call(buffer);
}

function roundUp8(length: number): number {
  return (length + 7) & ~7;
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
