import type { MessageBatch } from '../../io/message-batch.js';
import { native } from '../../io/native.js';
import { LINUX } from '../../wire/constants.generated.js';
import { NANOSECONDS_PER_MILLISECOND } from '../../wire/time.js';
import { BatchEntries } from './batch-entries.js';
import { type DatagramMemoryShape, giveMemoryBack, takeMemory } from './batch-memory.js';
import type { Datagram } from './datagram.js';
import { type BatchLender, DatagramBatch } from './datagram-batch.js';
import { unpackDatagrams } from './unpack.js';

/** A turn of the event loop receives for so long at most, so that timers and other sockets have theirs under a flood. */
const LONGEST_TURN = 2 * NANOSECONDS_PER_MILLISECOND;

/** Who takes what is received: copies one by one, or lent batches. */
export type DatagramTaker =
  | { kind: 'datagrams'; take(datagram: Datagram): void }
  | { kind: 'batches'; take(batch: DatagramBatch): void | Promise<void> };

export interface ReceiverOptions extends BatchLender {
  shape: DatagramMemoryShape;
  /** UDP_GRO is on: one message may hold several datagrams. */
  joined: boolean;
  /** Bytes of a datagram that are kept. */
  longest: number;
  /** Called when receiving may go on, or must wait. */
  onFlow(): void;
  /** A lent batch's promise was rejected. */
  onRejection(error: unknown): void;
}

/** Receives in batches and hands them on, as long as somebody takes them. */
export class Receiver {
  private currentTaker: DatagramTaker | undefined;
  private paused = false;
  private lent = false;
  private readonly entries: BatchEntries;
  /** Copied datagrams that were kept back in the middle of a batch: by a pause, or because nobody took them any more. */
  private kept: Datagram[] = [];
  private next = 0;

  constructor(private readonly options: ReceiverOptions) {
    this.entries = new BatchEntries(options.joined, options.longest);
  }

  get taker(): DatagramTaker | undefined {
    return this.currentTaker;
  }

  set taker(taker: DatagramTaker | undefined) {
    this.currentTaker = taker;
    if (taker !== undefined && this.kept.length > 0) setImmediate(() => this.deliverKept());
  }

  /** Whether the socket should be read. */
  get flowing(): boolean {
    return this.taker !== undefined && !this.paused && !this.lent;
  }

  pause(): void {
    this.paused = true;
    this.options.onFlow();
  }

  resume(): void {
    this.paused = false;
    this.deliverKept();
    this.options.onFlow();
  }

  /** Forgets what was received and not yet delivered: the socket is closed. */
  close(): void {
    this.taker = undefined;
    this.kept = [];
    this.next = 0;
  }

  /**
   * Receives what waits, for a turn's time at most.
   * @returns how many messages it took until none waited; 0: there was none, or more may wait; the negated errno that ended
   * it: other than -EAGAIN.
   */
  turn(descriptor: number): number {
    const end = native().monotonicNow() + LONGEST_TURN;
    const { shape } = this.options;
    let taken = 0;
    while (this.flowing) {
      const memory = takeMemory(shape);
      const count = memory.receive(descriptor, LINUX.MSG_TRUNC);
      if (count <= 0) {
        giveMemoryBack(shape, memory);
        return count === -LINUX.EAGAIN ? taken : count;
      }
      taken += count;
      this.deliver(memory, count);
      if (count < shape.slots) return taken;
      if (native().monotonicNow() >= end) return 0;
    }
    return 0;
  }

  private deliver(memory: MessageBatch, count: number): void {
    this.entries.read(memory, count);
    if (this.taker?.kind === 'batches') this.lend(memory, this.taker);
    else this.copy(memory);
  }

  private copy(memory: MessageBatch): void {
    const datagrams = unpackDatagrams(memory, this.entries, this.options.slabs);
    giveMemoryBack(this.options.shape, memory);
    this.kept = this.next < this.kept.length ? [...this.kept.slice(this.next), ...datagrams] : datagrams;
    this.next = 0;
    this.deliverKept();
  }

  /** What a handler that throws leaves is delivered in the next turn. */
  private deliverKept(): void {
    let completed = false;
    try {
      while (this.next < this.kept.length && this.flowing && this.taker?.kind === 'datagrams') {
        const datagram = this.kept[this.next++] as Datagram;
        this.taker.take(datagram);
      }
      completed = true;
    } finally {
      if (!completed) setImmediate(() => this.deliverKept());
    }
    if (this.next >= this.kept.length) this.kept = [];
  }

  private lend(memory: MessageBatch, taker: Extract<DatagramTaker, { kind: 'batches' }>): void {
    const batch = new DatagramBatch(memory, this.entries, this.options);
    let handling: Promise<void> | undefined;
    try {
      handling = taker.take(batch) ?? undefined;
    } finally {
      if (handling === undefined) this.endLoan(batch);
    }
    if (handling !== undefined) this.awaitLoan(batch, handling);
  }

  private awaitLoan(batch: DatagramBatch, result: Promise<void>): void {
    this.lent = true;
    this.options.onFlow();
    result.catch(this.options.onRejection).finally(() => {
      this.lent = false;
      this.endLoan(batch);
      this.options.onFlow();
    });
  }

  private endLoan(batch: DatagramBatch): void {
    const memory = batch.return();
    if (memory !== undefined) giveMemoryBack(this.options.shape, memory);
  }
}
