import type { MessageBatch } from '../../io/message-batch.js';
import { LINUX } from '../../wire/constants.generated.js';
import { DatagramControl } from '../../wire/datagram-control.js';
import { decodeExtendedError, type ExtendedError } from '../../wire/extended-error.js';
import type { Realtime } from '../../wire/time.js';
import type { AddressCache } from './address-cache.js';
import { giveMemoryBack, takeMemory } from './batch-memory.js';
import { createNetworkError, type NetworkError } from './network-error.js';

/** Quotes are cut to what an ICMP message can hold: RFC 4884 and RFC 4443 end them at 576 and 1280 bytes. */
const SHAPE = { slots: 16, payloadBytes: 1536 };
/** The queue is as long as the receive buffer; a turn takes no more than this of it. */
const TAKEN_AT_ONCE = 256;

/** What takes the queue's contents. */
export interface ErrorQueueSink {
  networkError(error: NetworkError): void;
  /** @param id which stamped datagram it was: the SOF_TIMESTAMPING_OPT_ID counter. @param kind SCM_TSTAMP_ number. */
  transmitted(id: number, kind: number, stamp: Realtime): void;
}

/** The error queue of a datagram socket (MSG_ERRQUEUE of recv(2)): errors of the network, and transmit stamps. */
export class ErrorQueue {
  /** Errors that ICMP messages told of so far. Such an error may have made any send fail, a local one only its own. */
  remoteErrors = 0;
  private readonly control = new DatagramControl();

  constructor(
    private readonly addresses: AddressCache,
    private readonly sink: ErrorQueueSink,
  ) {}

  /** Empties the queue. @returns how many entries there were. */
  drain(descriptor: number): number {
    const memory = takeMemory(SHAPE);
    try {
      let total = 0;
      while (total < TAKEN_AT_ONCE) {
        const count = memory.receive(descriptor, LINUX.MSG_ERRQUEUE);
        // Anything but a count ends it: EAGAIN where it is empty, and a pending error is told by the next entry.
        if (count <= 0) break;
        for (let slot = 0; slot < count; slot++) this.take(memory, slot);
        total += count;
      }
      return total;
    } finally {
      giveMemoryBack(SHAPE, memory);
    }
  }

  private take(memory: MessageBatch, slot: number): void {
    const start = slot * memory.controlStride;
    const { errorStart, errorEnd } = this.control.read(
      memory.controlWords,
      start,
      start + (memory.controlLengths[slot] ?? 0),
    );
    if (errorStart === errorEnd) return;
    const extended = decodeExtendedError(memory.control, errorStart, errorEnd);
    if (extended.origin === 'timestamping') this.takeStamp(memory, slot, extended);
    else if (extended.origin !== 'zerocopy') this.takeError(memory, slot, extended);
  }

  private takeStamp(memory: MessageBatch, slot: number, { data, info }: ExtendedError): void {
    const stamp = memory.stamps[slot] ?? Number.NaN;
    if (!Number.isNaN(stamp)) this.sink.transmitted(data, info, stamp as Realtime);
  }

  private takeError(memory: MessageBatch, slot: number, extended: ExtendedError): void {
    if (extended.origin !== 'local') this.remoteErrors++;
    const { names, nameWords, nameStride, nameLengths } = memory;
    const destination = this.addresses.source(names, nameWords, slot * nameStride, nameLengths[slot] ?? 0);
    const start = slot * memory.payloadStride;
    const length = Math.min(memory.lengths[slot] ?? 0, memory.payloadStride);
    const quote = Buffer.from(memory.payload.subarray(start, start + length));
    this.sink.networkError(createNetworkError(extended, destination, quote));
  }
}
