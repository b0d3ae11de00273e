import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogLinearHistogram } from '../../../../src/engine/statistics/log-linear-histogram.js';
import { EXACT_VALUES, Quantiles } from '../../../../src/engine/statistics/quantiles.js';

const STATED_ERROR = 0.01;

/** The nearest-rank method over all values. */
function exactQuantile(values: readonly number[], fraction: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil(fraction * sorted.length) - 1] ?? Number.NaN;
}

function record<T extends { record(value: number): void }>(into: T, values: readonly number[]): T {
  for (const value of values) into.record(value);
  return into;
}

describe('Quantiles', () => {
  it('knows nothing of no values', () => {
    expect(new Quantiles().at(0.5)).toBeNaN();
  });

  it('gives the only value at every fraction', () => {
    const quantiles = record(new Quantiles(), [42.5]);
    expect([0.01, 0.5, 0.99, 1].map(fraction => quantiles.at(fraction))).toEqual([42.5, 42.5, 42.5, 42.5]);
  });

  it('takes the mean of the two middle values for the median of an even number', () => {
    expect(record(new Quantiles(), [4, 1, 3, 2]).at(0.5)).toBe(2.5);
    expect(record(new Quantiles(), [3, 1, 2]).at(0.5)).toBe(2);
  });

  it('is exact for few values, by the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    const quantiles = record(new Quantiles(), values);
    expect([0.01, 0.05, 0.95, 0.99, 1].map(fraction => quantiles.at(fraction))).toEqual([1, 5, 95, 99, 100]);
  });

  it('stays within 1 % of the true quantile for any number of values', () => {
    const values = fc.array(fc.double({ min: 1, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.05, 0.25, 0.75, 0.95, 0.99, 1), (sample, fraction) => {
        const truth = exactQuantile(sample, fraction);
        const estimate = record(new Quantiles(), sample).at(fraction);
        expect(Math.abs(estimate - truth)).toBeLessThanOrEqual(STATED_ERROR * truth);
        if (sample.length <= EXACT_VALUES) expect(estimate).toBe(truth);
      }),
    );
  });

  it('forgets everything when cleared, exact again', () => {
    const quantiles = record(
      new Quantiles(),
      Array.from({ length: 1000 }, () => 1e9),
    );
    quantiles.clear();
    expect(quantiles.at(0.5)).toBeNaN();
    expect(record(quantiles, [1, 2, 3]).at(0.5)).toBe(2);
  });
});

describe('LogLinearHistogram', () => {
  it('counts values that are too small or too large to the first and last bucket', () => {
    const histogram = record(new LogLinearHistogram(), [0, -5, Number.NaN, 0.3, 1e300, Number.POSITIVE_INFINITY]);
    expect(histogram.count).toBe(6);
    expect(histogram.valueAtRank(4)).toBeCloseTo(1, 1);
    expect(histogram.valueAtRank(5)).toBeGreaterThan(2 ** 47);
  });

  it('has no value at a rank beyond its count', () => {
    expect(new LogLinearHistogram().valueAtRank(1)).toBeNaN();
    expect(record(new LogLinearHistogram(), [5]).valueAtRank(2)).toBeNaN();
  });

  it('places every value within 1/128 of its bucket', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2 ** 47, noNaN: true }), value => {
        const middle = record(new LogLinearHistogram(), [value]).valueAtRank(1);
        expect(Math.abs(middle - value) / value).toBeLessThanOrEqual(1 / 128);
      }),
    );
  });
});
