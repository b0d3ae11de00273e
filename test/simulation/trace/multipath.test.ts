import { describe, expect, it } from 'vitest';
import { MultipathStrategy } from '../../../src/engine/trace/multipath-strategy.js';
import { PATH_DEFAULTS } from '../../../src/engine/trace/path-options.js';
import type { MultipathGraph, TraceProtocol, TraceResult } from '../../../src/engine/trace/trace-event.js';
import type { BalanceSpec, PathElement, Scenario } from '../../support/simulation/scenario.js';
import { type Privilege, trace } from './trace-harness.js';
import { route, router, TARGET, TARGET6 } from './trace-scenarios.js';

function discover(
  path: PathElement[],
  { to = TARGET, privilege = 'raw' as Privilege, protocol = 'udp' as TraceProtocol, confidence = 0.95, seed = 1 } = {},
): MultipathGraph {
  const scenario: Scenario = { seed, ...route(path), routes: [{ to, path }] };
  return discoverIn(scenario, { to, privilege, protocol, confidence }).graph;
}

function discoverIn(
  scenario: Scenario,
  {
    to = TARGET,
    privilege = 'raw' as Privilege,
    protocol = 'udp' as TraceProtocol,
    confidence = 0.95,
    stopAt = undefined as number | undefined,
  } = {},
): { graph: MultipathGraph; result: TraceResult } {
  const { result } = trace(to, scenario, {
    privilege,
    stopAt,
    strategy: (target, services, counters, now) => {
      const options = { ...PATH_DEFAULTS, protocol, packetLength: 80 };
      return new MultipathStrategy(options, confidence, target, services, counters, now);
    },
  });
  if (result.multipath === undefined) throw new Error('the result has no graph');
  return { graph: result.multipath, result };
}

const places = ({ nodes }: MultipathGraph): string[] => nodes.map(({ ttl, address }) => `${ttl} ${address}`).sort();
const links = (graph: MultipathGraph): string[] => graph.links.map(({ from, to }) => `${from} > ${to}`).sort();
const balance = (...paths: PathElement[][]): BalanceSpec => ({ balance: 'flow', paths });

const DIAMOND = [router(1), balance([router(2)], [router(3)]), router(4)];

describe('multipath discovery', () => {
  const ways = (['raw', 'none'] as const).flatMap(privilege =>
    (['udp', 'icmp', 'tcp'] as const).map(protocol => ({ privilege, protocol })),
  );

  it.each(ways)('finds a diamond by $protocol with $privilege sockets', setting => {
    const graph = discover(DIAMOND, setting);
    expect(places(graph)).toEqual(['1 10.0.1.1', '2 10.0.2.1', '2 10.0.3.1', '3 10.0.4.1', `4 ${TARGET}`]);
    expect(links(graph)).toEqual(
      [
        '10.0.1.1 > 10.0.2.1',
        '10.0.1.1 > 10.0.3.1',
        '10.0.2.1 > 10.0.4.1',
        '10.0.3.1 > 10.0.4.1',
        `10.0.4.1 > ${TARGET}`,
      ].sort(),
    );
    expect(graph.diamonds).toEqual([{ first: 1, last: 3, width: 2, balancing: 'per-flow' }]);
  });

  it('finds a diamond over IPv6', () => {
    const graph = discover(DIAMOND, { to: TARGET6 });
    expect(graph.diamonds).toEqual([{ first: 1, last: 3, width: 2, balancing: 'per-flow' }]);
    expect(graph.nodes).toHaveLength(5);
  });

  it('finds every one of sixteen ways', () => {
    const ways16 = Array.from({ length: 16 }, (_, index) => [router(10 + index)]);
    const graph = discover([router(1), balance(...ways16), router(4)]);
    expect(graph.nodes.filter(({ ttl }) => ttl === 2)).toHaveLength(16);
    expect(graph.diamonds[0]).toMatchObject({ width: 16, balancing: 'per-flow' });
  });

  it('finds a diamond within a diamond, and which interface leads where', () => {
    const inner = balance([router(5)], [router(6)]);
    const graph = discover([router(1), balance([router(2), inner], [router(3), router(7)]), router(4)]);
    expect(graph.nodes.filter(({ ttl }) => ttl === 3)).toHaveLength(3);
    expect(links(graph)).toContain('10.0.2.1 > 10.0.5.1');
    expect(links(graph)).toContain('10.0.2.1 > 10.0.6.1');
    expect(links(graph)).toContain('10.0.3.1 > 10.0.7.1');
    expect(links(graph)).not.toContain('10.0.3.1 > 10.0.5.1');
    expect(graph.diamonds).toMatchObject([{ first: 1, last: 4, width: 3 }]);
  });

  it('finds ways of unequal length to the same target', () => {
    const graph = discover([router(1), balance([router(2)], [router(3), router(5)])]);
    expect(places(graph)).toContain(`3 ${TARGET}`);
    expect(places(graph)).toContain(`4 ${TARGET}`);
  });

  it('tells balancing packet by packet from balancing by flow', () => {
    const graph = discover([router(1), { balance: 'packet', paths: [[router(2)], [router(3)]] }, router(4)]);
    expect(graph.diamonds).toMatchObject([{ width: 2, balancing: 'per-packet' }]);
  });

  it('shows one path where there is one, with the flows that the stopping rule asks for', () => {
    const graph = discover([router(1), router(2)]);
    expect(graph).toMatchObject({ flows: 6, diamonds: [], confidence: 0.95, complete: true });
  });

  it('asks more flows for more confidence', () => {
    expect(discover([router(1)], { confidence: 0.99 }).flows).toBe(8);
  });

  it('goes on past a silent router inside a diamond', () => {
    const graph = discover([router(1), balance([router(2, { answers: false })], [router(3)]), router(4)]);
    expect(places(graph)).toContain('2 null');
    expect(places(graph)).toContain(`4 ${TARGET}`);
  });
});

describe('multipath discovery does not claim to be complete', () => {
  const incomplete = { complete: false, confidence: null };

  it('where it is ended before', () => {
    const { graph, result } = discoverIn(route([router(1), router(2, { link: { delay: 300 } })]), { stopAt: 100 });
    expect(result.stopped).toBe(true);
    expect(graph).toMatchObject({ ...incomplete, nodes: [{ ttl: 1, address: '10.0.1.1' }] });
  });

  it('where nothing answers', () => {
    const { graph } = discoverIn(route([router(1, { answers: false })], { target: 'none' }));
    expect(graph).toMatchObject({ ...incomplete, nodes: [] });
  });

  it('where a hop has more ways than are worth probing', () => {
    const ways = Array.from({ length: 150 }, (_, index) => [router(1 + index)]);
    expect(discover([balance(...ways)])).toMatchObject(incomplete);
  });
});

describe('multipath discovery on a host that refuses every probe', () => {
  it('names the errno', () => {
    const scenario: Scenario = { ...route([router(1)]), host: { refusals: [{ pick: {}, errno: 13 }] } };
    expect(discoverIn(scenario).result).toMatchObject({ reached: false, sent: 0, code: 'EACCES' });
  });
});

describe('the stated confidence', () => {
  it('is reached: of two hundred diamonds four wide no more than one in twenty has an interface missing', () => {
    let incomplete = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const graph = discover([router(1), balance([router(2)], [router(3)], [router(5)], [router(6)]), router(4)], {
        seed,
      });
      if (graph.nodes.filter(({ ttl }) => ttl === 2).length < 4) incomplete++;
    }
    expect(incomplete).toBeLessThanOrEqual(10);
  });
});
