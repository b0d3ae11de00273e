import type { Monotonic } from '../wire/time.js';

/**
 * Paces sending: at most `rate` packets a second in the long run, at most `burst` of them at once after a pause. A rate of
 * 0 or Infinity sets no limit.
 *
 * Kept as the time at which the bucket would be full again (the generic cell rate algorithm, ITU-T I.371), so that
 * nothing has to be done while time passes and no fraction of a token is lost to rounding.
 */
export class TokenBucket {
  private readonly interval: number;
  private readonly tolerance: number;
  private full = Number.NEGATIVE_INFINITY;

  constructor(rate: number, burst = 1) {
    this.interval = rate > 0 && rate < Number.POSITIVE_INFINITY ? 1e9 / rate : 0;
    this.tolerance = (Math.max(1, burst) - 1) * this.interval;
  }

  /** When the next packet may go: `now` or later. */
  nextAt(now: Monotonic): Monotonic {
    return Math.max(now, this.full - this.tolerance) as Monotonic;
  }

  /** Takes a token if there is one. */
  take(now: Monotonic): boolean {
    if (this.interval === 0) return true;
    if (this.full - this.tolerance > now) return false;
    this.full = Math.max(now, this.full) + this.interval;
    return true;
  }
}
