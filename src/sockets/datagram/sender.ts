import { requireObject } from '../../io/argument-error.js';
import type { MessageBatch } from '../../io/message-batch.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type DatagramMemoryShape, giveMemoryBack, takeMemory } from './batch-memory.js';
import { withFragmentation } from './fragmentation.js';
import type { OutgoingDatagram } from './outgoing-datagram.js';
import { writePlainDatagrams } from './plain-datagrams.js';
import {
  cutDatagram,
  fitsSlot,
  type PreparationContext,
  type PreparedDatagram,
  prepareDatagram,
  writeSlot,
} from './prepared-datagram.js';
import type { Segmentation } from './segmentation.js';
import { type SendFailure, sendError } from './send-failure.js';
import { SlotSender, type SlotSenderOptions } from './slot-sender.js';
import type { TransmitStamps } from './transmit-stamps.js';

/** What came of `sendBatch`. */
export interface SendResult {
  /**
   * How many of the datagrams, from the first, were dealt with: sent, or failed on their own account. Fewer than were
   * given where the socket's buffer is full: send the rest again after 'drain'.
   */
  taken: number;
  /** Those that could not be sent, with the reason; the others are not held up by them. */
  failures: SendFailure[];
}

export interface SenderOptions extends PreparationContext, SlotSenderOptions {
  shape: DatagramMemoryShape;
  stamps: TransmitStamps;
  segmentation: Segmentation;
}

/** How far a system call came. */
interface Progress {
  /** The first datagram that is not dealt with. */
  end: number;
  /** The socket's buffer is full. */
  full: boolean;
}

/** The part of what is to be sent that goes by one system call. */
interface Chunk {
  datagrams: PreparedDatagram[];
  /** Which of the given datagrams each is. */
  indices: number[];
  dontFragment: boolean | undefined;
  /** The only one, and it cannot go by a slot as it is. */
  alone: boolean;
}

/** Sends datagrams in batches: sendmmsg(2). */
export class Sender {
  /** What is left of a datagram that had to be cut, when the socket's buffer was full. */
  private leftOver: PreparedDatagram[] = [];

  private readonly slots: SlotSender;

  constructor(private readonly options: SenderOptions) {
    this.slots = new SlotSender(options);
  }

  /** Sends in order; see `SendResult`. */
  send(messages: readonly OutgoingDatagram[]): SendResult {
    return this.withMemory(memory => {
      const failures: SendFailure[] = [];
      let taken = this.sendLeftOver(memory) ? 0 : -1;
      while (taken >= 0 && taken < messages.length) {
        const plain = writePlainDatagrams(memory, messages, taken, this.options);
        const { end, full } =
          plain > 0
            ? this.sendPlain(memory, messages, taken, plain, failures)
            : this.sendChunk(memory, messages, taken, failures);
        taken = end;
        if (full) break;
      }
      return { taken: Math.max(taken, 0), failures: failures.filter(({ index }) => index < taken) };
    });
  }

  private sendPlain(
    memory: MessageBatch,
    messages: readonly OutgoingDatagram[],
    first: number,
    count: number,
    failures: SendFailure[],
  ): Progress {
    const dealt = this.slots.sendSlots(memory, count);
    for (let slot = 0; slot < dealt; slot++) {
      const result = memory.results[slot] as number;
      if (result < 0) failures.push(this.failure(messages, first + slot, result));
    }
    return { end: first + dealt, full: dealt < count };
  }

  private sendChunk(
    memory: MessageBatch,
    messages: readonly OutgoingDatagram[],
    first: number,
    failures: SendFailure[],
  ): Progress {
    const chunk: Chunk = { datagrams: [], indices: [], dontFragment: undefined, alone: false };
    const end = this.fill(memory, messages, first, chunk, failures);
    const stopped = this.transmit(memory, messages, chunk, failures);
    return { end: stopped ?? end, full: stopped !== undefined };
  }

  private failure(messages: readonly OutgoingDatagram[], index: number, errno: number): SendFailure {
    return { index, error: sendError(errno, this.options.descriptor(), messages[index] as OutgoingDatagram) };
  }

  /** Whether parts of a datagram that was taken wait for room in the socket's buffer. */
  get holdsBack(): boolean {
    return this.leftOver.length > 0;
  }

  /** The socket's buffer has room again. Whether everything that was taken is sent. */
  flush(): boolean {
    return this.leftOver.length === 0 || this.withMemory(memory => this.sendLeftOver(memory));
  }

  private withMemory<Result>(use: (memory: MessageBatch) => Result): Result {
    const { shape } = this.options;
    const memory = takeMemory(shape);
    try {
      return use(memory);
    } finally {
      giveMemoryBack(shape, memory);
    }
  }

