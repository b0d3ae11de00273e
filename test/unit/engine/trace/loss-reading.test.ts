import { describe, expect, it } from 'vitest';
import type { LiveHop } from '../../../../src/engine/trace/live-event.js';
import { readLoss } from '../../../../src/engine/trace/loss-reading.js';

/** Hops by the share of a hundred probes that each has lost. */
function hops(...losses: number[]): LiveHop[] {
  return losses.map((loss, index) => {
    const lost = Math.round(100 * loss);
    const addresses = loss === 1 ? [] : [{ address: `10.0.${index + 1}.1`, answers: 100 - lost }];
    const times = { last: 1, mean: 1, best: 1, worst: 1, stddev: 0, jitter: 0, history: [] };
    return { ttl: index + 1, addresses, sent: 100, received: 100 - lost, lost, loss, ...times };
  });
}

describe('loss', () => {
  it('is nothing where nothing is lost', () => {
    expect(readLoss(hops(0, 0, 0), true)).toEqual({ readings: [undefined, undefined, undefined], pathLoss: [] });
  });

  it("of one hop that later ones do not share is the router's", () => {
    const { readings, pathLoss } = readLoss(hops(0, 0.6, 0, 0), true);
    expect(readings).toEqual([undefined, 'unwilling', undefined, undefined]);
    expect(pathLoss).toEqual([]);
  });

  it("from a hop onwards is the path's, and begins there", () => {
    const { readings, pathLoss } = readLoss(hops(0, 0, 0.3, 0.32, 0.3), true);
    expect(pathLoss).toMatchObject([{ ttl: 3, loss: 0.3 }]);
    expect(readings.slice(0, 2)).toEqual([undefined, undefined]);
    expect(readings[4]).toBe('path');
  });

  it('that grows on the way is told twice', () => {
    const { pathLoss } = readLoss(hops(0, 0.2, 0.2, 0.6, 0.6), true);
    expect(pathLoss.map(({ ttl, loss }) => [ttl, loss])).toEqual([
      [2, 0.2],
      [4, 0.6],
    ]);
  });

  it('of a silent router in the middle is not loss', () => {
    expect(readLoss(hops(0, 1, 0), true).readings).toEqual([undefined, 'silent', undefined]);
  });

  it('of a single probe is chance', () => {
    expect(readLoss(hops(0, 0.01, 0, 0.01), true)).toMatchObject({ pathLoss: [] });
  });

  it('at a target that has never answered is not known', () => {
    expect(readLoss(hops(0, 0, 1), false).pathLoss).toEqual([]);
  });
});
