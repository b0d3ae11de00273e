import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src/engine/token-bucket.js';
import type { Monotonic } from '../../../src/wire/time.js';

const SECOND = 1e9;
const at = (time: number) => time as Monotonic;

/** When each of so many packets goes out if each is sent as soon as it may be. */
function sendTimes(bucket: TokenBucket, count: number, start = 0): number[] {
  const times: number[] = [];
  let now = at(start);
  while (times.length < count) {
    now = bucket.nextAt(now);
    expect(bucket.take(now)).toBe(true);
    times.push(now);
  }
  return times;
}

describe('TokenBucket', () => {
  it('spaces packets evenly at the rate', () => {
    expect(sendTimes(new TokenBucket(10), 4)).toEqual([0, 0.1 * SECOND, 0.2 * SECOND, 0.3 * SECOND]);
  });

  it('lets a burst go at once, and then one packet an interval', () => {
    expect(sendTimes(new TokenBucket(10, 3), 5)).toEqual([0, 0, 0, 0.1 * SECOND, 0.2 * SECOND]);
  });

  it('refuses a packet before its time, and says when that is', () => {
    const bucket = new TokenBucket(10);
    bucket.take(at(0));
    expect(bucket.take(at(0.09 * SECOND))).toBe(false);
    expect(bucket.nextAt(at(0.09 * SECOND))).toBe(0.1 * SECOND);
    expect(bucket.take(at(0.1 * SECOND))).toBe(true);
  });

  it('does not save up more than a burst during a pause', () => {
    const bucket = new TokenBucket(10, 2);
    sendTimes(bucket, 2);
    expect(sendTimes(bucket, 4, 100 * SECOND)).toEqual([0, 0, 0.1, 0.2].map(offset => (100 + offset) * SECOND));
  });

  it('keeps the rate though the caller is always late', () => {
    const bucket = new TokenBucket(1000, 10);
    let sent = 0;
    for (let now = 0; now < 10 * SECOND; now += 1.7e6) while (bucket.take(at(now))) sent++;
    expect(sent).toBeGreaterThan(9_990);
    expect(sent).toBeLessThanOrEqual(10_010);
  });

  it.each([0, Number.POSITIVE_INFINITY])('sets no limit at a rate of %s', rate => {
    const bucket = new TokenBucket(rate);
    for (let packet = 0; packet < 1000; packet++) expect(bucket.take(at(5))).toBe(true);
    expect(bucket.nextAt(at(5))).toBe(5);
  });

  it('never exceeds rate times time plus burst', () => {
    const cases = fc.record({
      rate: fc.integer({ min: 1, max: 100_000 }),
      burst: fc.integer({ min: 1, max: 50 }),
      gaps: fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 200 }),
    });
    fc.assert(
      fc.property(cases, ({ rate, burst, gaps }) => {
        const bucket = new TokenBucket(rate, burst);
        let now = 0;
        let sent = 0;
        for (const gap of gaps) {
          now += gap;
          for (let tries = 0; tries < 5; tries++) if (bucket.take(at(now))) sent++;
          expect(sent).toBeLessThanOrEqual((rate * now) / SECOND + burst + 1e-6);
        }
      }),
    );
  });
});
