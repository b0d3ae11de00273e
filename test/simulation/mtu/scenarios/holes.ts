import type { MtuScenario } from '../mtu-scenario.js';

/** What the bench asks of a black hole. */
const IN_TIME = { probes: 150, elapsed: 3000 };

function holeAt(hop: number, mtu: number, rest: Partial<MtuScenario> = {}): MtuScenario {
  return {
    name: `hop ${hop} drops what is larger than ${mtu} bytes, and does not say so`,
    mtus: { [hop]: mtu },
    routers: () => ({ [hop]: { blackHole: true } }),
    ...rest,
    expect: {
      pathMtu: mtu,
      method: 'searched',
      hole: { ttl: hop, mtu },
      limits: [[mtu, hop, 'silent']],
      ...IN_TIME,
    },
  };
}

/** Routers that drop without a word. */
export const HOLES: MtuScenario[] = [
  holeAt(1, 1300),
  holeAt(5, 1499),
  holeAt(5, 1281),
  holeAt(6, 1442),
  holeAt(10, 1300),
  holeAt(4, 700, { families: [4] }),
  holeAt(4, 68, { families: [4] }),
  holeAt(4, 1300, { setting: { protocols: ['udp'] }, name: 'a black hole, with UDP alone' }),
  holeAt(4, 1300, { setting: { protocols: ['tcp'] }, privileges: ['raw'], name: 'a black hole, with TCP alone' }),
  holeAt(4, 8951, {
    setting: { max: 9000 },
    mtus: { 0: 9000, 1: 9000, 2: 9000, 3: 9000, 4: 8951, 5: 9000, 6: 9000, 7: 9000, 8: 9000, 9: 9000, 10: 9000 },
    name: 'a black hole among jumbo links',
  }),
  {
    name: 'a black hole before the first router, on the first link',
    links: { 0: { forward: [{ kind: 'loss', pick: { largerThan: 1400 } }] } },
    expect: { pathMtu: 1400, hole: { ttl: 0, mtu: 1400 }, ...IN_TIME },
  },
  {
    name: 'a black hole below the least size that is tried: it is bounded from above',
    mtus: { 3: 1300 },
    routers: () => ({ 3: { blackHole: true } }),
    setting: { min: 1400 },
    families: [4],
    expect: { pathMtu: null, bounds: [68, 1399], hole: { ttl: 3, mtu: 1399 }, limits: [[1399, 3, 'silent']] },
  },
  {
    name: 'a black hole, and behind it a narrower link that is reported',
    mtus: { 3: 1400, 6: 1300 },
    routers: () => ({ 3: { blackHole: true } }),
    expect: {
      pathMtu: 1300,
      method: 'reported',
      hole: { ttl: 3, mtu: 1400 },
      limits: [
        [1400, 3, 'silent'],
        [1300, 6, 'reported'],
      ],
      ...IN_TIME,
    },
  },
  {
    name: 'a link that is reported, and behind it a narrower black hole',
    mtus: { 3: 1400, 6: 1300 },
    routers: () => ({ 6: { blackHole: true } }),
    expect: {
      pathMtu: 1300,
      method: 'searched',
      hole: { ttl: 6, mtu: 1300 },
      limits: [
        [1400, 3, 'reported'],
        [1300, 6, 'silent'],
      ],
      ...IN_TIME,
    },
  },
  {
    name: 'routers that never answer stand before a black hole',
    mtus: { 6: 1300 },
    routers: () => ({ 6: { blackHole: true }, 4: { answers: false }, 5: { answers: false } }),
    expect: { pathMtu: 1300, hole: { ttl: 6, mtu: 1300 }, ...IN_TIME },
  },
  {
    name: 'reports are filtered on their way back: the hole is where the silent router is',
    mtus: { 5: 1300 },
    routers: () => ({ 5: { answers: false } }),
    expect: { pathMtu: 1300, hole: { ttl: 4, mtu: 1300 }, ...IN_TIME },
  },
  {
    name: 'echo replies that are too large for the way back: the way there takes more, as UDP shows',
    links: { 4: { back: [{ kind: 'loss', pick: { largerThan: 1380 } }] } },
    expect: { pathMtu: 1500, roundTripMtu: 1380, method: 'searched', limits: [] },
  },
  {
    name: 'the way there is narrow, and the way back narrower',
    mtus: { 4: 1450 },
    links: { 4: { mtu: 1450, back: [{ kind: 'loss', pick: { largerThan: 1380 } }] } },
    expect: { pathMtu: 1450, roundTripMtu: 1380, method: 'reported', limits: [[1450, 4, 'reported']] },
  },
];
