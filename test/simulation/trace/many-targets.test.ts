import { describe, expect, it } from 'vitest';
import type { TraceResult } from '../../../src/engine/trace/trace-event.js';
import type { RouteSpec, Scenario } from '../../support/simulation/scenario.js';
import { type Privilege, trace } from './trace-harness.js';
import { router } from './trace-scenarios.js';

/** Targets 198.18.x.y behind eight common routers and four of their own. */
function internet(count: number): { addresses: string[]; scenario: Scenario } {
  const common = Array.from({ length: 8 }, (_, index) => router(index + 1));
  const routes = Array.from({ length: count }, (_, index): RouteSpec => {
    const [high, low] = [index >> 8, index & 0xff];
    const own = [1, 2, 3].map(n => ({ address: `10.${100 + n}.${high}.${low}` }));
    return { to: `198.18.${high}.${low}`, path: [...common, ...own] };
  });
  return { addresses: routes.map(({ to }) => to), scenario: { routes } };
}

describe('many targets', () => {
  it.each<Privilege>(['raw', 'none'])('share %s sockets and a pace, and lose nothing', privilege => {
    const { addresses, scenario } = internet(200);
    const run = trace(addresses, scenario, { privilege, rate: 5000 });
    const results = run.events.filter((event): event is TraceResult => event.type === 'result');
    expect(results).toHaveLength(200);
    expect(results.every(({ reached, hops }) => reached && hops === 12)).toBe(true);
    const silences = run.events.flatMap(event =>
      event.type === 'hop' ? event.probes.filter(probe => 'timeout' in probe) : [],
    );
    expect(silences).toEqual([]);
    expect(run.engine.foreign).toBe(0);
  });

  it('keep to the rate that was asked for', () => {
    const { addresses, scenario } = internet(50);
    const run = trace(addresses, scenario, { rate: 1000 });
    const sent = run.events.reduce((sum, event) => sum + (event.type === 'result' ? event.sent : 0), 0);
    expect(sent / (run.elapsed / 1000)).toBeLessThanOrEqual(1010);
  });

  it('may be one address several times', () => {
    const { addresses, scenario } = internet(1);
    const run = trace([...addresses, ...addresses, ...addresses], scenario);
    const results = run.events.filter((event): event is TraceResult => event.type === 'result');
    expect(results.map(({ reached, hops }) => [reached, hops])).toEqual(new Array(3).fill([true, 12]));
  });
});
