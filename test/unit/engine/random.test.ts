import { describe, expect, it } from 'vitest';
import { Random, type RandomSeed } from '../../../src/engine/random.js';

function words(seed: RandomSeed, count: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.word() >>> 0);
}

describe('Random', () => {
  it('gives the words of xoshiro128** for the seed 1, 2, 3, 4', () => {
    expect(words([1, 2, 3, 4], 4)).toEqual([11_520, 0, 5_927_040, 70_819_200]);
  });

  it('repeats itself for the same seed and differs for another', () => {
    expect(words([5, 6, 7, 8], 8)).toEqual(words([5, 6, 7, 8], 8));
    expect(words([5, 6, 7, 8], 8)).not.toEqual(words([5, 6, 7, 9], 8));
  });

  it('is not stuck at a seed of zeros', () => {
    expect(new Set(words([0, 0, 0, 0], 100)).size).toBeGreaterThan(90);
  });

  it('spreads fractions over [0, 1)', () => {
    const random = new Random([1, 2, 3, 4]);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const tenth = Math.floor(random.fraction() * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(850);
  });
});
