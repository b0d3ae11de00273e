import type { Nanoseconds } from '../../wire/time.js';
import type { Answer } from './answer.js';
import type { Probe } from './probe.js';

/** By how much kernel stamps may exceed what user space saw around them; more is a step of the wall clock. */
const SLEW_ALLOWANCE: Nanoseconds = 1e6;

/** Kernel receive stamp minus kernel transmit stamp; where one of them cannot be used, user space's own times. */
export function measureRoundTrip(probe: Probe, answer: Answer): void {
  const seen = answer.taken - probe.sentAt;
  const stamped = answer.stamp - probe.sendStamp;
  // A missing stamp is NaN, for which no comparison holds.
  const plausible = stamped >= 0 && stamped <= seen + SLEW_ALLOWANCE;
  const kernel = plausible && answer.clockEpoch === probe.sendEpoch;
  answer.clock = kernel ? 'kernel' : 'user';
  answer.rtt = kernel ? stamped : Math.max(0, seen);
}
