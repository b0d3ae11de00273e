import { native } from '../../io/native.js';

/** A step smaller than this does not matter beside what it would be taken for: a slow reading of the two clocks. */
const SMALLEST_STEP = 20_000;

/**
 * Notices steps of the wall clock (settimeofday(2), a leap second), by which the kernel's packet stamps would lie: the
 * distance between CLOCK_REALTIME and CLOCK_MONOTONIC changes only then.
 */
export class ClockWatch {
  private offset = native().clockOffset();
  private steps = 0;

  /** @returns how many steps were seen; stamps taken under different counts must not be subtracted. */
  epoch(): number {
    const offset = native().clockOffset();
    if (Math.abs(offset - this.offset) > SMALLEST_STEP) this.steps++;
    this.offset = offset;
    return this.steps;
  }
}
