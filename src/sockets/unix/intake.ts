import { ArgumentError, requireInteger, requireObject, requireSignal } from '../../io/argument-error.js';
import { type SystemCallError, systemCallError } from '../../io/errors.js';
import { DescriptorsLostError } from './descriptors-lost-error.js';
import { Inbox } from './inbox.js';
import { BATCH_SLOTS, receiveBatchOf, type UnixReceiveOptions } from './receive-options.js';
import type { UnixMessage } from './unix-message.js';

/** What a read ended with: there may be more, there is nothing more now, the peer has ended; or -errno. */
export type ReadOutcome = 'more' | 'empty' | 'end' | number;

/** The socket for which an intake works. */
export interface IntakeHost {
  /**
   * Appends what waits in the kernel to `messages`, `limit` of them at most.
   * @param buffer the caller's memory for the data of one message.
   */
  read(limit: number, messages: UnixMessage[], buffer?: Uint8Array): ReadOutcome;
  /** True while the socket would take messages of which nobody waits for one by name, as with 'message' listeners. */
  readonly takesMessages: boolean;
  /** True where `takesMessages` is for listeners, who take a batch at once. */
  readonly takesBatches: boolean;
  /** Takes a message for which nobody waits. */
  take(message: UnixMessage): void;
  /** Descriptors of a message were lost; `told` where somebody who waited has been given the error. */
  lost(error: DescriptorsLostError, told: boolean): void;
  /** Reading failed; `told` as for `lost`. */
  failed(error: SystemCallError, told: boolean): void;
  /** The peer has ended and everything before that was taken. */
  ended(): void;
  /** Begins or ends to wait until there is something to read. */
  wantReadable(wanted: boolean): void;
}

export interface ReceiveOptions {
  /** Ends the wait; the call rejects with the signal's reason, and no message is lost. */
  signal?: AbortSignal;
  /**
   * Memory to receive into, at least one byte: the message's `data` is a part of it, and the next call may have it again. It
   * saves the making of a buffer for each message. Used by `receive()` of a stream. What was read before the call, as by
   * `receiveMany()`, has its own.
   */
  buffer?: Uint8Array;
}

/** How a caller wants what it waits for. */
interface Wish {
  /** Messages that may be read at once. */
  readonly limit: number;
  readonly buffer: Uint8Array | undefined;
}

const ONE_MESSAGE: Wish = Object.freeze({ limit: 1, buffer: undefined });

/** Reads of one turn of the event loop: then others have theirs. */
const READS_A_TURN = 16;

/** Moves messages from the kernel to whoever wants them, and only while somebody does: what nobody reads waits there. */
export class Intake {
  readonly #host: IntakeHost;
  readonly #inbox = new Inbox<UnixMessage, Wish>();
  readonly #batch: number;
  readonly #reportLoss: boolean;
  readonly #watchers: (() => void)[] = [];
  #pumping = false;
  #peerEnded = false;
  #closed = false;

  constructor(host: IntakeHost, options: UnixReceiveOptions) {
    this.#host = host;
    this.#batch = receiveBatchOf(options);
    this.#reportLoss = options.lostDescriptors === 'report';
  }

  /** The next message; undefined after the end. */
  receive(options?: ReceiveOptions): Promise<UnixMessage | undefined> {
    return this.#receive(1, options);
  }

  /** What waits, from one to `limit` messages; none after the end. */
  async receiveMany(limit = BATCH_SLOTS, options: ReceiveOptions = {}): Promise<UnixMessage[]> {
    requireInteger('limit', limit, 1, BATCH_SLOTS, 'messages');
    const messages: UnixMessage[] = [];
    let message = await this.#receive(limit, options);
    while (message !== undefined) {
      messages.push(message);
      message = messages.length < limit ? this.#shiftWhole() : undefined;
    }
    return messages;
  }

  /** Messages until the end. */
  async *messages(options: ReceiveOptions = {}): AsyncGenerator<UnixMessage, void, undefined> {
    for (let message = await this.receive(options); message !== undefined; message = await this.receive(options)) {
      yield message;
    }
  }

