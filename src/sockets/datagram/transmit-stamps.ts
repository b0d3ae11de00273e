import { LINUX } from '../../wire/constants.generated.js';
import type { Realtime } from '../../wire/time.js';
import { kernelTakesPacketNumbers } from '../packet-numbers.js';
import type { StampRequest, TransmitStamp } from './outgoing-datagram.js';

/** Callbacks kept for stamps that have not come; the kernel loses stamps when the receive buffer is full. */
const MOST_PENDING = 4096;

const KINDS = new Map<number, TransmitStamp['kind']>([
  [LINUX.SCM_TSTAMP_SND, 'software'],
  [LINUX.SCM_TSTAMP_SCHED, 'scheduled'],
]);

/**
 * Who waits for which stamp: it bears the datagram's number (SOF_TIMESTAMPING_OPT_ID). A kernel that takes no numbers counts
 * stamped datagrams from 0, and so does this then, in the order in which they were sent; once it has counted one that it
 * could not send, later stamps are nobody's.
 */
export class TransmitStamps {
  private readonly pending = new Map<number, (stamp: TransmitStamp) => void>();
  private next = 0;

  request(): StampRequest {
    return { flags: LINUX.SOF_TIMESTAMPING_TX_SOFTWARE, number: kernelTakesPacketNumbers() ? this.count() : undefined };
  }

  /** A stamped datagram was sent, with the number that was requested for it. */
  expect(callback: (stamp: TransmitStamp) => void, number = this.count()): void {
    this.pending.set(number, callback);
    if (this.pending.size <= MOST_PENDING) return;
    const [oldest] = this.pending.keys();
    if (oldest !== undefined) this.pending.delete(oldest);
  }

  /** Whether stamps are still to come. */
  get waiting(): boolean {
    return this.pending.size > 0;
  }

  /** A stamp came. */
  take(id: number, kind: number, stamp: Realtime): void {
    const callback = this.pending.get(id);
    this.pending.delete(id);
    callback?.({ kind: KINDS.get(kind) ?? 'other', stamp });
  }

  private count(): number {
    const number = this.next;
    this.next = (number + 1) >>> 0;
    return number;
  }
}
