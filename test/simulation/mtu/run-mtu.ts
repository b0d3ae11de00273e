import { mismatchedReport } from '../../../src/engine/mtu/mismatched-report.js';
import type { MtuEvent, MtuResult } from '../../../src/engine/mtu/mtu-event.js';
import { LEAST_MTU, type MtuCarrier } from '../../../src/engine/mtu/mtu-options.js';
import { MtuStrategy } from '../../../src/engine/mtu/mtu-strategy.js';
import { smallestPacket } from '../../../src/engine/trace/probe-writer.js';
import { TraceEngine } from '../../../src/engine/trace/trace-engine.js';
import type { TraceProtocol } from '../../../src/engine/trace/trace-event.js';
import { type Family, IpAddress } from '../../../src/wire/ip-address.js';
import { Simulation } from '../../support/simulation/run-simulation.js';
import type { Scenario } from '../../support/simulation/scenario.js';
import { lanesByFamily, type Privilege, targetsOf, withSockets } from '../trace/trace-harness.js';

const MILLISECOND = 1e6;

export interface MtuSetting {
  privilege?: Privilege;
  protocols?: readonly TraceProtocol[];
  min?: number;
  max?: number;
  /** Milliseconds. */
  wait?: number;
  seed?: number;
}

export interface MtuRun {
  result: MtuResult;
  events: MtuEvent[];
  /** Simulated milliseconds. */
  elapsed: number;
}

const PORTS: Readonly<Record<TraceProtocol, readonly number[]>> = { icmp: [0], udp: [33_434], tcp: [443, 80] };

export function carriersOf(family: Family, protocols: readonly TraceProtocol[]): MtuCarrier[] {
  return protocols.flatMap(protocol =>
    PORTS[protocol].map(port => ({
      name: `${protocol} ${port}`,
      protocol,
      port,
      smallest: smallestPacket(family, protocol),
      echoes: protocol === 'icmp',
      // What a reset acknowledges is the sum of a SYN's number and length.
      rising: protocol === 'tcp',
      lastResort: protocol === 'tcp' && protocols.length > 1,
    })),
  );
}

/** Searches for the path MTU to an address in a simulated internet. */
export function runMtu(address: string, scenario: Scenario, setting: MtuSetting = {}): MtuRun {
  const { family } = IpAddress.parse(address);
  const { privilege = 'raw', protocols = ['icmp', 'udp', 'tcp'], max = 1500, wait = 1000 } = setting;
  const simulation = new Simulation(withSockets(scenario, privilege));
  let strategy: MtuStrategy | undefined;
  const engine = new TraceEngine<MtuEvent>({
    targets: targetsOf([address], scenario, max),
    lanes: lanesByFamily(privilege),
    seed: [setting.seed ?? scenario.seed ?? 1, 2, 3, 4],
    strategy: (target, services, _, now) => {
      strategy = new MtuStrategy(
        {
          family,
          carriers: carriersOf(family, protocols),
          least: setting.min ?? LEAST_MTU[family],
          most: max,
          mostIsLocal: true,
          wait: wait * MILLISECOND,
          locates: true,
          budget: 1000,
        },
        target,
        services,
        now,
      );
      return strategy;
    },
    rate: 2000,
    burst: 10,
    activeTraces: 1,
    trafficClass: -1,
    onForeign: arrival => {
      const report = mismatchedReport(arrival, IpAddress.parse(address));
      if (report !== undefined) strategy?.state.addMismatch(report.from, report.mtu);
    },
  });
  const { events, elapsed } = simulation.run(engine, { longest: 300_000, finished: () => engine.finished });
  const result = events.find(event => event.type === 'result');
  if (result === undefined) throw new Error('the search has no result');
  return { result, events, elapsed };
}
