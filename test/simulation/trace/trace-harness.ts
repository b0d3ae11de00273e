import type { PathOptions } from '../../../src/engine/trace/path-options.js';
import { PATH_DEFAULTS } from '../../../src/engine/trace/path-options.js';
import { PathStrategy } from '../../../src/engine/trace/path-strategy.js';
import type { StrategyFactory, TraceTarget } from '../../../src/engine/trace/strategy.js';
import { TraceEngine, type TraceTargetSource } from '../../../src/engine/trace/trace-engine.js';
import type { TraceEvent, TraceHop, TraceResult } from '../../../src/engine/trace/trace-event.js';
import type { TraceLanes, TraceLanesByFamily } from '../../../src/engine/trace/trace-lanes.js';
import { IpAddress } from '../../../src/wire/ip-address.js';
import { Simulation } from '../../support/simulation/run-simulation.js';
import type { LaneSpec, Scenario } from '../../support/simulation/scenario.js';

/** raw: raw sockets; none: UDP, ping and connecting sockets with their error queues. */
export type Privilege = 'raw' | 'none';

const PORT = 40_000;
const IDENTIFIER = 0x1234;

const SOCKETS: Readonly<Record<Privilege, readonly Omit<LaneSpec, 'family'>[]>> = {
  raw: [
    { protocol: 'udp', ownHeader: true, port: PORT },
    { protocol: 'tcp', ownHeader: true, port: PORT },
    { protocol: 'icmp' },
    { protocol: 'udp', port: PORT, deaf: true },
  ],
  none: [
    { protocol: 'udp', port: PORT },
    { protocol: 'tcp', port: PORT },
    { protocol: 'icmp', kind: 'ping', port: IDENTIFIER },
  ],
};

function lanesOf(privilege: Privilege, first: number): TraceLanes {
  const raw = privilege === 'raw';
  const lane = (index: number, local: number) => ({
    lane: first + index,
    local,
    stamps: true,
    reportsEarlierErrors: !raw,
  });
  return {
    transmit: {
      udp: { ...lane(0, PORT), header: raw ? 'ours' : 'kernel' },
      tcp: { ...lane(1, PORT), header: 'ours', oneAtATime: !raw },
      icmp: { ...lane(2, IDENTIFIER), header: 'ours' },
    },
    roles: { [first]: 'udp', [first + 1]: 'tcp', [first + 2]: 'icmp', ...(raw && { [first + 3]: 'udp' as const }) },
  };
}

export interface TraceRun {
  hops: TraceHop[];
  result: TraceResult;
  /** All events, of however many targets. */
  events: TraceEvent[];
  engine: TraceEngine<TraceEvent>;
  simulation: Simulation;
  /** Simulated milliseconds. */
  elapsed: number;
}

export interface TraceSetting {
  privilege?: Privilege;
  options?: Partial<PathOptions>;
  rate?: number;
  strategy?: StrategyFactory<TraceEvent>;
  activeTraces?: number;
  /** Ends the run at this simulated millisecond, as Ctrl-C does. */
  stopAt?: number;
}

export function targetsOf(addresses: readonly string[], scenario: Scenario, mtu = 1500): TraceTargetSource {
  const targets = addresses.map((label): TraceTarget => {
    const address = IpAddress.parse(label);
    const sources = { 4: '192.0.2.1', 6: '2001:db8::1', ...scenario.host?.addresses };
    return { label, address, source: IpAddress.parse(sources[address.family]), scopeId: 0, mtu };
  });
  return { next: () => targets.shift() };
}

/** The scenario with the sockets that a trace opens. */
export function withSockets(scenario: Scenario, privilege: Privilege): Scenario {
  const lanes = ([4, 6] as const).flatMap(family => SOCKETS[privilege].map(socket => ({ family, ...socket })));
  return { ...scenario, host: { lanes, ...scenario.host } };
}

export function lanesByFamily(privilege: Privilege): TraceLanesByFamily {
  return { 4: lanesOf(privilege, 0), 6: lanesOf(privilege, SOCKETS[privilege].length) };
}

/** Traces targets in a simulated internet, to the end. */
export function trace(addresses: string | readonly string[], scenario: Scenario, setting: TraceSetting = {}): TraceRun {
  const { privilege = 'raw', rate = 2000, activeTraces = 64, stopAt } = setting;
  const options = { ...PATH_DEFAULTS, ...setting.options };
  const list = typeof addresses === 'string' ? [addresses] : addresses;
  const engine = new TraceEngine<TraceEvent>({
    targets: targetsOf(list, scenario),
    lanes: lanesByFamily(privilege),
    seed: [scenario.seed ?? 1, 2, 3, 4],
    strategy:
      setting.strategy ??
      ((target, services, counters, now) => new PathStrategy(options, target, services, counters, now)),
    rate,
    burst: 3,
    activeTraces,
    trafficClass: -1,
  });
  const simulation = new Simulation(withSockets(scenario, privilege));
  let stopped = false;
  const onStep = () => {
    const now = simulation.channel.now();
    if (stopAt === undefined || stopped || now < stopAt * 1e6) return;
    stopped = true;
    engine.stop(now);
  };
  const { events, elapsed } = simulation.run(engine, { longest: 120_000, onStep });
  for (let event = engine.pollEvent(); event !== undefined; event = engine.pollEvent()) events.push(event);
  const hops = events.filter(event => event.type === 'hop');
  const result = events.find(event => event.type === 'result');
  if (result === undefined) throw new Error('the trace has no result');
  return { hops, result, events, engine, simulation, elapsed };
}

/** Hops as a person reads them: addresses without repetition, `*` for silence. */
export function pathOf(hops: readonly TraceHop[]): string[] {
  return hops.map(({ probes }) => {
    const words = probes.map(probe =>
      'timeout' in probe ? '*' : `${probe.address}${probe.error ? `!${probe.error}` : ''}`,
    );
    return [...new Set(words)].join(' ');
  });
}
