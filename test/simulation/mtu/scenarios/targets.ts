import type { MtuScenario } from '../mtu-scenario.js';

/** Targets that are choosy, or not there. */
export const TARGETS: MtuScenario[] = [
  {
    name: 'a target that answers UDP alone',
    mtus: { 4: 1400 },
    target: { echo: 'silent', tcp: 'silent' },
    expect: { pathMtu: 1400, method: 'reported', limits: [[1400, 4, 'reported']], probes: 40 },
  },
  {
    name: 'a target that answers echo requests alone',
    mtus: { 4: 1400 },
    target: { udp: 'silent', tcp: 'silent' },
    expect: { pathMtu: 1400, method: 'reported', limits: [[1400, 4, 'reported']], probes: 40, elapsed: 200 },
  },
  {
    name: 'a target that answers TCP alone',
    privileges: ['raw'],
    mtus: { 4: 1400 },
    target: { udp: 'silent', echo: 'silent', tcp: 'open', mss: 1440 },
    expect: { pathMtu: 1400, offeredMss: 1440, method: 'reported', limits: [[1400, 4, 'reported']] },
  },
  {
    name: 'a target whose UDP port echoes',
    mtus: { 4: 1300 },
    routers: () => ({ 4: { blackHole: true } }),
    target: { udp: 'echo', echo: 'silent', tcp: 'silent' },
    expect: { pathMtu: 1300, hole: { ttl: 4, mtu: 1300 } },
  },
  {
    name: 'a target that answers nothing, behind a limit: what is too big is known, what gets through is not',
    mtus: { 4: 1400 },
    target: 'none',
    expect: { pathMtu: null, bounds: [0, 1400], limits: [[1400, 4, 'reported']], probes: 100, elapsed: 20_000 },
  },
  {
    name: 'a network that answers nothing at all',
    links: { 0: { mtu: 1500, forward: [{ kind: 'loss' }] } },
    expect: { pathMtu: null, bounds: [0, 1500], limits: [], probes: 30, elapsed: 20_000 },
  },
  {
    name: 'a target that tells of closed ports three times and then twice a second',
    mtus: { 4: 1300 },
    routers: () => ({ 4: { blackHole: true } }),
    setting: { protocols: ['udp'] },
    target: { echo: 'silent', tcp: 'silent', faults: [{ kind: 'police', perSecond: 1, burst: 6 }] },
    expect: { pathMtu: 1300, hole: { ttl: 4, mtu: 1300 } },
  },
];
