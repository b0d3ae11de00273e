import { describe, expect, it } from 'vitest';
import type { LiveEvent, LiveResult } from '../../../src/engine/trace/live-event.js';
import type { LiveOptions } from '../../../src/engine/trace/live-options.js';
import { LiveStrategy } from '../../../src/engine/trace/live-strategy.js';
import { TraceEngine } from '../../../src/engine/trace/trace-engine.js';
import { Simulation } from '../../support/simulation/run-simulation.js';
import type { Scenario } from '../../support/simulation/scenario.js';
import { lanesByFamily, targetsOf, withSockets } from './trace-harness.js';
import { route, router, routers, TARGET } from './trace-scenarios.js';

const DEFAULTS: LiveOptions = {
  protocol: 'icmp',
  port: 0,
  firstTtl: 1,
  maxTtl: 30,
  interval: 1e9,
  rounds: 100,
  packetLength: 60,
  maxWait: 5e9,
};

function watch(scenario: Scenario, options: Partial<LiveOptions> = {}) {
  let strategy: LiveStrategy | undefined;
  const engine = new TraceEngine<LiveEvent>({
    targets: targetsOf([TARGET], scenario),
    lanes: lanesByFamily('raw'),
    seed: [9, 8, 7, 6],
    strategy: (target, services, _, now) => {
      strategy = new LiveStrategy({ ...DEFAULTS, ...options }, target, services, now);
      return strategy;
    },
    rate: 1000,
    burst: 3,
    activeTraces: 1,
    trafficClass: -1,
  });
  const simulation = new Simulation(withSockets(scenario, 'raw'));
  const events: LiveEvent[] = [];
  let wrong = '';
  simulation.run(engine, {
    onEvent: event => events.push(event),
    onStep: () => {
      for (const { ttl, sent, received, lost } of strategy?.snapshot() ?? []) {
        if (received + lost > sent) wrong = `hop ${ttl}: ${sent} sent, ${received} received, ${lost} lost`;
      }
    },
  });
  const result = events.find((event): event is LiveResult => event.type === 'result');
  if (result === undefined) throw new Error('no result');
  return { result, events, wrong, engine };
}

describe('a live trace', () => {
  it('sends one probe a hop and round, and tells every round once', () => {
    const { result, events, wrong } = watch(route(routers(3)), { rounds: 10 });
    expect(result).toMatchObject({ reached: true, rounds: 10, pathLoss: [] });
    expect(result.hops.map(({ sent, received }) => [sent, received])).toEqual(new Array(4).fill([10, 10]));
    expect(events.filter(({ type }) => type === 'round')).toHaveLength(10);
    expect(wrong).toBe('');
  });

  it('counts exact times', () => {
    const { result } = watch(route(routers(2)), { rounds: 5 });
    const [first] = result.hops;
    expect(first?.mean).toBeCloseTo(5, 1);
    expect(first?.best).toBeCloseTo(5, 1);
    expect(first?.stddev).toBeCloseTo(0, 3);
    expect(first?.history).toHaveLength(5);
  });

  it('calls a router unwilling that answers a part while hops behind it lose nothing', () => {
    const { result } = watch(route(routers(4, n => (n === 2 ? { rateLimit: { perSecond: 0.5, burst: 1 } } : {}))));
    expect(result.hops[1]?.loss).toBeCloseTo(0.5, 1);
    expect(result.hops[1]?.reading).toBe('unwilling');
    expect(result.hops.map(({ reading }) => reading)).toEqual([
      undefined,
      'unwilling',
      undefined,
      undefined,
      undefined,
    ]);
    expect(result.pathLoss).toEqual([]);
  });

  it('names loss that begins at a hop and is shared by all behind it, with its size', () => {
    const lossy = { link: { delay: 2.5, forward: [{ kind: 'loss' as const, pick: { rate: 0.2 } }] } };
    const { result } = watch({ seed: 4, ...route(routers(5, n => (n === 3 ? lossy : {}))) }, { rounds: 400 });
    expect(result.pathLoss).toHaveLength(1);
    expect(result.pathLoss[0]).toMatchObject({ ttl: 3, address: '10.0.3.1' });
    expect(result.pathLoss[0]?.loss).toBeGreaterThan(0.1);
    expect(result.pathLoss[0]?.loss).toBeLessThan(0.3);
    expect(result.hops[1]?.reading).toBeUndefined();
    expect(result.hops[4]?.reading).toBe('path');
  });

  it('tells both where a path loses packets and a router is unwilling beside', () => {
    const lossy = { link: { delay: 2.5, forward: [{ kind: 'loss' as const, pick: { rate: 0.2 } }] } };
    const unwilling = { rateLimit: { perSecond: 0.25, burst: 1 } };
    const path = routers(5, n => (n === 2 ? unwilling : n === 4 ? lossy : {}));
    const { result } = watch({ seed: 4, ...route(path) }, { rounds: 400 });
    expect(result.hops[1]?.reading).toBe('unwilling');
    expect(result.pathLoss.map(({ ttl }) => ttl)).toEqual([4]);
  });

  it('calls a router silent that answers nothing while hops behind it do', () => {
    const { result } = watch(route(routers(3, n => ({ answers: n !== 2 }))), { rounds: 5 });
    expect(result.hops[1]).toMatchObject({ received: 0, reading: 'silent', mean: null });
    expect(result.pathLoss).toEqual([]);
  });

  it('counts an answer that comes late as received', () => {
    const slow = { link: { delay: 2.5, back: [{ kind: 'delay' as const, by: 3000, pick: { packets: [4] } }] } };
    const { result, wrong } = watch(route([router(1, slow)]), { rounds: 10 });
    expect(result.hops[0]).toMatchObject({ sent: 10 });
    expect((result.hops[0]?.received ?? 0) + (result.hops[0]?.lost ?? 0)).toBe(10);
    expect(wrong).toBe('');
  });

  it('names the errno where this host refuses every probe', () => {
    const scenario = { ...route(routers(3)), host: { refusals: [{ pick: {}, errno: 1 }] } };
    expect(watch(scenario, { rounds: 2 }).result).toMatchObject({ reached: false, code: 'EPERM' });
  });

  it('takes probes that this host refused to send for neither sent nor lost', () => {
    const scenario = { ...route(routers(2)), host: { refusals: [{ pick: { from: 3500 }, errno: 1 }] } };
    const { result } = watch(scenario, { rounds: 6 });
    expect(result.code).toBeUndefined();
    expect(result.hops.map(({ sent, received, lost, refused }) => [sent, received, lost, refused])).toEqual(
      new Array(3).fill([4, 4, 0, 2]),
    );
    expect(result.pathLoss).toEqual([]);
  });

  it('goes on when its 16-bit tokens begin again', { timeout: 60_000 }, () => {
    const { result, wrong, engine } = watch(route(routers(9)), { rounds: 7000, interval: 20e6 });
    expect(result.hops.map(({ sent, received }) => [sent, received])).toEqual(new Array(10).fill([7000, 7000]));
    expect(engine.foreign).toBe(0);
    expect(wrong).toBe('');
  });
});
