import { LINUX } from '../../../../src/wire/constants.generated.js';
import type { LinkSpec } from '../../../support/simulation/scenario.js';
import type { MtuScenario } from '../mtu-scenario.js';

const LOSSY: LinkSpec = { mtu: 1500, forward: [{ kind: 'loss', pick: { rate: 0.1 } }] };
const LOSSY_BACK: LinkSpec = { mtu: 1500, back: [{ kind: 'loss', pick: { rate: 0.1 } }] };

/** Each send fails with what a report about an earlier packet has left in the socket, while reports come. */
const BESET: MtuScenario['host'] = {
  refusals: [400, 600, 800].map(at => ({ pick: { from: at, until: at + 50 }, errno: LINUX.EMSGSIZE })),
};

/** Loss, which is not size. */
export const LOSSES: MtuScenario[] = [
  { name: '10 % loss and no limit', seed: 11, links: { 0: LOSSY }, expect: { pathMtu: 1500 } },
  {
    name: '10 % loss and a reported limit',
    seed: 12,
    links: { 0: LOSSY },
    mtus: { 4: 1400 },
    expect: { pathMtu: 1400, limits: [[1400, 4, 'reported']] },
  },
  {
    name: '10 % loss and a black hole',
    seed: 13,
    links: { 0: LOSSY },
    mtus: { 4: 1300 },
    routers: () => ({ 4: { blackHole: true } }),
    expect: { pathMtu: 1300, hole: { ttl: 4, mtu: 1300 } },
  },
  {
    name: '10 % loss both ways and a black hole',
    seed: 14,
    links: { 0: LOSSY, 10: LOSSY_BACK },
    mtus: { 4: 1300 },
    routers: () => ({ 4: { blackHole: true } }),
    expect: { pathMtu: 1300, hole: { ttl: 4, mtu: 1300 } },
  },
  {
    name: 'a pause of the path in the middle of the search: silence of everything is not size',
    links: { 2: { mtu: 1500, forward: [{ kind: 'loss', pick: { from: 120, until: 700 } }] } },
    mtus: { 4: 1300 },
    routers: () => ({ 4: { blackHole: true } }),
    expect: { pathMtu: 1300, hole: { ttl: 4, mtu: 1300 } },
  },
  {
    name: 'sends that fail for a while as too large, of sizes that were sent before: no limit of this host',
    privileges: ['none'],
    host: BESET,
    mtus: { 4: 1300 },
    routers: () => ({ 4: { blackHole: true } }),
    expect: { pathMtu: 1300, hole: { ttl: 4, mtu: 1300 }, limits: [[1300, 4, 'silent']] },
  },
  {
    name: 'a router that reports three times and then once a second',
    mtus: { 4: 1400 },
    routers: () => ({ 4: { rateLimit: { perSecond: 1, burst: 3 } } }),
    expect: { pathMtu: 1400, method: 'reported', limits: [[1400, 4, 'reported']] },
  },
  {
    name: 'a router that reports once and then not again',
    mtus: { 4: 1400 },
    routers: () => ({ 4: { rateLimit: { perSecond: 0.001, burst: 1 } } }),
    expect: { pathMtu: 1400, method: 'reported', limits: [[1400, null, 'reported']] },
  },
  {
    name: 'duplicates and reordering',
    links: {
      1: { mtu: 1500, back: [{ kind: 'duplicate' }, { kind: 'delay', by: 20, pick: { every: 3 } }] },
    },
    mtus: { 4: 1400 },
    expect: { pathMtu: 1400, limits: [[1400, 4, 'reported']] },
  },
  {
    name: 'answers that come long after they were given up still count',
    links: { 1: { mtu: 1500, back: [{ kind: 'delay', by: 400, pick: { every: 5 } }] } },
    mtus: { 4: 1300 },
    routers: () => ({ 4: { blackHole: true } }),
    expect: { pathMtu: 1300, hole: { ttl: 4, mtu: 1300 } },
  },
];
