import { Exchange } from '../../io/exchange.js';
import { MessageBatch, oddLines } from '../../io/message-batch.js';
import type { ReceiveBatches } from './intake.js';
import { TransmitBatch } from './transmit-batch.js';

export interface BatchSetShape {
  /** Messages that are sent at a time. */
  slots: number;
  /** The longest message that is sent, from its transport header. */
  messageBytes: number;
  /** The longest message that is received whole. */
  receiveBytes: number;
  /** Whether any lane has a use for its error queue. */
  errors: boolean;
}

/** What a stamped packet must show: link header, IP header with options, and the start of the message. */
const ERROR_QUEUE_BYTES = 576;
/** Every control message that a lane asks for, with room to spare. */
const CONTROL_BYTES = 256;

/** Memory for a batch to be sent, and for what is received beside it. */
export class BatchSet implements ReceiveBatches {
  readonly outgoing: TransmitBatch;
  readonly incoming: MessageBatch;
  readonly errors: MessageBatch | undefined;
  private ownExchange: Exchange | undefined;

  constructor({ slots, messageBytes, receiveBytes, errors }: BatchSetShape) {
    this.outgoing = new TransmitBatch(slots, messageBytes);
    // Twice what is sent at a time: a batch that is not full says that the queue is empty, which saves a call to learn it.
    const shape = { slots: 2 * slots, controlBytes: oddLines(CONTROL_BYTES) };
    this.incoming = new MessageBatch({ ...shape, payloadBytes: oddLines(receiveBytes) });
    this.errors = errors ? new MessageBatch({ ...shape, payloadBytes: oddLines(ERROR_QUEUE_BYTES) }) : undefined;
  }

  get exchange(): Exchange {
    this.ownExchange ??= new Exchange(this.outgoing.messages, this.incoming, this.errors);
    return this.ownExchange;
  }
}
