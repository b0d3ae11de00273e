import type { Nanoseconds } from '../wire/time.js';

const SECOND: Nanoseconds = 1e9;
/** RFC 6298 section 2: alpha, beta, K. */
const ALPHA = 1 / 8;
const BETA = 1 / 4;
const K = 4;

export interface RttEstimatorOptions {
  /** Timeout before anything was measured. Default: 1 s, rule 2.1. */
  initial?: Nanoseconds;
  /** Default: 1 s, rule 2.4. */
  minimum?: Nanoseconds;
  /** Default: 60 s, rule 2.5. */
  maximum?: Nanoseconds;
  /** How finely the caller's clock counts. Default: 1 ns. */
  granularity?: Nanoseconds;
}

/** How long to wait for an answer, by what the path has shown: RFC 6298. Rules are cited by their number there. */
export class RttEstimator {
  private readonly minimum: Nanoseconds;
  private readonly maximum: Nanoseconds;
  private readonly granularity: Nanoseconds;
  // Doubles from the start: V8 would make a new object of every value in a field that once held something else.
  private smoothed = Number.NaN;
  private variation = Number.NaN;
  private timeout: Nanoseconds = Number.NaN;

  constructor(options: RttEstimatorOptions = {}) {
    this.minimum = options.minimum ?? SECOND;
    this.maximum = options.maximum ?? 60 * SECOND;
    this.granularity = options.granularity ?? 1;
    this.timeout = this.clamp(options.initial ?? SECOND);
  }

  /** SRTT; undefined before the first sample. */
  get smoothedRtt(): Nanoseconds | undefined {
    return Number.isNaN(this.smoothed) ? undefined : this.smoothed;
  }

  /** RTTVAR; undefined before the first sample. */
  get rttVariation(): Nanoseconds | undefined {
    return Number.isNaN(this.variation) ? undefined : this.variation;
  }

  /** RTO, back-off included. */
  get retransmissionTimeout(): Nanoseconds {
    return this.timeout;
  }

  /**
   * Takes a measured round trip. Karn's rule (section 3): of a packet that was sent more than once, give none, unless it
   * is known which copy was answered.
   */
  sample(rtt: Nanoseconds): void {
    if (Number.isNaN(this.smoothed)) {
      // 2.2: the first measurement.
      this.smoothed = rtt;
      this.variation = rtt / 2;
    } else {
      // 2.3: RTTVAR first, because it uses the old SRTT.
      this.variation = (1 - BETA) * this.variation + BETA * Math.abs(this.smoothed - rtt);
      this.smoothed = (1 - ALPHA) * this.smoothed + ALPHA * rtt;
    }
    this.timeout = this.clamp(this.smoothed + Math.max(this.granularity, K * this.variation));
  }

  /** 5.5: an answer failed to come in time; the next is waited for twice as long, until a sample says better. */
  backOff(): void {
    this.timeout = this.clamp(2 * this.timeout);
  }

  private clamp(timeout: Nanoseconds): Nanoseconds {
    return Math.min(this.maximum, Math.max(this.minimum, timeout));
  }
}
