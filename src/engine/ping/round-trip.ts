import type { Nanoseconds } from '../../wire/time.js';
import type { Arrival } from '../arrival.js';
import type { InFlightTable } from './in-flight-table.js';

/**
 * By how much kernel stamps may exceed what user space saw between its own two looks at the clock, inside of which both
 * stamps lie. A wall clock that was stepped forward meanwhile exceeds it; one that is being slewed does not.
 */
const SLEW_ALLOWANCE: Nanoseconds = 1e6;

/** The round-trip time of the last reply measured: fields instead of an object a reply. */
export class RoundTrip {
  rtt: Nanoseconds = Number.NaN;
  clock: 'kernel' | 'user' = 'user';

  /**
   * Kernel receive stamp minus kernel transmit stamp. Where a stamp is missing, or the wall clock that both are of was
   * stepped in between, the monotonic times at which user space sent and received.
   */
  measure(table: InFlightTable, probe: number, arrival: Arrival): void {
    const seen = arrival.taken - table.sentAt(probe);
    const stamped = arrival.stamp - table.sendStamp(probe);
    // A missing stamp is NaN, for which no comparison holds.
    const plausible = stamped >= 0 && stamped <= seen + SLEW_ALLOWANCE;
    const sameClock = plausible && arrival.clockEpoch === table.sendEpoch(probe);
    this.clock = sameClock ? 'kernel' : 'user';
    this.rtt = sameClock ? stamped : Math.max(0, seen);
  }
}
