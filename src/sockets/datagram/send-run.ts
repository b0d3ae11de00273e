import type { MessageBatch } from '../../io/message-batch.js';
import type { OutgoingDatagram } from './outgoing-datagram.js';
import { type SendFailure, sendError } from './send-failure.js';

/** How far a system call came. */
export interface Progress {
  /** The first datagram that is not dealt with. */
  end: number;
  /** The socket's buffer is full. */
  full: boolean;
}

/** One call of `sendBatch`. */
export class SendRun {
  readonly failures: SendFailure[] = [];

  constructor(
    readonly memory: MessageBatch,
    readonly messages: readonly OutgoingDatagram[],
    private readonly descriptor: () => number,
  ) {}

  message(index: number): OutgoingDatagram {
    return this.messages[index] as OutgoingDatagram;
  }

  /** The kernel refused the datagram at `index`. */
  fail(index: number, errno: number): void {
    this.failures.push({ index, error: sendError(errno, this.descriptor(), this.message(index)) });
  }
}
