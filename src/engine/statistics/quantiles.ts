import { LogLinearHistogram } from './log-linear-histogram.js';

/** Values kept one by one: as many have exact quantiles. */
export const EXACT_VALUES = 128;
const FIRST_CAPACITY = 4;

/**
 * Quantiles of a stream of positive values in bounded memory: exact up to 128 values, within 1 % beyond. Memory grows with
 * need: 32 bytes for the first four values, so that a million targets of one value each cost little.
 */
export class Quantiles {
  private values: Float64Array | undefined;
  private size = 0;
  private histogram: LogLinearHistogram | undefined;

  record(value: number): void {
    if (this.histogram !== undefined) this.histogram.record(value);
    else if (this.size < EXACT_VALUES) this.keep(value);
    else this.spill().record(value);
  }

  /**
   * The smallest value that at least `fraction` (above 0, at most 1) of all values do not exceed: the nearest-rank method.
   * At 1/2, of an even number of exact values, the mean of the two middle ones. NaN where there is no value.
   */
  at(fraction: number): number {
    const { histogram } = this;
    if (histogram !== undefined) return histogram.valueAtRank(Math.ceil(fraction * histogram.count));
    if (this.values === undefined) return Number.NaN;
    const sorted = this.values.slice(0, this.size).sort();
    const rank = Math.ceil(fraction * this.size);
    const value = sorted[rank - 1] ?? Number.NaN;
    return fraction === 0.5 && this.size % 2 === 0 ? (value + (sorted[rank] ?? value)) / 2 : value;
  }

  clear(): void {
    this.size = 0;
    this.histogram = undefined;
  }

  private keep(value: number): void {
    this.values ??= new Float64Array(FIRST_CAPACITY);
    if (this.size === this.values.length) {
      const grown = new Float64Array(2 * this.values.length);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.size++] = value;
  }

  private spill(): LogLinearHistogram {
    const histogram = new LogLinearHistogram();
    for (const value of this.values ?? []) histogram.record(value);
    this.histogram = histogram;
    this.values = undefined;
    return histogram;
  }
}
