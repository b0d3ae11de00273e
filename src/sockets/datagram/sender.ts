import { requireObject } from '../../io/argument-error.js';
import type { MessageBatch } from '../../io/message-batch.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { type DatagramMemoryShape, giveMemoryBack, takeMemory } from './batch-memory.js';
import { withFragmentation } from './fragmentation.js';
import { LeftOver } from './left-over.js';
import type { OutgoingDatagram } from './outgoing-datagram.js';
import { PlainSender } from './plain-sender.js';
import {
  cutDatagram,
  fitsSlot,
  type PreparationContext,
  type PreparedDatagram,
  prepareDatagram,
  writeSlot,
} from './prepared-datagram.js';
import type { Segmentation } from './segmentation.js';
import type { SendFailure } from './send-failure.js';
import { type Progress, SendRun } from './send-run.js';
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
  /** Plain datagrams of one length to one destination go as one. */
  join: boolean;
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
  private readonly slots: SlotSender;
  private readonly leftOver: LeftOver;
  private readonly plain: PlainSender;

  constructor(private readonly options: SenderOptions) {
    const { segmentation, join, shape } = options;
    this.slots = new SlotSender(options);
    this.leftOver = new LeftOver(this.slots);
    this.plain = new PlainSender({
      context: options,
      slots: this.slots,
      leftOver: this.leftOver,
      segmentation,
      joinedSlots: join ? shape.slots : undefined,
    });
  }

  /** Sends in order; see `SendResult`. */
  send(messages: readonly OutgoingDatagram[]): SendResult {
    return this.withMemory(memory => {
      const run = new SendRun(memory, messages, this.options.descriptor);
      let taken = this.leftOver.send(memory) ? 0 : -1;
      while (taken >= 0 && taken < messages.length) {
        const { end, full } = this.plain.send(run, taken) ?? this.sendChunk(run, taken);
        taken = end;
        if (full) break;
      }
      return { taken: Math.max(taken, 0), failures: run.failures.filter(({ index }) => index < taken) };
    });
  }

  /** Whether parts of a datagram that was taken wait for room in the socket's buffer. */
  get holdsBack(): boolean {
    return this.leftOver.waits;
  }

  /** The socket's buffer has room again. Whether everything that was taken is sent. */
  flush(): boolean {
    return !this.leftOver.waits || this.withMemory(memory => this.leftOver.send(memory));
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

  private sendChunk(run: SendRun, first: number): Progress {
    const chunk: Chunk = { datagrams: [], indices: [], dontFragment: undefined, alone: false };
    const end = this.fill(run, first, chunk);
    const stopped = this.transmit(run, chunk);
    return { end: stopped ?? end, full: stopped !== undefined };
  }

  /** Writes datagrams from `first` on into slots, as many as one call can send. @returns the first not looked at. */
  private fill(run: SendRun, first: number, chunk: Chunk): number {
    const { datagrams, indices } = chunk;
    const { segmentation } = this.options;
    const { memory } = run;
    let index = first;
    for (; index < run.messages.length && datagrams.length < memory.slots && !chunk.alone; index++) {
      const prepared = this.prepare(run, index);
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

  private prepare(run: SendRun, index: number): PreparedDatagram | undefined {
    try {
      return prepareDatagram(requireObject(`messages[${index}]`, run.message(index)), this.options);
    } catch (error) {
      run.failures.push({ index, error: error as Error });
      return undefined;
    }
  }

  /** @returns the index of the first datagram that the full buffer held back; undefined where none was. */
  private transmit(run: SendRun, chunk: Chunk): number | undefined {
    const { memory } = run;
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
      if (errno < 0) run.fail(index, errno);
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
      if (prepared.onTransmitted !== undefined)
        this.options.stamps.expect(prepared.onTransmitted, prepared.outgoing?.stampNumber);
      return 0;
    }
    const cut = prepared.segmentSize !== undefined && this.options.segmentation.refused(result);
    if (!cut) return result;
    const errno = Math.min(0, this.sendCut(memory, prepared));
    if (errno !== -LINUX.EAGAIN) return errno;
    this.leftOver.keep(cutDatagram(prepared));
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
    this.leftOver.keep(parts.slice(sent));
    return prepared.payload.length;
  }
}
