import { NANOSECONDS_PER_MILLISECOND, type Nanoseconds } from '../../wire/time.js';
import type { RttSummary } from '../ping/ping-event.js';
import { Quantiles } from './quantiles.js';

/**
 * What is known of many round-trip times. Count, minimum, mean, maximum, standard deviation and jitter are exact (up to
 * a double's rounding: Welford's method); quantiles as `Quantiles` says.
 */
export class RttStatistics {
  private samples = 0;
  // Doubles from the start, so that the fields never change their representation.
  private smallest = Number.POSITIVE_INFINITY;
  private largest = Number.NEGATIVE_INFINITY;
  private average = Number.NaN;
  private squares = Number.NaN;
  private last = Number.NaN;
  private differences = Number.NaN;
  private readonly quantiles = new Quantiles();

  get count(): number {
    return this.samples;
  }

  /** The longest so far; -Infinity before the first. */
  get maximum(): Nanoseconds {
    return this.largest;
  }

  record(rtt: Nanoseconds): void {
    if (++this.samples === 1) {
      this.average = rtt;
      this.squares = 0;
      this.differences = 0;
    } else {
      const delta = rtt - this.average;
      this.average += delta / this.samples;
      this.squares += delta * (rtt - this.average);
      this.differences += Math.abs(rtt - this.last);
    }
    this.last = rtt;
    if (rtt < this.smallest) this.smallest = rtt;
    if (rtt > this.largest) this.largest = rtt;
    this.quantiles.record(rtt);
  }

  /** In milliseconds; null where nothing was recorded. */
  summary(): RttSummary | null {
    if (this.samples === 0) return null;
    return {
      min: milliseconds(this.smallest),
      mean: milliseconds(this.average),
      median: milliseconds(this.quantile(0.5)),
      p95: milliseconds(this.quantile(0.95)),
      p99: milliseconds(this.quantile(0.99)),
      max: milliseconds(this.largest),
      stddev: milliseconds(Math.sqrt(this.squares / this.samples)),
      jitter: milliseconds(this.samples > 1 ? this.differences / (this.samples - 1) : 0),
    };
  }

  clear(): void {
    this.samples = 0;
    this.smallest = Number.POSITIVE_INFINITY;
    this.largest = Number.NEGATIVE_INFINITY;
    this.quantiles.clear();
  }

  /** The middle of a bucket may lie outside of what was seen. */
  private quantile(fraction: number): Nanoseconds {
    if (this.smallest === this.largest) return this.largest;
    return Math.min(this.largest, Math.max(this.smallest, this.quantiles.at(fraction)));
  }
}

function milliseconds(span: Nanoseconds): number {
  return span / NANOSECONDS_PER_MILLISECOND;
}
