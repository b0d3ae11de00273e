import { LINUX } from '../../wire/constants.generated.js';
import type { Realtime } from '../../wire/time.js';
import type { TransmitStamp } from './outgoing-datagram.js';

/** Callbacks kept for stamps that have not come; the kernel loses stamps when the receive buffer is full. */
const MOST_PENDING = 4096;

const KINDS = new Map<number, TransmitStamp['kind']>([
  [LINUX.SCM_TSTAMP_SND, 'software'],
  [LINUX.SCM_TSTAMP_SCHED, 'scheduled'],
]);

/**
 * Who waits for which stamp. The kernel counts stamped datagrams from 0 (SOF_TIMESTAMPING_OPT_ID), and so does this, in
 * the order in which they were sent.
 */
export class TransmitStamps {
  private readonly pending = new Map<number, (stamp: TransmitStamp) => void>();
  private next = 0;

  /** A stamped datagram was sent. */
  expect(callback: (stamp: TransmitStamp) => void): void {
    this.pending.set(this.next, callback);
    this.next = (this.next + 1) >>> 0;
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
}
