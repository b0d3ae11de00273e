import type { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import { withFragmentation } from './fragmentation.js';
import { type PreparedDatagram, writeSlot } from './prepared-datagram.js';

export interface SlotSenderOptions {
  descriptor(): number;
  /** Takes what the error queue holds. Whether an ICMP message was in it. */
  findRemoteError(): boolean;
}

/** The next send tells a pending error of the network, which may well be about another datagram: see `resend`. */
const RETRIES = 3;

/** Sends what lies in a batch's slots, whatever errors of other datagrams stand in the way. */
export class SlotSender {
  constructor(private readonly options: SlotSenderOptions) {}

  /** @returns how many have a result in `memory.results`; fewer than `count` where the buffer is full. */
  sendSlots(memory: MessageBatch, count: number): number {
    const { results } = memory;
    const dealt = memory.send(this.options.descriptor(), 0, count);
    for (let slot = 0; slot < dealt; slot++) {
      const result = results[slot] as number;
      if (result < 0) results[slot] = this.resend(result, () => this.sendSlot(memory, slot));
    }
    return dealt;
  }

  private sendSlot(memory: MessageBatch, slot: number): number {
    const dealt = memory.send(this.options.descriptor(), slot, 1);
    return dealt === 0 ? -LINUX.EAGAIN : (memory.results[slot] as number);
  }

  /**
   * Where the error queue shows that the network had an error to tell, this datagram was not sent because of it, and is
   * sent now: udp(7), "all fatal errors will be passed to the user as an error return even when the socket is not connected".
   */
  resend(errno: number, send: () => number): number {
    let result = errno;
    for (let retry = 0; retry < RETRIES; retry++) {
      if (result >= 0 || result === -LINUX.EAGAIN || !this.options.findRemoteError()) break;
      result = send();
    }
    return result;
  }

  /** Sends datagrams one after the other. @returns how many went, and the errno of one that could not. */
  sendParts(memory: MessageBatch, parts: readonly PreparedDatagram[]): { sent: number; errno: number } {
    let sent = 0;
    while (sent < parts.length) {
      const count = Math.min(parts.length - sent, memory.slots);
      for (let slot = 0; slot < count; slot++) writeSlot(memory, slot, parts[sent + slot] as PreparedDatagram);
      const dealt = withFragmentation(this.options.descriptor(), parts[0]?.dontFragment, () =>
        this.sendSlots(memory, count),
      );
      const failed = memory.results.subarray(0, dealt).find(result => result < 0);
      if (failed !== undefined) return { sent, errno: failed };
      sent += dealt;
      if (dealt < count) break;
    }
    return { sent, errno: 0 };
  }
}