  /** Writes datagrams from `first` on into slots, as many as one call can send. @returns the first not looked at. */
  private fill(
    memory: MessageBatch,
    messages: readonly OutgoingDatagram[],
    first: number,
    chunk: Chunk,
    failures: SendFailure[],
  ): number {
    const { datagrams, indices } = chunk;
    const { segmentation } = this.options;
    let index = first;
    for (; index < messages.length && datagrams.length < memory.slots && !chunk.alone; index++) {
      const prepared = this.prepare(messages, index, failures);
      if (prepared === undefined) continue;
      const alone = !fitsSlot(prepared) || (prepared.segmentSize !== undefined && !segmentation.offloaded);
      if (datagrams.length > 0 && (alone || prepared.dontFragment !== chunk.dontFragment)) break;
      chunk.dontFragment = prepared.dontFragment;
      chunk.alone = alone;
      if (!alone) writeSlot(memory, datagrams.length, prepared);
      datagrams.push(prepared);
      indices.push(index);
    }
    return index;
  }

  private prepare(
    messages: readonly OutgoingDatagram[],
    index: number,
    failures: SendFailure[],
  ): PreparedDatagram | undefined {
    try {
      const message = requireObject(`messages[${index}]`, messages[index] as OutgoingDatagram);
      return prepareDatagram(message, this.options);
    } catch (error) {
      failures.push({ index, error: error as Error });
      return undefined;
    }
  }

  /** @returns the index of the first datagram that the full buffer held back; undefined where none was. */
  private transmit(
    memory: MessageBatch,
    messages: readonly OutgoingDatagram[],
    chunk: Chunk,
    failures: SendFailure[],
  ): number | undefined {
    const { datagrams, indices, dontFragment, alone } = chunk;
    const [only] = datagrams;
    if (only === undefined) return undefined;
    const descriptor = this.options.descriptor();
    const results = withFragmentation(descriptor, dontFragment, () =>
      alone ? this.sendAlone(memory, only) : this.sendFilled(memory, datagrams.length),
    );
    for (let slot = 0; slot < results.length; slot++) {
      const prepared = datagrams[slot] as PreparedDatagram;
      const result = results[slot] as number;
      if (result >= 0 && prepared.onTransmitted === undefined) continue;
      const index = indices[slot] as number;
      const errno = this.settle(memory, prepared, result);
      if (errno < 0) failures.push(this.failure(messages, index, errno));
    }
    return indices[results.length];
  }

  /** A copy of the results: what is cut is sent by way of the same memory. */
  private sendFilled(memory: MessageBatch, count: number): Int32Array {
    const dealt = this.slots.sendSlots(memory, count);
    return memory.results.slice(0, dealt);
  }

  /** A datagram's fate: its stamp is waited for, or what the kernel could not cut is cut here. @returns its errno or 0. */
  private settle(memory: MessageBatch, prepared: PreparedDatagram, result: number): number {
    if (result >= 0) {
      if (prepared.onTransmitted !== undefined) this.options.stamps.expect(prepared.onTransmitted);
      return 0;
    }
    const cut = prepared.segmentSize !== undefined && this.options.segmentation.refused(result);
    if (!cut) return result;
    const errno = Math.min(0, this.sendCut(memory, prepared));
    if (errno !== -LINUX.EAGAIN) return errno;
    this.keep(cutDatagram(prepared));
    return 0;
  }

  private sendAlone(memory: MessageBatch, prepared: PreparedDatagram): Int32Array {
    const result = fitsSlot(prepared) ? this.sendCut(memory, prepared) : this.sendSingly(prepared);
    return result === -LINUX.EAGAIN ? new Int32Array(0) : Int32Array.of(result);
  }

  private sendSingly({ payload, name, control }: PreparedDatagram): number {
    const send = () => native().sendMessage(this.options.descriptor(), payload, name ?? null, control ?? null, 0);
    const result = send();
    return result < 0 && result !== -LINUX.EAGAIN ? this.slots.resend(result, send) : result;
  }

  /** Sends the parts one by one. Those that find the buffer full are kept, unless not even the first was sent. */
  private sendCut(memory: MessageBatch, prepared: PreparedDatagram): number {
    const parts = cutDatagram(prepared);
    const { sent, errno } = this.slots.sendParts(memory, parts);
    if (errno < 0) return errno;
    if (sent === 0) return -LINUX.EAGAIN;
    this.keep(parts.slice(sent));
    return prepared.payload.length;
  }

  /** The caller may change its payload as soon as the call is over. A copy: the slice() of a Buffer is the same memory. */
  private keep(parts: readonly PreparedDatagram[]): void {
    this.leftOver.push(...parts.map(part => ({ ...part, payload: new Uint8Array(part.payload) })));
  }

  private sendLeftOver(memory: MessageBatch): boolean {
    if (this.leftOver.length === 0) return true;
    const { sent, errno } = this.slots.sendParts(memory, this.leftOver);
    this.leftOver = errno < 0 ? [] : this.leftOver.slice(sent);
    return this.leftOver.length === 0;
  }
}
