import type { Nanoseconds } from '../../wire/time.js';

/** A step smaller than this does not matter beside what it would be taken for: a slow reading of the two clocks. */
const SMALLEST_STEP: Nanoseconds = 20_000;

/**
 * Notices steps of the wall clock (settimeofday(2), a leap second), by which the kernel's packet stamps would lie: the
 * distance between CLOCK_REALTIME and CLOCK_MONOTONIC changes only then.
 */
export class ClockWatch {
  private offset: Nanoseconds;
  private steps = 0;

  /** @param readOffset CLOCK_REALTIME minus CLOCK_MONOTONIC, now. */
  constructor(private readonly readOffset: () => Nanoseconds) {
    this.offset = readOffset();
  }

  /** @returns how many steps were seen; stamps taken under different counts must not be subtracted. */
  epoch(): number {
    const offset = this.readOffset();
    if (Math.abs(offset - this.offset) > SMALLEST_STEP) this.steps++;
    this.offset = offset;
    return this.steps;
  }
}
