import { ArgumentError, requireBytes, requireInteger, requireObject } from '../../io/argument-error.js';
import type { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import { decodeUnixControl, type UnixCredentials, writeUnixControl } from '../../wire/unix-control.js';
import { descriptorNumbers } from './descriptor-numbers.js';
import { DescriptorsLostError } from './descriptors-lost-error.js';
import { OwnedDescriptor } from './owned-descriptor.js';
import type { UnixSendOptions } from './parcel.js';
import { BATCH_SLOTS } from './receive-options.js';
import { createBatch } from './shared-batch.js';

export interface UnixBatchOptions {
  /** Messages that the batch can hold, 1 to 1024. Default: 64. */
  slots?: number;
  /** Bytes of the longest message, 1 to 1 MiB; longer ones are cut, which `length` tells. Default: 2048. */
  maximumMessageSize?: number;
}

const MOST_SLOTS = 1024;
const LONGEST_MESSAGE = 1024 * 1024;
const DEFAULT_MESSAGE = 2048;
const NO_DESCRIPTORS: readonly number[] = [];

/**
 * Memory for many messages, which one system call fills or sends, and which is used again and again: where a program handles
 * hundreds of thousands of messages a second, objects and promises for each would cost more than the kernel does.
 *
 * Index i stands for the i-th message, 0 to count - 1.
 */
export class UnixBatch {
  readonly slots: number;
  readonly maximumMessageSize: number;
  readonly #memory: MessageBatch;
  #count = 0;
  /** True while the batch holds received messages, whose descriptors are then its to close. */
  #received = false;
  readonly #taken: Uint8Array;
  readonly #pidfdTaken: Uint8Array;

  constructor(options: UnixBatchOptions = {}) {
    const { slots = BATCH_SLOTS, maximumMessageSize = DEFAULT_MESSAGE } = requireObject('options', options);
    this.slots = requireInteger('slots', slots, 1, MOST_SLOTS, 'messages');
    this.maximumMessageSize = requireInteger('maximumMessageSize', maximumMessageSize, 1, LONGEST_MESSAGE, 'bytes');
    this.#memory = createBatch(this.slots, this.maximumMessageSize);
    this.#taken = new Uint8Array(this.slots);
    this.#pidfdTaken = new Uint8Array(this.slots);
  }

  /** Messages that the batch holds. */
  get count(): number {
    return this.#count;
  }

  /** Empties the batch, and closes descriptors that it received and nobody took. */
  clear(): void {
    for (let index = 0; this.#received && index < this.#count; index++) {
      this.#closeUntaken(index);
      this.pidfd(index)?.close();
    }
    this.#taken.fill(0);
    this.#pidfdTaken.fill(0);
    this.#count = 0;
    this.#received = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  /**
   * Adds a message to be sent. Its bytes are copied; its descriptors must stay open until it is sent.
   * @returns false where the batch is full.
   * @throws ArgumentError for what is no Uint8Array, or longer than `maximumMessageSize`; as `send()` for the options.
   */
  add(data: Uint8Array, options: UnixSendOptions = {}): boolean {
    if (this.#received) this.clear();
    if (this.#count === this.slots) return false;
    requireBytes('data', data);
    requireObject('options', options);
    requireInteger('data', data.length, 0, this.maximumMessageSize, 'bytes');
    const index = this.#count;
    this.#memory.payload.set(data, index * this.#memory.payloadStride);
    this.#memory.lengths[index] = data.length;
    this.#memory.nameLengths[index] = 0;
    this.#memory.controlLengths[index] = this.#writeControl(index, options);
    this.#count++;
    return true;
  }

  /** Bytes of message `index`; more than its data where it was cut. */
  length(index: number): number {
    return this.#memory.lengths[this.#require(index)] ?? 0;
  }

  /** The bytes of message `index` where they lie: the next use of the batch overwrites them. */
  data(index: number): Uint8Array {
    const start = this.#require(index) * this.#memory.payloadStride;
    const length = Math.min(this.#memory.lengths[index] ?? 0, this.maximumMessageSize);
    return this.#memory.payload.subarray(start, start + length);
  }

  /**
   * The descriptors of received message `index`, which are the caller's from then on. A second call gives none.
   * @throws DescriptorsLostError where the kernel dropped some; those that arrived are closed.
   */
  descriptors(index: number): OwnedDescriptor[] {
    const { descriptors } = this.#control(index);
    if (this.#taken[index] === 1) return [];
    if (((this.#memory.flags[index] ?? 0) & LINUX.MSG_CTRUNC) !== 0) {
      this.#closeUntaken(index);
      throw new DescriptorsLostError(Buffer.from(this.data(index)), descriptors.length);
    }
    this.#taken[index] = 1;
    return descriptors.map(descriptor => new OwnedDescriptor(descriptor));
  }

  /** A pidfd of the sender of received message `index`, where the socket was asked for one; the caller's from then on. */
  pidfd(index: number): OwnedDescriptor | undefined {
    const { pidfd } = this.#control(index);
    if (pidfd === undefined || this.#pidfdTaken[index] === 1) return undefined;
    this.#pidfdTaken[index] = 1;
    return new OwnedDescriptor(pidfd);
  }

  /** The sender of received message `index`, where the socket was asked to tell. */
  credentials(index: number): UnixCredentials | undefined {
    return this.#control(index).credentials;
  }

  /**
   * recvmmsg(2) into the batch. For the sockets of this package.
   * @returns how many messages it holds now, or -errno.
   */
  receiveFrom(descriptor: number): number {
    this.clear();
    const count = this.#memory.receive(descriptor, LINUX.MSG_TRUNC, this.slots);
    if (count > 0) {
      this.#count = count;
      this.#received = true;
    }
    return count;
  }

  /**
   * sendmmsg(2) from message `first` on. For the sockets of this package.
   * @returns how many were dealt with: sent, or refused, which `refusal` tells.
   */
  sendTo(descriptor: number, first: number): number {
    return this.#memory.send(descriptor, first, this.#count - first);
  }

  /** Why the kernel refused message `index` of the last sending: -errno; 0 where it took it. */
  refusal(index: number): number {
    return Math.min(0, this.#memory.results[index] ?? 0);
  }

  /** True where the batch may end with the end of a connection, which looks like messages without a byte. */
  mayEnd(): boolean {
    return this.#count === this.slots && this.#isEmpty(this.#count - 1);
  }

  /** Takes away what looked like messages and was the end. */
  dropTrailingEmpty(): void {
    while (this.#count > 0 && this.#isEmpty(this.#count - 1)) this.#count--;
  }

  #isEmpty(index: number): boolean {
    return this.#memory.lengths[index] === 0 && this.#memory.controlLengths[index] === 0;
  }

  #writeControl(index: number, { descriptors, credentials }: UnixSendOptions): number {
    if (descriptors === undefined && credentials === undefined) return 0;
    const numbers = descriptors === undefined ? NO_DESCRIPTORS : descriptorNumbers(descriptors);
    return writeUnixControl(this.#memory.control, index * this.#memory.controlStride, numbers, credentials);
  }

  #control(index: number) {
    const start = this.#require(index) * this.#memory.controlStride;
    return decodeUnixControl(this.#memory.control, start, start + (this.#memory.controlLengths[index] ?? 0));
  }

  #closeUntaken(index: number): void {
    if (this.#taken[index] === 1 || this.#memory.controlLengths[index] === 0) return;
    this.#taken[index] = 1;
    const { descriptors } = this.#control(index);
    for (const descriptor of descriptors) new OwnedDescriptor(descriptor).close();
  }

  #require(index: number): number {
    return requireInteger('index', index, 0, this.#count - 1);
  }
}

/** @throws ArgumentError */
export function requireBatch(batch: UnixBatch): void {
  if (batch instanceof UnixBatch) return;
  throw new ArgumentError('batch', batch, 'a UnixBatch');
}
