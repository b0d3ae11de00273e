import type { MtuScenario } from '../mtu-scenario.js';

/** What the bench asks of a limit that is reported: 4 round trips of 50 ms, 40 packets. */
const SWIFTLY = { probes: 40, elapsed: 200 };

function reportedLimit(mtu: number, hop: number, rest: Partial<MtuScenario> = {}): MtuScenario {
  return {
    name: `a link of ${mtu} bytes behind hop ${hop}`,
    mtus: { [hop]: mtu },
    ...rest,
    expect: { pathMtu: mtu, method: 'reported', limits: [[mtu, hop, 'reported']], ...SWIFTLY },
  };
}

/** Routers that do what they should. */
export const LIMITS: MtuScenario[] = [
  {
    name: 'no limit: what the interface sends gets through, in one round trip',
    expect: { pathMtu: 1500, bounds: [1500, 1500], limits: [], probes: 4, elapsed: 51 },
  },
  reportedLimit(1499, 3),
  reportedLimit(1492, 1),
  reportedLimit(1480, 2),
  reportedLimit(1400, 4),
  reportedLimit(1300, 10),
  reportedLimit(1280, 5),
  reportedLimit(576, 6, { families: [4] }),
  reportedLimit(68, 7, { families: [4] }),
  {
    name: 'a jumbo interface before a path of 1500 bytes',
    mtus: { 0: 9000, 1: 9000 },
    setting: { max: 9000 },
    expect: { pathMtu: 1500, method: 'reported', limits: [[1500, 2, 'reported']], ...SWIFTLY },
  },
  {
    name: 'two limits, the narrower one behind the wider',
    mtus: { 3: 1400, 7: 1280 },
    expect: {
      pathMtu: 1280,
      method: 'reported',
      limits: [
        [1400, 3, 'reported'],
        [1280, 7, 'reported'],
      ],
      ...SWIFTLY,
    },
  },
  {
    name: 'three limits falling',
    mtus: { 1: 1492, 4: 1460, 8: 1300 },
    expect: {
      pathMtu: 1300,
      method: 'reported',
      limits: [
        [1492, 1, 'reported'],
        [1460, 4, 'reported'],
        [1300, 8, 'reported'],
      ],
      probes: 40,
    },
  },
  {
    name: 'a wider limit behind a narrower one is not seen, and does not matter',
    mtus: { 3: 1280, 7: 1400 },
    expect: { pathMtu: 1280, limits: [[1280, 3, 'reported']], ...SWIFTLY },
  },
  {
    name: 'no size above --max is tried',
    setting: { max: 1350 },
    mtus: { 3: 1400 },
    expect: { pathMtu: 1350, bounds: [1350, 1350], limits: [], probes: 4 },
  },
  {
    name: 'no size below --min is tried: the limit is bounded from above',
    families: [4],
    mtus: { 3: 1300 },
    setting: { min: 1400 },
    expect: { pathMtu: null, bounds: [68, 1399], limits: [[1300, 3, 'reported']] },
  },
  {
    name: 'this host refuses what is too large for it, and that is no limit of the network',
    host: { mtu: 1450 },
    expect: { pathMtu: 1450, limits: [[1450, 0, 'local']] },
  },
  {
    name: 'SYNs that carry data serve as well',
    privileges: ['raw'],
    mtus: { 4: 1400 },
    setting: { protocols: ['tcp'] },
    expect: { pathMtu: 1400, method: 'reported', limits: [[1400, 4, 'reported']], ...SWIFTLY },
  },
  {
    name: 'UDP serves as well',
    mtus: { 4: 1400 },
    setting: { protocols: ['udp'] },
    expect: { pathMtu: 1400, method: 'reported', limits: [[1400, 4, 'reported']], ...SWIFTLY },
  },
];
