import { expect, it } from 'vitest';
import { ClockWatch } from '../../../src/sockets/channel/clock-watch.js';

/** What CLOCK_REALTIME minus CLOCK_MONOTONIC is at each look, in ns; the first look is the watch's own beginning. */
function epochs(...offsets: readonly number[]): number[] {
  const looks = [...offsets];
  const watch = new ClockWatch(() => looks.shift() ?? 0);
  return offsets.slice(1).map(() => watch.epoch());
}

it('sees a step of the wall clock, forward and back, as an epoch of its own', () => {
  expect(epochs(0, 0, 3_600e9, 3_600e9, 0, 0)).toEqual([0, 1, 1, 2, 2]);
});

it('takes the jitter of two readings for none', () => {
  expect(epochs(0, 15_000, -4000, 12_000)).toEqual([0, 0, 0]);
});

it('takes slewing for none: half a millisecond a second, at a look a millisecond', () => {
  const slewed = Array.from({ length: 10_000 }, (_, look) => look * 500);
  expect(epochs(...slewed).at(-1)).toBe(0);
});

it('sees a step of a tenth of a millisecond', () => {
  expect(epochs(0, 100_000)).toEqual([1]);
});
