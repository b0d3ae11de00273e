import { describe, expect, it } from 'vitest';
import { StoppingPoints } from '../../../../src/engine/trace/stopping-points.js';

const points = (confidence: number, count: number): number[] => {
  const stopping = new StoppingPoints(confidence);
  return Array.from({ length: count }, (_, index) => stopping.after(index + 1));
};

describe('the stopping points', () => {
  it('are those of the multipath detection algorithm at 95 %', () => {
    expect(points(0.95, 9)).toEqual([6, 11, 16, 21, 27, 33, 38, 44, 51]);
  });

  it('rise with the confidence', () => {
    expect(points(0.99, 3)).toEqual([8, 15, 21]);
    expect(points(0.5, 1)).toEqual([2]);
  });

  it('rise with every interface found, up to hundreds', () => {
    const many = points(0.95, 256);
    expect(many.every((point, index) => index === 0 || point > (many[index - 1] ?? 0))).toBe(true);
  });
});
