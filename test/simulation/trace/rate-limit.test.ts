import { describe, expect, it } from 'vitest';
import type { TraceHop } from '../../../src/engine/trace/trace-event.js';
import type { RouterSpec } from '../../support/simulation/scenario.js';
import { trace } from './trace-harness.js';
import { route, routers, TARGET } from './trace-scenarios.js';

/** Traces a path of four routers with as many seeds, and gives the hops that were called rate-limited. */
function labelled(seeds: number, probes: number, more: (n: number) => Partial<RouterSpec>): TraceHop[] {
  const runs = Array.from({ length: seeds }, (_, index) => ({ seed: index + 1, ...route(routers(4, more)) }));
  const options = { probes, protocol: 'icmp' } as const;
  return runs.flatMap(run => trace(TARGET, run, { options }).hops.filter(({ rateLimited }) => rateLimited));
}

const lossy = (rate: number) => ({ link: { delay: 2.5, forward: [{ kind: 'loss' as const, pick: { rate } }] } });

describe('a hop is called rate-limited', () => {
  const losses = [3, 5, 8, 10].flatMap(probes => [0.1, 0.4, 0.6].map(rate => ({ probes, rate })));

  it.each(losses)('hardly ever where the path loses $rate of all packets: $probes probes', ({ probes, rate }) => {
    const hops = labelled(60, probes, n => (n === 3 ? lossy(rate) : {}));
    expect(hops.length).toBeLessThanOrEqual(4);
    expect(hops.filter(({ ttl }) => ttl === 5)).toEqual([]);
  });

  it.each([3, 5, 8, 10])('where it answers once a second, and hops behind it lose nothing: %i probes', probes => {
    const hops = labelled(10, probes, n => (n === 2 ? { rateLimit: { perSecond: 1, burst: 1 } } : {}));
    expect(hops.map(({ ttl }) => ttl)).toEqual(new Array(10).fill(2));
  });

  it('where all routers behind it run dry in the same way', () => {
    const hops = labelled(10, 10, () => ({ rateLimit: { perSecond: 1, burst: 6 } }));
    expect(hops.map(({ ttl }) => ttl)).toEqual(new Array(10).fill([1, 2, 3, 4]).flat());
  });
});
