import { describe, expect, it } from 'vitest';
import { RttEstimator } from '../../../src/engine/rtt-estimator.js';

const MILLISECOND = 1e6;
const SECOND = 1e9;

describe('RttEstimator (RFC 6298)', () => {
  it('waits one second before anything was measured (2.1)', () => {
    const estimator = new RttEstimator();
    expect(estimator.retransmissionTimeout).toBe(SECOND);
    expect(estimator.smoothedRtt).toBeUndefined();
    expect(estimator.rttVariation).toBeUndefined();
  });

  it('takes SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 RTTVAR from the first sample (2.2)', () => {
    const estimator = new RttEstimator({ minimum: 0 });
    estimator.sample(100 * MILLISECOND);
    expect(estimator.smoothedRtt).toBe(100 * MILLISECOND);
    expect(estimator.rttVariation).toBe(50 * MILLISECOND);
    expect(estimator.retransmissionTimeout).toBe(300 * MILLISECOND);
  });

  it('smooths further samples, RTTVAR with the old SRTT (2.3)', () => {
    const estimator = new RttEstimator({ minimum: 0 });
    estimator.sample(100 * MILLISECOND);
    estimator.sample(180 * MILLISECOND);
    expect(estimator.rttVariation).toBeCloseTo(57.5 * MILLISECOND, 3);
    expect(estimator.smoothedRtt).toBeCloseTo(110 * MILLISECOND, 3);
    expect(estimator.retransmissionTimeout).toBeCloseTo(340 * MILLISECOND, 3);
  });

  it('keeps above SRTT by the granularity of the clock on a path without variation (2.3)', () => {
    const estimator = new RttEstimator({ minimum: 0, granularity: 7 });
    for (let round = 0; round < 500; round++) estimator.sample(50 * MILLISECOND);
    expect(estimator.retransmissionTimeout).toBeCloseTo(50 * MILLISECOND + 7, 3);
  });

  it('rounds up to the minimum (2.4) and down to the maximum (2.5)', () => {
    const estimator = new RttEstimator({ minimum: SECOND, maximum: 2 * SECOND });
    estimator.sample(MILLISECOND);
    expect(estimator.retransmissionTimeout).toBe(SECOND);
    estimator.sample(20 * SECOND);
    expect(estimator.retransmissionTimeout).toBe(2 * SECOND);
  });

  it('doubles with each back-off (5.5), up to the maximum, until a sample comes', () => {
    const estimator = new RttEstimator({ minimum: 0, maximum: SECOND });
    estimator.sample(100 * MILLISECOND);
    estimator.backOff();
    expect(estimator.retransmissionTimeout).toBe(600 * MILLISECOND);
    estimator.backOff();
    expect(estimator.retransmissionTimeout).toBe(SECOND);
    estimator.sample(100 * MILLISECOND);
    expect(estimator.retransmissionTimeout).toBeLessThan(300 * MILLISECOND);
  });

  it('starts from what it is told', () => {
    expect(new RttEstimator({ initial: 3 * SECOND }).retransmissionTimeout).toBe(3 * SECOND);
  });
});
