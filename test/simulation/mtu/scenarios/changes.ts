import type { MtuScenario, Places } from '../mtu-scenario.js';

/** Ways of different MTU at the fifth hop. */
function balanced(balance: 'flow' | 'packet', mtus: readonly number[]): MtuScenario['instead'] {
  return ({ router }: Places) => ({
    5: { balance, paths: mtus.map((mtu, index) => [{ address: router(51 + index), link: { mtu, delay: 2.3 } }]) },
  });
}

/** Paths that are not the same for every packet, or not for long. */
export const CHANGES: MtuScenario[] = [
  {
    name: 'the MTU falls during the search',
    links: { 5: { mtu: 1450, delay: 2.3, mtuChanges: [{ at: 60, mtu: 1380 }] } },
    expect: { pathMtu: 1380, method: 'reported' },
  },
  {
    name: 'the MTU of a black hole falls during the search',
    links: { 5: { mtu: 1450, delay: 2.3, mtuChanges: [{ at: 200, mtu: 1310 }] } },
    routers: () => ({ 5: { blackHole: true } }),
    expect: { pathMtu: 1310, hole: { ttl: 5, mtu: 1310 } },
  },
  {
    name: 'the MTU rises during the search',
    links: { 5: { mtu: 1380, delay: 2.3, mtuChanges: [{ at: 50, mtu: 1450 }] } },
    expect: { pathMtu: 1450, anomalies: ['inconsistent'] },
  },
  {
    name: 'the MTU of a black hole rises during the search',
    links: { 5: { mtu: 1310, delay: 2.3, mtuChanges: [{ at: 200, mtu: 1450 }] } },
    routers: () => ({ 5: { blackHole: true } }),
    expect: { pathMtu: 1450, hole: { ttl: 5, mtu: 1450 } },
  },
  {
    name: 'paths of different MTU, chosen packet by packet: what gets through on both',
    seed: 3,
    instead: balanced('packet', [1400, 1500, 1500]),
    expect: { pathMtu: 1400, anomalies: ['inconsistent'] },
  },
  ...[
    { seed: 1, mtu: 1500 },
    { seed: 2, mtu: 1400 },
  ].map(
    ({ seed, mtu }): MtuScenario => ({
      name: `paths of different MTU, chosen by flow: the one of this flow, ${mtu} bytes`,
      families: [4],
      privileges: ['raw'],
      seed,
      instead: balanced('flow', [1400, 1500]),
      expect: { pathMtu: mtu },
    }),
  ),
];