  async #receive(limit: number, options?: ReceiveOptions): Promise<UnixMessage | undefined> {
    if (options !== undefined) requireObject('options', options);
    const wish = wishOf(limit, options?.buffer);
    const message = this.#inbox.wait(wish, requireSignal(options?.signal));
    this.pump();
    return await message;
  }

  /** Reads and delivers while messages are wanted and there are some. */
  pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    let completed = false;
    try {
      this.#deliverWanted();
      completed = true;
    } finally {
      this.#pumping = false;
      // What a handler that throws leaves is delivered in the next turn.
      if (!completed) setImmediate(() => this.pump());
    }
    if (this.#wanted) this.#host.wantReadable(true);
  }

  #deliverWanted(): void {
    for (let reads = 0; this.#wanted; ) {
      const message = this.#inbox.shift();
      if (message !== undefined) this.#deliver(message);
      else if (this.#peerEnded) this.#end();
      else if (reads++ === READS_A_TURN || !this.#read()) break;
    }
  }

  /** Resolves once there is something to read, for who reads by himself; or the socket is closed. */
  readableOnce(): Promise<void> {
    this.#host.wantReadable(true);
    return new Promise(resolve => this.#watchers.push(resolve));
  }

  /**
   * The descriptor is readable. Waiting for that ends here rather than with the last taker, because takers who come one by
   * one would otherwise have the kernel asked to watch, and not to watch, for each message.
   */
  readable(): void {
    if (this.#watchers.length > 0) this.#wake();
    else if (this.#wanted) this.pump();
    else this.#host.wantReadable(false);
  }

  /** The peer has ended, and nothing is left in the kernel: ends, unless messages that were read still wait for a taker. */
  finish(): void {
    this.#peerEnded = true;
    if (!this.#closed && this.#inbox.isEmpty) this.#end();
  }

  /** The socket is gone: closes what was not taken. */
  close(error: Error | null): void {
    this.#closed = true;
    this.#wake();
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) message.close();
    if (error === null) this.#inbox.end();
    else this.#inbox.fail(error);
  }

  #wake(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  get #wanted(): boolean {
    return !this.#closed && (this.#inbox.wanted || this.#host.takesMessages);
  }

  /** False where nothing came. */
  #read(): boolean {
    const messages: UnixMessage[] = [];
    const { limit, buffer } = this.#inbox.nextWish ?? this.#listenersWish;
    const outcome = this.#host.read(limit, messages, buffer);
    for (const message of messages) this.#put(message);
    if (outcome === 'end') this.#peerEnded = true;
    else if (typeof outcome === 'number') this.#fail(systemCallError(outcome, 'recvmsg'));
    return messages.length > 0 || this.#peerEnded;
  }

  /** Descriptors that will be given to nobody are closed at once, because this process has no free ones. */
  #put(message: UnixMessage): void {
    if (this.#isLoss(message)) message.close();
    this.#inbox.put(message);
  }

  #fail(error: SystemCallError): void {
    this.#host.failed(error, this.#inbox.refuse(error));
  }

  get #listenersWish(): Wish {
    return this.#host.takesBatches ? { limit: this.#batch, buffer: undefined } : ONE_MESSAGE;
  }

  #deliver(message: UnixMessage): void {
    if (this.#isLoss(message)) this.#lose(message);
    else if (!this.#inbox.give(message)) this.#host.take(message);
  }

  /** The next message that was read; not one that is a loss, which the next call is told. */
  #shiftWhole(): UnixMessage | undefined {
    const next = this.#inbox.peek();
    return next === undefined || this.#isLoss(next) ? undefined : this.#inbox.shift();
  }

  #isLoss(message: UnixMessage): boolean {
    return message.descriptorsLost && !this.#reportLoss;
  }

  #lose(message: UnixMessage): void {
    const error = new DescriptorsLostError(message.data, message.descriptors.length);
    this.#host.lost(error, this.#inbox.refuse(error));
  }

  #end(): void {
    this.#closed = true;
    this.#inbox.end();
    this.#host.ended();
  }
}

/** @throws ArgumentError for a buffer that nothing could be received into. */
function wishOf(limit: number, buffer: Uint8Array | undefined): Wish {
  if (buffer === undefined) return limit === 1 ? ONE_MESSAGE : { limit, buffer };
  if (buffer instanceof Uint8Array && buffer.length > 0) return { limit, buffer };
  throw new ArgumentError('buffer', buffer, 'a Uint8Array of at least one byte');
}
