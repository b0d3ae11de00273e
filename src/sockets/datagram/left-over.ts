import type { MessageBatch } from '../../io/message-batch.js';
import type { PreparedDatagram } from './prepared-datagram.js';
import type { SlotSender } from './slot-sender.js';

/** Datagrams that were taken as one, had to be sent one by one, and found the socket's buffer full. They go before all others. */
export class LeftOver {
  private parts: PreparedDatagram[] = [];

  constructor(private readonly slots: SlotSender) {}

  get waits(): boolean {
    return this.parts.length > 0;
  }

  /** The caller may change its payload as soon as the call is over. A copy: the slice() of a Buffer is the same memory. */
  keep(parts: readonly PreparedDatagram[]): void {
    this.parts.push(...parts.map(part => ({ ...part, payload: new Uint8Array(part.payload) })));
  }

  /** @returns whether nothing waits any longer. */
  send(memory: MessageBatch): boolean {
    if (this.parts.length === 0) return true;
    const { sent, errno } = this.slots.sendParts(memory, this.parts);
    this.parts = errno < 0 ? [] : this.parts.slice(sent);
    return this.parts.length === 0;
  }
}
