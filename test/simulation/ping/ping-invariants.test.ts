import { expect, it } from 'vitest';
import type { PingEvent } from '../../../src/engine/ping/ping-event.js';
import type { Family } from '../../../src/wire/ip-address.js';
import { Chance } from '../../support/simulation/chance.js';
import type { Fault, Pick } from '../../support/simulation/scenario.js';
import { type PingScenario, PLACES } from './ping-scenario.js';
import { runPing } from './run-ping.js';
import { route } from './scenarios/routes.js';

const RUNS = 300;
/** The round trip of the path, less the delay of the transmit stamp. */
const LEAST_RTT = 3.998;

function pick(chance: Chance): Pick {
  return { rate: [0.02, 0.1, 0.5, 1][chance.below(4)] };
}

/** Any one thing that networks and villains do. */
function anyFault(chance: Chance, stranger: string): Fault {
  const at = chance.below(64);
  const faults: Fault[] = [
    { kind: 'loss', pick: pick(chance) },
    { kind: 'delay', by: chance.below(200), pick: pick(chance) },
    { kind: 'delay', by: 0, jitter: { kind: 'pareto', scale: 5, shape: 1.5 }, pick: pick(chance) },
    { kind: 'duplicate', copies: 1 + chance.below(3), after: chance.below(150), pick: pick(chance) },
    { kind: 'police', perSecond: 20, burst: 5 },
    { kind: 'alter', alterations: [{ field: 'byte', at, xor: 1 + chance.below(255) }], pick: pick(chance) },
    { kind: 'alter', alterations: [{ field: 'byte', at, xor: 0x55, stale: true }], pick: pick(chance) },
    { kind: 'alter', alterations: [{ field: 'length', bytes: at }], pick: pick(chance) },
    { kind: 'forge', alterations: [{ field: 'sequence', xor: 1 + chance.below(7) }], pick: pick(chance) },
    { kind: 'forge', alterations: [], source: stranger, pick: pick(chance) },
    { kind: 'rewrite-source', address: stranger, pick: pick(chance) },
  ];
  return faults[chance.below(faults.length)] ?? { kind: 'loss' };
}

function anyScenario(seed: number, family: Family): PingScenario {
  const chance = new Chance(seed);
  const places = PLACES[family];
  const faults = () => Array.from({ length: chance.below(4) }, () => anyFault(chance, places.stranger));
  const internet = route(places, { link: { forward: faults(), back: faults() } });
  return {
    name: `seed ${seed}`,
    seed,
    socket: chance.happens(0.5) ? 'raw' : 'ping',
    targets: () => (chance.happens(0.5) ? [places.target] : [places.target, places.secondTarget]),
    options: {
      count: 1 + chance.below(40),
      interval: chance.below(30),
      timeout: 20 + chance.below(200),
      adaptive: chance.happens(0.3),
      retries: chance.below(3),
      payloadSize: [0, 5, 8, 17, 56][chance.below(5)],
      rate: chance.happens(0.3) ? 200 : 0,
    },
    internet: () => internet,
    expect: { counts: { sent: 0 } },
  };
}

/** How often each probe has been given each fate. */
function fates(events: readonly PingEvent[]): Map<string, string[]> {
  const byProbe = new Map<string, string[]>();
  for (const event of events) {
    if (event.type !== 'reply' && event.type !== 'timeout') continue;
    const probe = `${event.target} ${event.sequence}`;
    byProbe.set(probe, [...(byProbe.get(probe) ?? []), event.type]);
  }
  return byProbe;
}

it.each([4, 6] as const)('whatever happens on the way, every probe has one fate (IPv%s)', family => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { events, total, summaries } = runPing(anyScenario(seed, family), family);
    const byProbe = fates(events);
    expect(total.sent).toBe(total.received + total.lost);
    expect(byProbe.size).toBe(total.sent);
    for (const given of byProbe.values()) expect(given).toHaveLength(1);
    expect(summaries.reduce((sum, { sent }) => sum + sent, 0)).toBe(total.sent);
    for (const event of events) if (event.type === 'reply') expect(event.rtt).toBeGreaterThan(LEAST_RTT - 1e-6);
  }
});
