import type { Nanoseconds } from '../../wire/time.js';

/** Answers of hops before one that has answered come within so much of the longest round trip seen. */
const NEAR_FACTOR = 1.25;
/** Beyond the last hop that has answered a longer link may lie. */
const FAR_FACTOR = 3;
/** Never less: routers make errors when they have time, and this host may be busy. */
const LEAST_NEAR: Nanoseconds = 100e6;
const LEAST_FAR: Nanoseconds = 300e6;
/** How long after one another probes go to a router that does not answer all: many allow one a second (icmp(7)). */
const RESEND_GAPS: readonly Nanoseconds[] = [250e6, 500e6, 1000e6];

/** How long answers are waited for: what the path itself has shown, times a small factor. */
export class PathTiming {
  private longest: Nanoseconds = Number.NaN;

  constructor(private readonly maxWait: Nanoseconds) {}

  /** The longest round trip seen; NaN before the first. */
  get longestRtt(): Nanoseconds {
    return this.longest;
  }

  sample(rtt: Nanoseconds): void {
    if (!(rtt <= this.longest)) this.longest = rtt;
  }

  /** @param near a hop behind this one, or this one itself, has answered. */
  wait(near: boolean): Nanoseconds {
    if (Number.isNaN(this.longest)) return this.maxWait;
    const wait = near
      ? Math.max(LEAST_NEAR, NEAR_FACTOR * this.longest)
      : Math.max(LEAST_FAR, FAR_FACTOR * this.longest);
    return Math.min(this.maxWait, wait);
  }

  /** Until the next probe goes to a hop that has answered some: `resent` of them went again before. */
  resendGap(resent: number): Nanoseconds {
    return RESEND_GAPS[Math.min(resent, RESEND_GAPS.length - 1)] ?? 0;
  }
}
