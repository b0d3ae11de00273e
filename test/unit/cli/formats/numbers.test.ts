import { describe, expect, it } from 'vitest';
import { grouped, percent, roundTripTime, thousandths } from '../../../../src/cli/formats/numbers.js';

describe('numbers as iputils prints them', () => {
  it.each([
    [0, 4, '0'],
    [4, 4, '100'],
    [1, 3, '33.3333'],
    [2, 3, '66.6667'],
    [1, 1000, '0.1'],
    [1, 10_000_000, '1e-05'],
    [3, 70_000_000, '4.28571e-06'],
    [999_999, 1_000_000, '99.9999'],
  ])('%i of %i is %s per cent', (part, whole, text) => {
    expect(percent(part, whole)).toBe(text);
  });

  it.each([
    [0.053, '0.053'],
    [1.001, '1.00'],
    [0.9999, '0.999'],
    [9.994, '9.99'],
    [9.995, '10.0'],
    [12.34, '12.3'],
    [99.949, '99.9'],
    [99.95, '100'],
    [1234.5, '1235'],
  ])('a round-trip time of %d ms is %s', (milliseconds, text) => {
    expect(roundTripTime(milliseconds)).toBe(text);
  });

  it('gives the closing block three digits, cut', () => {
    expect(thousandths(1.001)).toBe('1.001');
    expect(thousandths(0.0109999)).toBe('0.010');
    expect(thousandths(1234.5)).toBe('1234.500');
  });

  it('groups thousands', () => {
    expect([0, 999, 1000, 65_534, 1_000_000].map(grouped)).toEqual(['0', '999', '1,000', '65,534', '1,000,000']);
  });
});
