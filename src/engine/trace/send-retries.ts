import { LINUX } from '../../wire/constants.generated.js';
import { after, type Monotonic, type Nanoseconds } from '../../wire/time.js';
import type { Probe } from './probe.js';
import type { TransmitLane } from './trace-lanes.js';

/**
 * Errors that a UDP or ping socket reports at the next send although an earlier packet caused them: the same error lies
 * in the error queue too (udp(7), ip(7) IP_RECVERR), and the packet of this send was not sent.
 */
const EARLIER_ERRORS: readonly number[] = [
  LINUX.ECONNREFUSED,
  LINUX.EHOSTUNREACH,
  LINUX.ENETUNREACH,
  LINUX.EMSGSIZE,
  LINUX.EPROTO,
  LINUX.EACCES,
  LINUX.ENOPROTOOPT,
  LINUX.EOPNOTSUPP,
  LINUX.EHOSTDOWN,
];
/** An error that comes back so often is about this packet after all. */
const EARLIER_ERRORS_TAKEN = 8;
/** The device's queue is full: it drains within milliseconds, or is stuck after a second. */
const QUEUE_PAUSE: Nanoseconds = 10e6;
const QUEUE_ATTEMPTS = 100;

/** Sends that failed for no fault of their packet, to be tried again. */
export class SendRetries {
  private waiting: { probe: Probe; at: Monotonic }[] = [];

  /** @returns false where the failure is the probe's own. */
  takeBack(now: Monotonic, probe: Probe, errno: number, lane: TransmitLane): boolean {
    const full = errno === LINUX.ENOBUFS || errno === LINUX.ENOMEM;
    const earlier = lane.reportsEarlierErrors === true && EARLIER_ERRORS.includes(errno);
    if (!full && !earlier) return false;
    if (++probe.sendFailures > (full ? QUEUE_ATTEMPTS : EARLIER_ERRORS_TAKEN)) return false;
    this.waiting.push({ probe, at: full ? after(now, QUEUE_PAUSE) : now });
    return true;
  }

  /** The next one whose time has come and that is still wanted. */
  take(now: Monotonic, wanted: (probe: Probe) => boolean): Probe | undefined {
    this.waiting = this.waiting.filter(({ probe }) => wanted(probe));
    const index = this.waiting.findIndex(({ at }) => at <= now);
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0]?.probe;
  }

  nextAt(): Monotonic | undefined {
    if (this.waiting.length === 0) return undefined;
    return Math.min(...this.waiting.map(({ at }) => at)) as Monotonic;
  }
}
