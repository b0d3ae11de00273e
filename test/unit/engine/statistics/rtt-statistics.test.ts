import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RttStatistics } from '../../../../src/engine/statistics/rtt-statistics.js';

const MILLISECOND = 1e6;

function statisticsOf(milliseconds: readonly number[]): RttStatistics {
  const statistics = new RttStatistics();
  for (const rtt of milliseconds) statistics.record(rtt * MILLISECOND);
  return statistics;
}

describe('RttStatistics', () => {
  it('has no summary of nothing', () => {
    expect(new RttStatistics().summary()).toBeNull();
  });

  it('summarizes one value', () => {
    const all = { min: 5, mean: 5, median: 5, p95: 5, p99: 5, max: 5 };
    expect(statisticsOf([5]).summary()).toEqual({ ...all, stddev: 0, jitter: 0 });
  });

  it('gives mean, population deviation (as ping calls mdev) and jitter', () => {
    const summary = statisticsOf([2, 4, 4, 4, 5, 5, 7, 9]).summary();
    expect(summary).toMatchObject({ min: 2, mean: 5, median: 4.5, max: 9 });
    expect(summary?.stddev).toBeCloseTo(2, 9);
    expect(summary?.jitter).toBeCloseTo((2 + 0 + 0 + 1 + 0 + 2 + 2) / 7, 9);
  });

  it('keeps its precision on a long and even path', () => {
    const statistics = new RttStatistics();
    for (let round = 0; round < 100_000; round++) statistics.record(1e9 + (round % 2));
    expect(statistics.summary()?.stddev).toBeCloseTo(0.5e-6, 12);
    expect(statistics.summary()?.mean).toBeCloseTo(1000 + 0.5e-6, 9);
  });

  it('orders what it gives: min, median, p95, p99, max', () => {
    const samples = fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(samples, sample => {
        const summary = statisticsOf(sample).summary();
        const ordered = [summary?.min, summary?.median, summary?.p95, summary?.p99, summary?.max].map(Number);
        expect(ordered).toEqual(ordered.toSorted((one, other) => one - other));
        expect(summary?.min).toBeCloseTo(Math.min(...sample), 6);
        expect(summary?.max).toBeCloseTo(Math.max(...sample), 6);
        expect(summary?.mean).toBeCloseTo(sample.reduce((sum, value) => sum + value, 0) / sample.length, 6);
      }),
    );
  });

  it('starts anew when cleared', () => {
    const statistics = statisticsOf([100, 200, 300]);
    statistics.clear();
    expect(statistics.summary()).toBeNull();
    statistics.record(7 * MILLISECOND);
    expect(statistics.summary()).toMatchObject({ min: 7, mean: 7, max: 7, stddev: 0, jitter: 0 });
  });
});
